"""Docker's storage that grows, on machines: LVM on Amazon Linux 2023's stand-in, btrfs on Amazon Linux 2's."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from cloud import wait
from images.builder import instances, provisioning
from provision.docker import storage as docker_storage
from provision.model import shell
from provision.model.recipe import Check, Step
from tests.support.growing import added_volumes, growing_machine
from tests.support.one_machine import OneMachine

pytestmark = pytest.mark.e2e

FILL = 900  # seconds that a writer may take
FIRST = 8 * 2**30
# Bytes of the writer's file, found once, also where overlay2 shows it merged.
FILES = "find /var/lib/docker/overlay2 /var/lib/docker/btrfs -name filler -printf '%s\\n' 2>/dev/null"
SIZE = f"{{ {FILES} || true; }} | sort -nu | tail -n 1"


@dataclass(frozen=True)
class Growing:
    """A machine whose storage grows, and what EC2 knows of it."""

    machine: OneMachine
    ec2: Any

    def volumes(self) -> list[dict[str, Any]]:
        """Those that the daemon has added and that are attached."""
        return added_volumes(self.ec2, self.machine)

    def until_added(self, number: int) -> None:
        wait.until(
            lambda: True if len(self.volumes()) >= number else None,
            what=f"the growth to {number} added volumes", timeout=FILL, every=2, longest=2,
        )  # fmt: skip

    def bash(self, script: str, timeout: int = 300) -> str:
        return self.machine.bash(script, timeout)


@pytest.fixture(scope="module", params=["al2023", "al2"])
def growing(request: pytest.FixtureRequest, role: str, ec2: Any, tmp_path_factory: Any) -> Iterator[Growing]:
    """Prepared with the whole recipe, its checks passed, and its daemon started."""
    with growing_machine(request.param, tmp_path_factory.mktemp(request.param)) as started:
        provisioning.check(started.remote, started.plan.boot.builder_checks(), started.report, "checks")
        yield Growing(started, ec2)


def begin_writing(growing: Growing) -> None:
    """A container that writes at full speed until it is stopped, or until its disk is full."""
    writer = "docker run --detach --name writer --network none @IMAGE@ /bin/bash -c 'cat /dev/zero >/filler'"
    growing.bash(shell.check_container() + writer.replace("@IMAGE@", shell.CHECK_IMAGE))


SABOTAGE = {
    "docker runs on": (
        'mkdir -p /etc/docker; echo \'{"data-root": "/srv/docker"}\' >/etc/docker/daemon.json\n'
        "systemctl restart docker",
        "rm /etc/docker/daemon.json; systemctl restart docker; rm -rf /srv/docker",
        "Docker runs on",
    ),
    "/var/lib/docker is": ("mount -t tmpfs none /var/lib/docker", "umount /var/lib/docker", "tmpfs, expected"),
    "docker waits for": (
        "systemctl disable kiln-storage-prepare",
        "systemctl enable kiln-storage-prepare",
        "does not start at boot: disabled",
    ),
    "the storage daemon watches": ("systemctl stop kiln-storage", "systemctl start kiln-storage", "does not run"),
}


# What both file systems do alike is seen on one of the machines.
on_lvm = pytest.mark.parametrize("growing", ["al2023"], indirect=True)


@on_lvm
def test_each_of_its_checks_fails_with_its_fault_and_passes_without(growing: Growing) -> None:
    plan = growing.machine.plan
    checks = {
        check.name: check
        for check in (*plan.boot.builder_checks(), *docker_storage.image_checks(plan.boot.spec.docker_storage))
    }
    tried = []
    for name, (sabotage, repair, says) in SABOTAGE.items():
        (check,) = [check for check in checks.values() if check.name.startswith(name)]
        tried.append((says, (Check("sabotage", sabotage), check, Check("repair", repair), check)))
    ended = growing.machine.run(*(act for _, acts in tried for act in acts))
    for n, (says, _) in enumerate(tried):
        sabotaged, failed, repaired, passed = ended[n * 4 : n * 4 + 4]
        assert sabotaged.ok, sabotaged
        assert not failed.ok
        assert says in "\n".join(failed.output)
        assert repaired.ok, repaired
        assert passed.ok, passed


@on_lvm
def test_a_volume_without_encryption_is_found_out(growing: Growing) -> None:
    (check,) = [c for c in growing.machine.plan.boot.builder_checks() if c.name == "its volumes are encrypted"]
    instance = growing.machine.launched
    zone = instance.placement.subnet.zone
    growing.ec2.disable_ebs_encryption_by_default()  # with it, EC2 makes no volume that is not encrypted
    volume = growing.ec2.create_volume(AvailabilityZone=zone, Size=1, VolumeType="gp3", Encrypted=False)["VolumeId"]
    growing.ec2.get_waiter("volume_available").wait(VolumeIds=[volume])
    growing.ec2.attach_volume(VolumeId=volume, InstanceId=instance.instance_id, Device="/dev/sdp")
    (failed,) = growing.machine.run(check)
    growing.ec2.detach_volume(VolumeId=volume, InstanceId=instance.instance_id)
    growing.ec2.get_waiter("volume_available").wait(VolumeIds=[volume])
    growing.ec2.delete_volume(VolumeId=volume)
    (passed,) = growing.machine.run(check)
    assert not failed.ok
    assert f"not encrypted: {volume}" in "\n".join(failed.output)
    assert passed.ok, passed


def test_a_writer_at_full_speed_never_sees_a_full_disk(growing: Growing) -> None:
    """Past three growths; the daemon and its growth are killed in the middle of the second."""
    begin_writing(growing)
    growing.until_added(1)
    growing.bash(
        "until grep -q growing /run/kiln-storage/state.json; do sleep 0.2; done\n"
        "pkill -KILL -f 'kiln_storage (watch|grow)'",
        timeout=FILL,
    )
    growing.until_added(3)
    growing.bash(f"until [ $({SIZE}) -gt {FIRST} ]; do sleep 1; done", FILL)  # past the first volume
    written = growing.bash(
        "docker inspect writer --format '{{.State.Status}}'; docker logs writer; docker stop -t 1 writer"
    )
    assert written.splitlines()[0] == "running", written
    assert growing.bash("systemctl show kiln-storage --property NRestarts") == "NRestarts=1"
    assert all(each["Encrypted"] and each["Attachments"][0]["DeleteOnTermination"] for each in growing.volumes()), (
        growing.volumes()
    )


def test_the_ceiling_holds(growing: Growing) -> None:
    """Said once, however often the disk comes near to being full."""
    free = "df --output=avail -B1 /var/lib/docker | tail -n 1"
    # Of what df calls free on btrfs, its metadata may take more than a quarter once the last chunk is given out.
    for n, tenths in enumerate((7, 4, 4)):
        growing.bash(f"free=$({free}); fallocate -l $((free * {tenths} / 10)) /var/lib/docker/more.{n}")
        growing.bash("until kiln-storage status | grep -q 'at its ceiling'; do sleep 0.2; done")
    assert len(growing.volumes()) == 3
    told = growing.machine.remote.run("/usr/local/sbin/kiln-storage status", timeout=60).stdout  # without root
    assert re.search(r"GiB free \(\d %\) on 4 volumes; grown", told), told
    log = growing.bash("journalctl --unit kiln-storage --no-pager --output cat")
    assert log.count("is at its ceiling") == 1, log
    assert log.count('"AtCeiling"') == 2, "a metric's name stands in it twice"
    growing.bash("rm /var/lib/docker/more.*")


def test_a_reboot_brings_everything_back(growing: Growing) -> None:
    # The writer's container, which keeps its file, is made from the image that this check removes.
    checks = [
        c for c in growing.machine.plan.boot.builder_checks() if c.name != "the container of these checks is removed"
    ]
    before = growing.bash(SIZE)
    assert int(before) > FIRST, "more than the first volume holds"
    again = growing.machine.run(
        Step("restart", "true", reboot=True),
        *checks,  # the first of which waits for Docker, and so for its file system
        Check("the daemon", "systemctl is-active kiln-storage && kiln-storage status"),
        Check("the writer's file", SIZE),
    )
    assert all(ended.ok for ended in again), [ended for ended in again if not ended.ok]
    assert "".join(again[-1].output) == before
    growing.bash("docker rm writer")


def test_termination_leaves_no_volume(growing: Growing) -> None:
    ids = [each["VolumeId"] for each in growing.volumes()]
    assert len(ids) == 3
    instances.terminate(growing.machine.cloud, growing.machine.launched.instance_id)
    left = growing.ec2.describe_volumes(Filters=[{"Name": "volume-id", "Values": ids}])["Volumes"]
    assert left == []
