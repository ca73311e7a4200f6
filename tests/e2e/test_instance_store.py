"""Docker's directory on a machine's instance store: m5d.12xlarge has two disks, which come blank with each start."""

from collections.abc import Iterator
from typing import Any

import pytest

from cloud import wait
from images.builder import instances, provisioning
from provision.model.recipe import Check, Step
from provision.ssh.remote import Address, Remote
from tests.support.one_machine import OneMachine, one_machine

pytestmark = pytest.mark.e2e

DEFINITION = """
name: on-the-instance-store
base: {ssm: ecs/al2023}
builder: {instance_types: [m5d.12xlarge]}
docker_storage: {driver: instance-store, scratch: /scratch, minimum_free: 1600 GiB}
aws_cli: {enabled: false}
"""
MARK = "mountpoint /var/lib/docker && touch /var/lib/docker/mark /scratch/mark"


@pytest.fixture(scope="module")
def machine(offline_aws: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OneMachine]:
    folder = tmp_path_factory.mktemp("instance-store")
    definition = folder / "store.yaml"
    definition.write_text(DEFINITION)
    with one_machine(definition, folder) as started:
        recipe = started.plan.boot.recipe
        provisioning.perform(started.remote, recipe.files, recipe.steps, started.report, "provision")
        yield started


def test_all_its_disks_are_one_volume_under_docker_and_the_scratch_folder(machine: OneMachine) -> None:
    checks = [check for check in machine.plan.boot.builder_checks() if check.name.startswith("docker")]
    assert len(checks) == 3
    ended = machine.run(*checks)
    assert all(each.ok for each in ended), ended
    assert "2 disk(s) of the instance store" in "\n".join(ended[1].output)
    serials = machine.bash("cat /sys/block/nvme*/device/serial")
    assert serials.count("AWS") == 2
    root = machine.bash("findmnt -no SOURCE /; lsblk -no MODEL | sort -u")
    assert "Amazon" not in root, "the stand-in's model name tells nothing: the serial does"


SABOTAGE = {
    "docker lies on": (
        "umount -l /var/lib/docker",
        "mount --bind /instance-store/docker /var/lib/docker",
        "not lie on",
    ),
    "docker waits for": (
        "systemctl disable kiln-instance-store",
        "systemctl enable kiln-instance-store",
        "does not start at boot: disabled",
    ),
    "docker runs on": (
        "fallocate -l 150G /instance-store/filler",
        "rm /instance-store/filler",
        "are free, expected at least",
    ),
}


@pytest.mark.parametrize("begins", SABOTAGE)
def test_each_check_finds_its_fault(machine: OneMachine, begins: str) -> None:
    harm, mend, words = SABOTAGE[begins]
    (check,) = [check for check in machine.plan.boot.builder_checks() if check.name.startswith(begins)]
    machine.bash(harm)
    (failed,) = machine.run(check)
    machine.bash(mend)
    (passed,) = machine.run(check)
    assert not failed.ok
    assert words in "\n".join(failed.output), failed
    assert passed.ok, passed


def test_a_reboot_keeps_what_is_there_and_a_stop_brings_blank_disks(machine: OneMachine) -> None:
    machine.bash(MARK)
    (_, kept) = machine.run(
        Step("restart", "true", reboot=True),
        Check(
            "what was there",
            "until systemctl is-active docker; do sleep 0.2; done; ls /scratch/mark /var/lib/docker/mark",
        ),
    )
    assert kept.ok, kept
    ec2, instance = machine.cloud.ec2, machine.launched.instance_id
    ec2.stop_instances(InstanceIds=[instance])
    ec2.get_waiter("instance_stopped").wait(InstanceIds=[instance])
    ec2.start_instances(InstanceIds=[instance])
    told = wait.until(lambda: _running(machine), what=f"the start of {instance}", timeout=120, longest=2)
    builder = machine.order.builder
    address = Address(told["PublicIpAddress"], builder.user, proxy_command=builder.connect.proxy_command)
    with Remote(address, machine.order.keys.login_key, [machine.order.keys.host_key]) as remote:
        remote.connect(300)
        said = remote.run(
            "until systemctl is-active --quiet docker; do sleep 0.2; done\n"
            "ls /scratch; sudo ls /var/lib/docker; sudo /usr/local/sbin/kiln-instance-store check",
            timeout=120,
        ).stdout
    assert "mark" not in said
    assert "overlay2" in said, "the directory that the image brought is there again"
    assert "2 disk(s) of the instance store" in said


def _running(machine: OneMachine) -> dict[str, Any] | None:
    told = instances.describe(machine.cloud, machine.launched.instance_id)
    return told if told and told["State"]["Name"] == "running" and told.get("PublicIpAddress") else None
