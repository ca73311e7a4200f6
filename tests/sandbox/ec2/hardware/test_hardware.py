"""The records and the machines in step; the machines are pretended here, the real ones have tests of their own."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.inprocess import Sandbox
from sandbox.world.hypervisor import MachineSpec


def until(condition: Callable[[], Any], what: str) -> Any:
    deadline = time.monotonic() + 10
    while not (found := condition()):
        assert time.monotonic() < deadline, f"not within 10 s: {what}"
        time.sleep(0.01)
    return found


class Account:
    """What the tests ask of one sandbox with pretended machines."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox, self.ec2 = sandbox, sandbox.client("ec2")
        name = "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id"
        self.image = sandbox.client("ssm").get_parameter(Name=name)["Parameter"]["Value"]

    def launch(self, **changes: Any) -> str:
        request = {"ImageId": self.image, "InstanceType": "m6i.large", "MinCount": 1, "MaxCount": 1, **changes}
        instance_id: str = self.ec2.run_instances(**request)["Instances"][0]["InstanceId"]
        self.sandbox.clock.advance(10)
        return instance_id

    def running(self, **changes: Any) -> str:
        instance_id = self.launch(**changes)
        self.wait(instance_id, "running")
        return instance_id

    def instance(self, instance_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.ec2.describe_instances(InstanceIds=[instance_id])["Reservations"][0]["Instances"][
            0
        ]
        return found

    def wait(self, instance_id: str, state: str) -> None:
        until(lambda: self.instance(instance_id)["State"]["Name"] == state, f"{instance_id} {state}")

    def image_state(self, image: str) -> dict[str, Any]:
        self.sandbox.clock.advance(5)
        found: dict[str, Any] = self.ec2.describe_images(ImageIds=[image])["Images"][0]
        return found


@pytest.fixture
def account(with_machines: Sandbox) -> Account:
    return Account(with_machines)


def test_a_launch_makes_disks_and_boots(account: Account, machines: Any) -> None:
    first, second = account.running(), account.running()
    assert machines.names().count("stand_in_disks") == machines.names().count("import_snapshot") == 1
    instance = account.instance(first)
    spec: MachineSpec = next(each[1] for each in machines.asked if each[0] == "boot")
    assert (spec.instance_id, spec.public_ip) == (first, instance["PublicIpAddress"])
    assert (spec.memory_mib, spec.vcpus) == (7655, 2)
    assert [(disk.device_name, disk.size_gib) for disk in spec.disks] == [("/dev/xvda", 30)]
    assert ("create_volume", spec.disks[0].volume_id, 30) == next(
        each[:3] for each in machines.asked if each[0] == "create_volume"
    )
    assert machines.metadata[second]()["meta-data/instance-id"] == second.encode()


def test_a_small_type_is_small(account: Account, machines: Any) -> None:
    account.running(InstanceType="t2.micro")
    spec = next(each[1] for each in machines.asked if each[0] == "boot")
    assert (spec.memory_mib, spec.vcpus) == (958, 1)


def test_a_machine_that_does_not_boot_ends_the_instance(account: Account, machines: Any) -> None:
    machines.broken.add("boot")
    instance_id = account.launch()
    account.wait(instance_id, "terminated")
    reason = account.instance(instance_id)["StateReason"]
    assert reason["Code"] == "Server.InternalError"
    assert "boot is broken" in reason["Message"]
    until(lambda: "delete_volume" in machines.names(), "its disk deleted")


def test_stop_and_start(account: Account, machines: Any) -> None:
    instance_id = account.running()
    account.ec2.stop_instances(InstanceIds=[instance_id])
    account.wait(instance_id, "stopped")
    assert ("power_off", instance_id, False) in machines.asked
    account.ec2.start_instances(InstanceIds=[instance_id])
    account.wait(instance_id, "running")
    assert machines.names().count("boot") == 2
    assert machines.names().count("create_volume") == 1
    account.ec2.reboot_instances(InstanceIds=[instance_id])
    until(lambda: ("reboot", instance_id) in machines.asked, "reboot")


def test_termination_pulls_the_plug_and_deletes_the_disks(account: Account, machines: Any) -> None:
    instance_id = account.running()
    volume = account.instance(instance_id)["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]
    account.ec2.terminate_instances(InstanceIds=[instance_id])
    account.wait(instance_id, "terminated")
    assert ("power_off", instance_id, True) in machines.asked
    until(lambda: ("delete_volume", volume) in machines.asked, "disk deleted")


def test_a_disk_that_is_kept_is_flushed_first(account: Account, machines: Any) -> None:
    mapping = {"DeviceName": "/dev/xvda", "Ebs": {"DeleteOnTermination": False}}
    instance_id = account.running(BlockDeviceMappings=[mapping])
    account.ec2.terminate_instances(InstanceIds=[instance_id])
    account.wait(instance_id, "terminated")
    assert ("power_off", instance_id, False) in machines.asked
    assert "delete_volume" not in machines.names()


@pytest.mark.parametrize(("behaviour", "state"), [("stop", "stopped"), ("terminate", "terminated")])
def test_the_guests_power_off_obeys_the_shutdown_behaviour(
    account: Account, machines: Any, behaviour: str, state: str
) -> None:
    instance_id = account.running(InstanceInitiatedShutdownBehavior=behaviour)
    machines.end[instance_id]()
    account.wait(instance_id, state)
    assert account.instance(instance_id)["StateReason"]["Code"] == "Client.InstanceInitiatedShutdown"
    assert "power_off" not in machines.names()


def test_a_one_time_spot_machine_that_powers_off_is_gone(account: Account, machines: Any) -> None:
    instance_id = account.running(InstanceMarketOptions={"MarketType": "spot"})
    machines.end[instance_id]()
    account.wait(instance_id, "terminated")


def test_an_image_copies_the_disk_and_reports_its_progress(account: Account, machines: Any) -> None:
    instance_id = account.running()
    account.ec2.stop_instances(InstanceIds=[instance_id])
    account.wait(instance_id, "stopped")
    machines.hold.clear()
    image = account.ec2.create_image(InstanceId=instance_id, Name="mine")["ImageId"]
    snapshots = account.ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]
    until(lambda: account.ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"][0]["Progress"] == "40%", "40 %")
    assert account.image_state(image)["State"] == "pending"
    machines.hold.set()
    until(lambda: account.image_state(image)["State"] == "available", "available")
    volume = account.instance(instance_id)["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]
    assert ("snapshot", volume, snapshots[0]["SnapshotId"]) in machines.asked
    account.running(ImageId=image)
    created = [each for each in machines.asked if each[0] == "create_volume"]
    assert created[-1][3] == snapshots[0]["SnapshotId"]


@pytest.mark.parametrize("no_reboot", [False, True])
def test_a_running_machine_is_restarted_unless_told_not_to(account: Account, machines: Any, no_reboot: bool) -> None:
    instance_id = account.running()
    image = account.ec2.create_image(InstanceId=instance_id, Name="mine", NoReboot=no_reboot)["ImageId"]
    until(lambda: account.image_state(image)["State"] == "available", "available")
    around = ["snapshot"] if no_reboot else ["power_off", "snapshot", "boot"]
    until(lambda: [n for n in machines.names() if n in ("power_off", "snapshot", "boot")][1:] == around, str(around))
    assert account.instance(instance_id)["State"]["Name"] == "running"


def test_a_copy_that_fails_fails_the_image(account: Account, machines: Any) -> None:
    machines.broken.add("snapshot")
    image = account.ec2.create_image(InstanceId=account.running(), Name="mine")["ImageId"]
    until(lambda: account.image_state(image)["State"] == "failed", "failed")
    assert "snapshot is broken" in account.image_state(image)["StateReason"]["Message"]
    assert account.ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"][0]["State"] == "error"


def test_a_builder_that_is_terminated_meanwhile_is_imaged_first(account: Account, machines: Any) -> None:
    instance_id = account.running()
    machines.hold.clear()
    image = account.ec2.create_image(InstanceId=instance_id, Name="mine", NoReboot=True)["ImageId"]
    account.ec2.terminate_instances(InstanceIds=[instance_id])
    machines.hold.set()
    until(lambda: account.image_state(image)["State"] == "available", "available")
    account.wait(instance_id, "terminated")
    until(lambda: "delete_volume" in machines.names(), "disk deleted")
    names = machines.names()
    assert names.index("snapshot") < names.index("power_off") < names.index("delete_volume")


def test_an_image_that_is_given_up_leaves_no_disk(account: Account, machines: Any) -> None:
    instance_id = account.running()
    machines.hold.clear()
    image = account.ec2.create_image(InstanceId=instance_id, Name="mine", NoReboot=True)["ImageId"]
    account.sandbox.clock.advance(5)
    account.ec2.deregister_image(ImageId=image, DeleteAssociatedSnapshots=True)
    machines.hold.set()
    until(lambda: "delete_snapshot" in machines.names(), "the copy deleted")


def test_ssh_answers_as_the_groups_say(account: Account, machines: Any) -> None:
    group = account.ec2.create_security_group(GroupName="mine", Description="mine")["GroupId"]
    instance_id = account.running(SecurityGroupIds=[group])
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "127.0.0.1/32"}]}
    account.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    account.ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=[rule])
    elsewhere = {**rule, "IpRanges": [{"CidrIp": "203.0.113.0/24"}]}
    account.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[elsewhere])
    opened = [each[2] for each in machines.asked if each[:2] == ("set_ssh_open", instance_id)]
    assert opened == [False, True, False, False]


def test_volumes_are_plugged_into_running_machines(account: Account, machines: Any, refused: Any) -> None:
    instance_id = account.running()
    zone = account.instance(instance_id)["Placement"]["AvailabilityZone"]
    volume = account.ec2.create_volume(AvailabilityZone=zone, Size=10)["VolumeId"]
    until(lambda: account.ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0]["State"] == "available", "available")
    machines.broken.add("attach")
    with refused("AttachmentLimitExceeded"):
        account.ec2.attach_volume(VolumeId=volume, InstanceId=instance_id, Device="/dev/sdf")
    machines.broken.clear()
    account.ec2.attach_volume(VolumeId=volume, InstanceId=instance_id, Device="/dev/sdf")
    assert machines.asked[-1][0] == "attach"
    assert (machines.asked[-1][2].volume_id, machines.asked[-1][2].device_name) == (volume, "/dev/sdf")
    machines.broken.add("detach")
    assert account.ec2.detach_volume(VolumeId=volume)["State"] == "detaching"

    def attachments() -> Any:
        return account.ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0]["Attachments"]

    until(lambda: attachments()[0]["State"] == "busy", "busy")
    machines.broken.clear()
    account.ec2.detach_volume(VolumeId=volume)
    until(lambda: not attachments(), "detached")
    account.ec2.delete_volume(VolumeId=volume)
    assert machines.asked[-2:] == [("detach", instance_id, volume), ("delete_volume", volume)]


def test_the_console_is_the_machines_own(account: Account) -> None:
    instance_id = account.running()
    account.sandbox.world.instances[instance_id].running_since = account.sandbox.clock.now()
    assert "Output" not in account.ec2.get_console_output(InstanceId=instance_id)
    account.sandbox.clock.advance(5)
    output = account.ec2.get_console_output(InstanceId=instance_id, Latest=True)["Output"]
    assert output == f"console of {instance_id}"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id", "m7g.large"),
        ("ami-amazon-linux-latest/al2023-ami-kernel-6.1-x86_64", "m7i.large"),
    ],
)
def test_an_image_for_planning_is_not_booted(account: Account, refused: Any, name: str, kind: str) -> None:
    image = account.sandbox.client("ssm").get_parameter(Name=f"/aws/service/{name}")["Parameter"]["Value"]
    with refused("Unsupported"):
        account.launch(ImageId=image, InstanceType=kind)


def test_the_end_closes_the_machines(machines: Any) -> None:
    with Sandbox(machines):
        pass
    assert machines.names() == ["close"]
