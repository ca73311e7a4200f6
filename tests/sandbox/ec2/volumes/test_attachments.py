"""Attaching at the limits, creating again with one token, and what becomes of an attached volume with its instance."""

from collections.abc import Callable
from typing import Any

from sandbox.ec2.volumes.volumes import NITRO_ATTACHMENTS
from sandbox.inprocess import Sandbox

Launch = Callable[..., str]
ZONE = "us-east-1a"


def made(sandbox: Sandbox, ec2: Any, **options: Any) -> str:
    volume: str = ec2.create_volume(AvailabilityZone=ZONE, **{"Size": 10, **options})["VolumeId"]
    sandbox.clock.advance(2)
    return volume


def attached(sandbox: Sandbox, ec2: Any, instance_id: str, device: str = "/dev/sdf") -> str:
    volume = made(sandbox, ec2)
    ec2.attach_volume(VolumeId=volume, InstanceId=instance_id, Device=device)
    return volume


def end(sandbox: Sandbox, ec2: Any, instance_id: str) -> list[str]:
    """Terminate it; the volumes that are left."""
    ec2.terminate_instances(InstanceIds=[instance_id])
    sandbox.clock.advance(5)
    return [volume["VolumeId"] for volume in ec2.describe_volumes()["Volumes"]]


def shown(ec2: Any, volume: str) -> bool:
    return bool(ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0]["Attachments"][0]["DeleteOnTermination"])


def mapping(device: str, **ebs: Any) -> list[dict[str, Any]]:
    return [{"DeviceName": device, "Ebs": ebs}]


def test_one_token_makes_one_volume(sandbox: Sandbox, ec2: Any, refused: Any) -> None:
    first = made(sandbox, ec2, ClientToken="growth-1")
    assert made(sandbox, ec2, ClientToken="growth-1") == first
    assert made(sandbox, ec2, ClientToken="growth-2") != first
    with refused("IdempotentParameterMismatch"):
        made(sandbox, ec2, ClientToken="growth-1", Size=11)
    assert len(ec2.describe_volumes()["Volumes"]) == 2


def test_an_attached_volume_outlives_its_instance(sandbox: Sandbox, ec2: Any, running: Launch) -> None:
    instance_id = running()
    volume = attached(sandbox, ec2, instance_id)
    assert not shown(ec2, volume)
    assert end(sandbox, ec2, instance_id) == [volume]


def test_unless_it_is_told_to_go(sandbox: Sandbox, ec2: Any, running: Launch) -> None:
    instance_id = running()
    volume = attached(sandbox, ec2, instance_id)
    wanted = mapping("/dev/sdf", DeleteOnTermination=True)
    ec2.modify_instance_attribute(InstanceId=instance_id, BlockDeviceMappings=wanted)
    assert shown(ec2, volume)
    assert end(sandbox, ec2, instance_id) == []


def test_and_can_be_told_to_stay_again(sandbox: Sandbox, ec2: Any, running: Launch) -> None:
    instance_id = running()
    volume = attached(sandbox, ec2, instance_id)
    for delete in (True, False):
        wanted = mapping("/dev/sdf", DeleteOnTermination=delete, VolumeId=volume)
        ec2.modify_instance_attribute(InstanceId=instance_id, BlockDeviceMappings=wanted)
    assert end(sandbox, ec2, instance_id) == [volume]


def test_only_a_mapped_device_can_be_told(sandbox: Sandbox, ec2: Any, running: Launch, refused: Any) -> None:
    instance_id = running()
    attached(sandbox, ec2, instance_id)
    other = made(sandbox, ec2)
    for wanted in (mapping("/dev/sdg", DeleteOnTermination=True), mapping("/dev/sdf", VolumeId=other)):
        with refused("InvalidInstanceAttributeValue"):
            ec2.modify_instance_attribute(InstanceId=instance_id, BlockDeviceMappings=wanted)


def test_nitro_takes_28_attachments(sandbox: Sandbox, ec2: Any, running: Launch, refused: Any) -> None:
    nitro, xen = running(), running(InstanceType="t2.micro")
    for number in range(NITRO_ATTACHMENTS - 2):  # the root volume and the network interface are there already
        for instance_id in (nitro, xen):
            attached(sandbox, ec2, instance_id, f"/dev/sd{chr(ord('b') + number // 5)}{number % 5 + 1}")
    one_more = made(sandbox, ec2)
    with refused("AttachmentLimitExceeded"):
        ec2.attach_volume(VolumeId=one_more, InstanceId=nitro, Device="/dev/sdz")
    ec2.attach_volume(VolumeId=one_more, InstanceId=xen, Device="/dev/sdz")


def test_the_account_may_be_full(sandbox: Sandbox, ec2: Any, refused: Any) -> None:
    sandbox.faults.add("CreateVolume", "VolumeLimitExceeded")
    with refused("VolumeLimitExceeded"):
        made(sandbox, ec2)
    assert made(sandbox, ec2)
