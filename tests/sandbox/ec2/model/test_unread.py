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


def test_parameters_remember_what_was_read() -> None:
    parameters = Parameters({"A": 1, "B": 2, "C": 3, "DryRun": True})
    assert (parameters["A"], parameters.get("B"), parameters.get("D")) == (1, 2, None)
    assert parameters.list_unread() == ["C"]
