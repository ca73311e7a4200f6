"""SIGKILL at any moment of a growth; the next one finishes it, and no volume is lost."""

import signal

import pytest

from tests.support.storage_machine import Machine

CALLS = 6  # DescribeVolumes, CreateVolume, DescribeVolumes (once or more), AttachVolume, ModifyInstanceAttribute


def finish(machine: Machine, *, killed: bool) -> None:
    """What must hold behind a kill, behind the next growth, and when the machine has gone."""
    for volume in machine.volumes():
        assert {"Key": "kiln:storage", "Value": machine.instance} in volume["Tags"], "clean would not find it"
    assert machine.grow()["outcome"] == "grown"
    volumes = machine.volumes()
    assert len(volumes) == (1 if killed else 2), "a killed growth and the next one are one growth"
    assert all(v["State"] == "in-use" and v["Attachments"][0]["DeleteOnTermination"] for v in volumes)
    assert sorted(machine.members()) == ["nvme1n1", *sorted(machine.blocks.disk(v["VolumeId"]) for v in volumes)]
    assert machine.end() == []


@pytest.mark.parametrize("moment", ["before-call", "after-call"])
@pytest.mark.parametrize("number", range(1, CALLS + 1))
def test_at_every_call_to_aws(machine: Machine, number: int, moment: str) -> None:
    machine.prepared()
    done = machine.run("grow", KILL_AT=f"{number} {moment}")
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    assert done.returncode == -signal.SIGKILL or number == CALLS, "fewer calls than this test believes"
    finish(machine, killed=done.returncode != 0)


@pytest.mark.parametrize("moment", ["before", "behind"])
@pytest.mark.parametrize(
    ("kind", "number"), [*(("lvm", n) for n in range(1, 10)), *(("btrfs", n) for n in range(1, 3))]
)
def test_at_every_command(machine: Machine, kind: str, number: int, moment: str) -> None:
    machine.prepared(filesystem=kind)
    begun = len(machine.blocks.tools["log"])
    done = machine.run("grow", KILL_PARENT=f"{begun + number} {moment}")
    assert done.returncode == -signal.SIGKILL, f"fewer commands than this test believes: {machine.blocks.tools['log']}"
    finish(machine, killed=True)
