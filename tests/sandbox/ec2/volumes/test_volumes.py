from collections.abc import Callable
from typing import Any

from sandbox.inprocess import Sandbox

Launch = Callable[..., str]


def make(sandbox: Sandbox, ec2: Any, zone: str = "us-east-1a", **options: Any) -> str:
    volume: str = ec2.create_volume(AvailabilityZone=zone, **{"Size": 10, "VolumeType": "gp3", **options})["VolumeId"]
    sandbox.clock.advance(2)
    return volume


def state(ec2: Any, volume: str) -> str:
    return str(ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0]["State"])


def test_a_volume_is_creating_at_first(sandbox: Sandbox, ec2: Any) -> None:
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=10)["VolumeId"]
    assert state(ec2, volume) == "creating"
    sandbox.clock.advance(2)
    assert state(ec2, volume) == "available"


def test_attach_and_detach(sandbox: Sandbox, ec2: Any, running: Launch, refused: Any) -> None:
    instance_id, volume = running(), make(sandbox, ec2)
    ec2.attach_volume(VolumeId=volume, InstanceId=instance_id, Device="/dev/sdf")
    assert state(ec2, volume) == "in-use"
    with refused("VolumeInUse"):
        ec2.attach_volume(VolumeId=volume, InstanceId=instance_id, Device="/dev/sdg")
    with refused("VolumeInUse"):
        ec2.delete_volume(VolumeId=volume)
    ec2.detach_volume(VolumeId=volume)
    assert state(ec2, volume) == "available"
    with refused("IncorrectState"):
        ec2.detach_volume(VolumeId=volume)
    ec2.delete_volume(VolumeId=volume)
    with refused("InvalidVolume.NotFound"):
        state(ec2, volume)


def test_where_a_volume_cannot_go(sandbox: Sandbox, ec2: Any, running: Launch, refused: Any) -> None:
    instance_id = running()
    young = ec2.create_volume(AvailabilityZone="us-east-1a", Size=10)["VolumeId"]
    with refused("IncorrectState"):
        ec2.attach_volume(VolumeId=young, InstanceId=instance_id, Device="/dev/sdf")
    far = make(sandbox, ec2, zone="us-east-1b")
    with refused("InvalidVolume.ZoneMismatch"):
        ec2.attach_volume(VolumeId=far, InstanceId=instance_id, Device="/dev/sdf")
    near = make(sandbox, ec2)
    with refused("InvalidParameterValue"):
        ec2.attach_volume(VolumeId=near, InstanceId=instance_id, Device="/dev/xvda")
    ec2.terminate_instances(InstanceIds=[instance_id])
    with refused("IncorrectState"):
        ec2.attach_volume(VolumeId=near, InstanceId=instance_id, Device="/dev/sdf")


def test_the_root_of_a_running_machine_stays(ec2: Any, running: Launch, describe: Any, refused: Any) -> None:
    root = describe(running())["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]
    with refused("OperationNotPermitted"):
        ec2.detach_volume(VolumeId=root)


def test_what_is_refused_at_creation(sandbox: Sandbox, ec2: Any, refused: Any) -> None:
    with refused("InvalidParameterCombination"):
        make(sandbox, ec2, VolumeType="gp2", Iops=3000)
    with refused("InvalidSnapshot.NotFound"):
        make(sandbox, ec2, SnapshotId="snap-0123456789abcdef0")
    snapshot = ec2.describe_snapshots()["Snapshots"][0]["SnapshotId"]
    with refused("InvalidBlockDeviceMapping"):
        make(sandbox, ec2, SnapshotId=snapshot, Size=1)


def test_a_volume_with_an_unknown_key_vanishes(sandbox: Sandbox, ec2: Any, refused: Any) -> None:
    volume = make(sandbox, ec2, Encrypted=True, KmsKeyId="alias/nobodys")
    with refused("InvalidVolume.NotFound"):
        state(ec2, volume)


def test_a_snapshot_takes_its_time(sandbox: Sandbox, ec2: Any) -> None:
    volume = make(sandbox, ec2)
    tags = [{"ResourceType": "snapshot", "Tags": [{"Key": "a", "Value": "b"}]}]
    snapshot = ec2.create_snapshot(VolumeId=volume, TagSpecifications=tags)
    assert snapshot["State"] == "pending"
    sandbox.clock.advance(5)
    found = ec2.describe_snapshots(SnapshotIds=[snapshot["SnapshotId"]])["Snapshots"][0]
    assert (found["State"], found["Tags"]) == ("completed", [{"Key": "a", "Value": "b"}])


def test_owners_are_honoured(sandbox: Sandbox, ec2: Any, refused: Any) -> None:
    assert ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"] == []
    public = ec2.describe_snapshots()["Snapshots"]
    assert {each["OwnerId"] for each in public} == {"591542846629", "137112412989"}
    with refused("InvalidSnapshot.InUse"):
        ec2.delete_snapshot(SnapshotId=public[0]["SnapshotId"])


def test_tags_go_with_the_volume(sandbox: Sandbox, ec2: Any) -> None:
    volume = make(sandbox, ec2, TagSpecifications=[{"ResourceType": "volume", "Tags": [{"Key": "a", "Value": "b"}]}])
    assert len(ec2.describe_tags()["Tags"]) == 1
    ec2.delete_volume(VolumeId=volume)
    assert ec2.describe_tags()["Tags"] == []
