"""A change that would have no effect is not said to be done."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.ec2.model.unread import Parameters


@pytest.fixture
def own(sandbox: Any, ec2: Any, al2023: str, running: Any) -> dict[str, str]:
    image = ec2.copy_image(SourceImageId=al2023, SourceRegion="us-east-1", Name="copy")["ImageId"]
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1, VolumeType="gp3")["VolumeId"]
    sandbox.clock.advance(60)
    return {"ImageId": image, "VolumeId": volume, "InstanceId": running()}


@pytest.mark.parametrize(
    ("operation", "named", "request_"),
    [
        ("modify_image_attribute", "ImageId", {"ImdsSupport": {"Value": "v2.0"}}),
        ("modify_image_attribute", "ImageId", {"Attribute": "imdsSupport", "Value": "v2.0"}),
        ("modify_image_attribute", "ImageId", {"ProductCodes": ["code"]}),
        ("modify_volume", "VolumeId", {"Size": 2, "MultiAttachEnabled": True}),
        ("modify_instance_attribute", "InstanceId", {"EnaSupport": {"Value": False}}),
    ],
)
def test_what_would_have_no_effect_is_not_imitated(
    ec2: Any, own: dict[str, str], operation: str, named: str, request_: dict[str, Any]
) -> None:
    with pytest.raises(ClientError) as caught:
        getattr(ec2, operation)(**{named: own[named]}, **request_)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501
    assert caught.value.response["Error"]["Message"].startswith("The sandbox does not imitate ec2:Modify")


def test_what_has_an_effect_is_done(ec2: Any, own: dict[str, str]) -> None:
    ec2.modify_image_attribute(ImageId=own["ImageId"], Description={"Value": "new"})
    ec2.modify_image_attribute(ImageId=own["ImageId"], LaunchPermission={"Add": [{"UserId": "210987654321"}]})
    ec2.modify_image_attribute(
        ImageId=own["ImageId"], Attribute="launchPermission", OperationType="add", UserIds=["310987654321"]
    )
    ec2.modify_volume(VolumeId=own["VolumeId"], Size=2)
    ec2.modify_instance_attribute(InstanceId=own["InstanceId"], SourceDestCheck={"Value": False})
    ec2.modify_instance_attribute(InstanceId=own["InstanceId"], DisableApiTermination={"Value": True})
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": True})


def test_a_builder_that_is_stopped_is_given_what_machines_have(sandbox: Any, ec2: Any, own: dict[str, str]) -> None:
    """As Packer does with ena_support and sriov_support."""
    instance = own["InstanceId"]
    with pytest.raises(ClientError, match="not in the 'stopped' state"):
        ec2.modify_instance_attribute(InstanceId=instance, EnaSupport={"Value": True})
    ec2.stop_instances(InstanceIds=[instance])
    sandbox.clock.advance(5)
    ec2.modify_instance_attribute(InstanceId=instance, EnaSupport={"Value": True})
    ec2.modify_instance_attribute(InstanceId=instance, SriovNetSupport={"Value": "simple"})


def test_a_snapshot_is_shared_in_both_forms_of_the_call(sandbox: Any, ec2: Any, own: dict[str, str]) -> None:
    snapshot = ec2.create_snapshot(VolumeId=own["VolumeId"])["SnapshotId"]
    sandbox.clock.advance(60)
    asked = {"SnapshotId": snapshot, "Attribute": "createVolumePermission"}

    def shared() -> set[str]:
        return {one["UserId"] for one in ec2.describe_snapshot_attribute(**asked)["CreateVolumePermissions"]}

    ec2.modify_snapshot_attribute(**asked, OperationType="add", UserIds=["210987654321"])
    ec2.modify_snapshot_attribute(SnapshotId=snapshot, CreateVolumePermission={"Add": [{"UserId": "310987654321"}]})
    assert shared() == {"210987654321", "310987654321"}
    change = {"Add": [{"UserId": "410987654321"}], "Remove": [{"UserId": "210987654321"}]}
    ec2.modify_snapshot_attribute(SnapshotId=snapshot, CreateVolumePermission=change)
    assert shared() == {"310987654321", "410987654321"}


def test_parameters_remember_what_was_read() -> None:
    parameters = Parameters({"A": 1, "B": 2, "C": 3, "DryRun": True})
    assert (parameters["A"], parameters.get("B"), parameters.get("D")) == (1, 2, None)
    assert parameters.list_unread() == ["C"]
