from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from sandbox.inprocess import Sandbox

Launch = Callable[..., str]
GP3 = {"VolumeSize": 40, "VolumeType": "gp3", "Iops": 4000, "Throughput": 250, "Encrypted": True}
DEVICES = [
    {"DeviceName": "/dev/xvda", "Ebs": {**GP3, "DeleteOnTermination": True}},
    {"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 10, "VolumeType": "gp2", "DeleteOnTermination": False}},
]


def described(ec2: Any, image: str) -> dict[str, Any]:
    found: dict[str, Any] = ec2.describe_images(ImageIds=[image])["Images"][0]
    return found


@pytest.fixture
def imaged(sandbox: Sandbox, ec2: Any, running: Launch) -> Callable[..., str]:
    """The id of a finished image of a new instance."""

    def make(name: str = "mine", devices: list[dict[str, Any]] = DEVICES, **options: Any) -> str:
        instance_id = running(BlockDeviceMappings=devices)
        image: str = ec2.create_image(InstanceId=instance_id, Name=name, **options)["ImageId"]
        sandbox.clock.advance(10)
        return image

    return make


def test_an_image_is_pending_until_its_snapshots_are_done(
    sandbox: Sandbox, ec2: Any, running: Launch, refused: Any
) -> None:
    image = ec2.create_image(InstanceId=running(), Name="mine")["ImageId"]
    with refused("InvalidAMIID.NotFound"):
        described(ec2, image)
    sandbox.clock.advance(1.5)
    assert described(ec2, image)["State"] == "pending"
    snapshot = ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"][0]
    assert snapshot["State"] == "pending"
    assert 40 <= int(snapshot["Progress"].rstrip("%")) <= 70
    sandbox.clock.advance(2)
    assert described(ec2, image)["State"] == "available"
    snapshot = ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"][0]
    assert (snapshot["State"], snapshot["Progress"]) == ("completed", "100%")
    assert image in snapshot["Description"]


def test_it_has_the_builders_block_devices(ec2: Any, imaged: Callable[..., str]) -> None:
    found = described(ec2, imaged())
    root, data = (each["Ebs"] for each in found["BlockDeviceMappings"])
    assert found["RootDeviceName"] == "/dev/xvda"
    assert (root["VolumeSize"], root["VolumeType"], root["Iops"], root["Throughput"]) == (40, "gp3", 4000, 250)
    assert (root["Encrypted"], root["DeleteOnTermination"]) == (True, True)
    assert (data["VolumeSize"], data["Encrypted"], data["DeleteOnTermination"]) == (10, False, False)
    snapshots = {each["SnapshotId"]: each for each in ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]}
    assert snapshots[root["SnapshotId"]]["KmsKeyId"].startswith("arn:aws:kms:")
    assert snapshots[data["SnapshotId"]]["VolumeSize"] == 10


def test_only_delete_on_termination_may_differ(
    sandbox: Sandbox, ec2: Any, running: Launch, imaged: Callable[..., str], refused: Any
) -> None:
    changed = [{"DeviceName": "/dev/sdf", "Ebs": {"DeleteOnTermination": True}}]
    image = imaged(BlockDeviceMappings=changed)
    assert described(ec2, image)["BlockDeviceMappings"][1]["Ebs"]["DeleteOnTermination"] is True
    instance_id = running(BlockDeviceMappings=DEVICES)
    for key, value in {"VolumeSize": 80, "VolumeType": "gp2", "Iops": 5000, "Encrypted": False}.items():
        with refused("InvalidBlockDeviceMapping"):
            ec2.create_image(
                InstanceId=instance_id,
                Name="other",
                BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {key: value}}],
            )
    left = ec2.create_image(
        InstanceId=instance_id, Name="less", BlockDeviceMappings=[{"DeviceName": "/dev/sdf", "NoDevice": ""}]
    )["ImageId"]
    sandbox.clock.advance(2)
    assert len(described(ec2, left)["BlockDeviceMappings"]) == 1


def test_tags_go_to_image_and_snapshots(ec2: Any, imaged: Callable[..., str], refused: Any) -> None:
    tags = [{"ResourceType": kind, "Tags": [{"Key": "for", "Value": kind}]} for kind in ("image", "snapshot")]
    image = imaged(TagSpecifications=tags)
    assert described(ec2, image)["Tags"] == [{"Key": "for", "Value": "image"}]
    snapshots = ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]
    assert [each["Tags"] for each in snapshots] == [[{"Key": "for", "Value": "snapshot"}]] * 2
    with refused("InvalidParameterValue"):
        imaged("other", TagSpecifications=[{"ResourceType": "volume", "Tags": [{"Key": "a", "Value": "b"}]}])


def test_names_are_taken_once_and_well_formed(
    ec2: Any, imaged: Callable[..., str], running: Launch, refused: Any
) -> None:
    image = imaged("taken")
    instance_id = running()
    with refused("InvalidAMIName.Duplicate"):
        ec2.create_image(InstanceId=instance_id, Name="taken")
    for name in ("a" * 129, "what?"):
        with refused("InvalidAMIName.Malformed"):
            ec2.create_image(InstanceId=instance_id, Name=name)
    ec2.deregister_image(ImageId=image)
    assert ec2.create_image(InstanceId=instance_id, Name="taken")["ImageId"] != image


def test_a_terminated_instance_cannot_be_imaged(sandbox: Sandbox, ec2: Any, running: Launch, refused: Any) -> None:
    instance_id = running()
    ec2.terminate_instances(InstanceIds=[instance_id])
    sandbox.clock.advance(2)
    with refused("IncorrectState"):
        ec2.create_image(InstanceId=instance_id, Name="mine")


def test_dry_runs_do_nothing(ec2: Any, running: Launch, refused: Any) -> None:
    with refused("DryRunOperation"):
        ec2.create_image(InstanceId=running(), Name="mine", DryRun=True)
    assert ec2.describe_images(Owners=["self"])["Images"] == []


def test_an_instance_of_the_image_has_its_volumes(ec2: Any, imaged: Callable[..., str], running: Launch) -> None:
    image = imaged()
    before = {each["VolumeId"] for each in ec2.describe_volumes()["Volumes"]}
    running(ImageId=image)
    new = [each for each in ec2.describe_volumes()["Volumes"] if each["VolumeId"] not in before]
    assert sorted((each["Size"], each["VolumeType"], each["Encrypted"]) for each in new) == [
        (10, "gp2", False),
        (40, "gp3", True),
    ]


def test_a_snapshot_in_use_stays(ec2: Any, imaged: Callable[..., str], refused: Any) -> None:
    image = imaged()
    snapshot = described(ec2, image)["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"]
    with refused("InvalidSnapshot.InUse"):
        ec2.delete_snapshot(SnapshotId=snapshot)
    ec2.deregister_image(ImageId=image)
    ec2.delete_snapshot(SnapshotId=snapshot)
    with refused("InvalidSnapshot.NotFound"):
        ec2.describe_snapshots(SnapshotIds=[snapshot])


def test_deregistering_takes_the_snapshots_along_when_asked(ec2: Any, imaged: Callable[..., str], refused: Any) -> None:
    image = imaged()
    answer = ec2.deregister_image(ImageId=image, DeleteAssociatedSnapshots=True)
    assert [each["ReturnCode"] for each in answer["DeleteSnapshotResults"]] == ["success", "success"]
    assert ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"] == []
    with refused("InvalidAMIID.NotFound"):
        described(ec2, image)


def test_protected_images_stay(ec2: Any, imaged: Callable[..., str], refused: Any) -> None:
    image = imaged()
    ec2.enable_image_deregistration_protection(ImageId=image)
    assert described(ec2, image)["DeregistrationProtection"] == "enabled-without-cooldown"
    with refused("OperationNotPermitted"):
        ec2.deregister_image(ImageId=image)
    ec2.disable_image_deregistration_protection(ImageId=image)
    ec2.deregister_image(ImageId=image)


def test_others_images_are_not_ours_to_change(ec2: Any, al2023: str, refused: Any) -> None:
    with refused("AuthFailure"):
        ec2.deregister_image(ImageId=al2023)


def test_deprecated_images_of_others_are_hidden(ec2: Any, image_of: Any) -> None:
    al1 = image_of("amazon-linux")
    name = [{"Name": "name", "Values": ["amzn-ami-2018.03.*-amazon-ecs-optimized"]}]
    assert ec2.describe_images(Owners=["amazon"], Filters=name)["Images"] == []
    shown = ec2.describe_images(Owners=["amazon"], Filters=name, IncludeDeprecated=True)["Images"]
    assert [each["ImageId"] for each in shown] == [al1]
    assert shown[0]["DeprecationTime"] < "2026-03"
    assert "Debian stand-in" in shown[0]["Description"]
    assert described(ec2, al1)["ImageId"] == al1


def test_the_owner_sees_deprecated_images(sandbox: Sandbox, ec2: Any, imaged: Callable[..., str], refused: Any) -> None:
    image = imaged()
    with refused("InvalidParameter"):
        ec2.enable_image_deprecation(ImageId=image, DeprecateAt=sandbox.clock.utcnow() - timedelta(days=1))
    ec2.enable_image_deprecation(ImageId=image, DeprecateAt=sandbox.clock.utcnow() + timedelta(days=1))
    sandbox.clock.advance(2 * 86400)
    assert [each["ImageId"] for each in ec2.describe_images(Owners=["self"])["Images"]] == [image]
    assert described(ec2, image)["DeprecationTime"]
    ec2.disable_image_deprecation(ImageId=image)
    assert "DeprecationTime" not in described(ec2, image)


def test_the_default_key_cannot_be_shared(sandbox: Sandbox, ec2: Any, clients: Any, imaged: Any, refused: Any) -> None:
    other = {"LaunchPermission": {"Add": [{"UserId": "210987654321"}]}}
    with refused("InvalidParameter"):
        ec2.modify_image_attribute(ImageId=imaged("default key"), **other)
    key = clients["kms"].create_key()["KeyMetadata"]["KeyId"]
    own = [{"DeviceName": "/dev/xvda", "Ebs": {**GP3, "KmsKeyId": key}}]
    image = imaged("own key", devices=own)
    ec2.modify_image_attribute(ImageId=image, **other)
    shared = ec2.describe_image_attribute(ImageId=image, Attribute="launchPermission")["LaunchPermissions"]
    assert shared == [{"UserId": "210987654321"}]
    with refused("InvalidParameter"):
        ec2.modify_image_attribute(ImageId=image, LaunchPermission={"Add": [{"Group": "all"}]})


def test_copies_keep_tags_when_asked_and_can_be_encrypted(
    sandbox: Sandbox, ec2: Any, imaged: Any, refused: Any
) -> None:
    plain = [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 30, "VolumeType": "gp3"}}]
    image = imaged("first", devices=plain)
    ec2.create_tags(Resources=[image], Tags=[{"Key": "a", "Value": "b"}])
    with refused("InvalidAMIName.Duplicate"):
        ec2.copy_image(SourceImageId=image, SourceRegion="us-east-1", Name="first")
    bare = ec2.copy_image(SourceImageId=image, SourceRegion="us-east-1", Name="second")["ImageId"]
    full = ec2.copy_image(
        SourceImageId=image, SourceRegion="us-east-1", Name="third", Encrypted=True, CopyImageTags=True
    )["ImageId"]
    sandbox.clock.advance(2)
    assert described(ec2, full)["State"] == "pending"
    sandbox.clock.advance(5)
    assert described(ec2, bare)["Tags"] == []
    assert described(ec2, bare)["BlockDeviceMappings"][0]["Ebs"]["Encrypted"] is False
    assert described(ec2, full)["Tags"] == [{"Key": "a", "Value": "b"}]
    assert described(ec2, full)["BlockDeviceMappings"][0]["Ebs"]["Encrypted"] is True


def test_a_copy_goes_to_another_region(sandbox: Sandbox, imaged: Any) -> None:
    image = imaged()
    there = sandbox.client("ec2", region="eu-west-1")
    copy = there.copy_image(SourceImageId=image, SourceRegion="us-east-1", Name="copy")["ImageId"]
    sandbox.clock.advance(10)
    assert described(there, copy)["State"] == "available"


def test_an_image_can_be_registered_from_a_snapshot(sandbox: Sandbox, ec2: Any, imaged: Any, refused: Any) -> None:
    snapshot = described(ec2, imaged())["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"]
    mapping = {"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": snapshot}}
    image = ec2.register_image(
        Name="registered", RootDeviceName="/dev/xvda", Architecture="x86_64", BlockDeviceMappings=[mapping]
    )["ImageId"]
    sandbox.clock.advance(2)
    assert described(ec2, image)["BlockDeviceMappings"][0]["Ebs"]["VolumeSize"] == 40
    with refused("InvalidBlockDeviceMapping"):
        ec2.register_image(Name="rootless", RootDeviceName="/dev/xvda")
