import base64
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.inprocess import Sandbox

Launch = Callable[..., str]


def test_a_new_instance_is_unknown_for_two_seconds(
    sandbox: Sandbox, ec2: Any, launch: Launch, refused: Any, describe: Any
) -> None:
    instance_id = launch()
    with refused("InvalidInstanceID.NotFound"):
        describe(instance_id)
    with refused("InvalidInstanceID.NotFound"):
        ec2.create_tags(Resources=[instance_id], Tags=[{"Key": "a", "Value": "b"}])
    assert ec2.describe_instances()["Reservations"] == []
    sandbox.clock.advance(2)
    assert describe(instance_id)["State"]["Name"] == "running"


def test_pending_comes_before_running(sandbox: Sandbox, ec2: Any, al2023: str, describe: Any) -> None:
    answer = ec2.run_instances(ImageId=al2023, InstanceType="m6i.large", MinCount=1, MaxCount=1)
    assert answer["Instances"][0]["State"]["Name"] == "pending"
    sandbox.clock.advance(5)
    found = describe(answer["Instances"][0]["InstanceId"])
    assert found["State"]["Name"] == "running"
    assert found["PublicIpAddress"].startswith("127.77.")
    assert found["PrivateIpAddress"].startswith("172.31.")
    assert [group["GroupName"] for group in found["SecurityGroups"]] == ["default"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"ImageId": "ami-0123456789abcdef0"}, "InvalidAMIID.NotFound"),
        ({"ImageId": "ami-nonsense"}, "InvalidAMIID.Malformed"),
        ({"InstanceType": "m99.large"}, "InvalidParameterValue"),
        ({"InstanceType": "m7g.large"}, "InvalidParameterValue"),
        ({"KeyName": "nobodys"}, "InvalidKeyPair.NotFound"),
        ({"Placement": {"GroupName": "nobodys"}}, "InvalidPlacementGroup.Unknown"),
        ({"SubnetId": "subnet-0123456789abcdef0"}, "InvalidSubnetID.NotFound"),
        ({"SecurityGroupIds": ["sg-0123456789abcdef0"]}, "InvalidGroup.NotFound"),
        ({"SecurityGroupIds": ["mine"]}, "InvalidGroupId.Malformed"),
        ({"IamInstanceProfile": {"Name": "nobodys"}}, "InvalidParameterValue"),
        ({"UserData": "x" * 16385}, "InvalidParameterValue"),
        ({"TagSpecifications": [{"ResourceType": "image", "Tags": [{"Key": "a", "Value": "b"}]}]},
         "InvalidParameterValue"),
        ({"BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 29}}]},
         "InvalidBlockDeviceMapping"),
        ({"Placement": {"AvailabilityZone": "us-east-1z"}}, "InvalidInput"),
        ({"DryRun": True}, "DryRunOperation"),
        ({"DryRun": True, "KeyName": "nobodys"}, "InvalidKeyPair.NotFound"),
    ],
)  # fmt: skip
def test_what_is_refused(ec2: Any, launch: Launch, refused: Any, change: dict[str, Any], code: str) -> None:
    with refused(code):
        launch(**change)
    assert ec2.describe_volumes()["Volumes"] == []


def test_user_data_of_sixteen_kib_is_taken(ec2: Any, running: Launch) -> None:
    instance_id = running(UserData="x" * 16384)
    kept = ec2.describe_instance_attribute(InstanceId=instance_id, Attribute="userData")["UserData"]["Value"]
    assert len(base64.b64decode(kept)) == 16384


def test_block_devices_are_made_as_asked(ec2: Any, running: Launch, describe: Any) -> None:
    root = {"VolumeSize": 40, "VolumeType": "gp3", "Iops": 4000, "Throughput": 250, "Encrypted": True}
    data = {"VolumeSize": 100, "VolumeType": "gp2", "DeleteOnTermination": True}
    found = describe(
        running(
            BlockDeviceMappings=[
                {"DeviceName": "/dev/xvda", "Ebs": root},
                {"DeviceName": "/dev/sdf", "Ebs": data},
            ]
        )
    )
    assert [each["DeviceName"] for each in found["BlockDeviceMappings"]] == ["/dev/xvda", "/dev/sdf"]
    ids = [each["Ebs"]["VolumeId"] for each in found["BlockDeviceMappings"]]
    first, second = (ec2.describe_volumes(VolumeIds=[each])["Volumes"][0] for each in ids)
    assert (first["Size"], first["Iops"], first["Throughput"], first["Encrypted"]) == (40, 4000, 250, True)
    assert first["KmsKeyId"].startswith("arn:aws:kms:")
    assert first["SnapshotId"].startswith("snap-")
    assert (second["Size"], second["VolumeType"], second["Encrypted"]) == (100, "gp2", False)


def test_al1_has_two_disks(ec2: Any, image_of: Any, running: Launch, describe: Any) -> None:
    found = describe(running(ImageId=image_of("amazon-linux"), InstanceType="t2.micro"))
    sizes = {
        each["DeviceName"]: ec2.describe_volumes(VolumeIds=[each["Ebs"]["VolumeId"]])["Volumes"][0]["Size"]
        for each in found["BlockDeviceMappings"]
    }
    assert sizes == {"/dev/xvda": 8, "/dev/xvdcz": 22}


def test_tags_are_set_at_creation(ec2: Any, running: Launch) -> None:
    kinds = ("instance", "volume", "network-interface")
    specifications = [{"ResourceType": kind, "Tags": [{"Key": "for", "Value": kind}]} for kind in kinds]
    running(TagSpecifications=specifications)
    tags = ec2.describe_tags(Filters=[{"Name": "key", "Values": ["for"]}])["Tags"]
    assert sorted((tag["ResourceType"], tag["Value"]) for tag in tags) == sorted((kind, kind) for kind in kinds)


def test_options_are_kept(ec2: Any, running: Launch, describe: Any) -> None:
    instance_id = running(
        InstanceInitiatedShutdownBehavior="terminate",
        MetadataOptions={"HttpTokens": "required", "HttpPutResponseHopLimit": 2},
    )
    options = describe(instance_id)["MetadataOptions"]
    assert (options["HttpTokens"], options["HttpPutResponseHopLimit"]) == ("required", 2)
    name = "instanceInitiatedShutdownBehavior"
    kept = ec2.describe_instance_attribute(InstanceId=instance_id, Attribute=name)
    assert kept["InstanceInitiatedShutdownBehavior"]["Value"] == "terminate"


def test_one_client_token_is_one_launch(ec2: Any, launch: Launch, refused: Any) -> None:
    assert launch(ClientToken="once") == launch(ClientToken="once")
    assert launch(ClientToken="twice") != launch(ClientToken="once")
    with refused("IdempotentParameterMismatch"):
        launch(ClientToken="once", InstanceType="m5.large")


def test_without_a_default_vpc_a_subnet_is_needed(ec2: Any, launch: Launch, refused: Any) -> None:
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    subnets = ec2.describe_subnets()["Subnets"]
    assert len({subnet["AvailabilityZone"] for subnet in subnets}) >= 3
    for subnet in subnets:
        ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    with refused("MissingInput"):
        launch()
    for gateway in ec2.describe_internet_gateways()["InternetGateways"]:
        ec2.detach_internet_gateway(InternetGatewayId=gateway["InternetGatewayId"], VpcId=vpc)
    ec2.delete_vpc(VpcId=vpc)
    with refused("VPCIdNotSpecified"):
        launch()


def test_a_type_that_a_zone_lacks_is_unsupported(ec2: Any, launch: Launch, refused: Any) -> None:
    offered = ec2.describe_instance_type_offerings(
        LocationType="availability-zone", Filters=[{"Name": "instance-type", "Values": ["m6i.large"]}]
    )["InstanceTypeOfferings"]
    zones = {each["Location"] for each in offered}
    lacking = [each for each in ec2.describe_subnets()["Subnets"] if each["AvailabilityZone"] not in zones]
    assert lacking, "the recorded offerings no longer lack m6i.large anywhere"
    with refused("Unsupported"):
        launch(SubnetId=lacking[0]["SubnetId"])


def test_an_interface_brings_subnet_groups_and_address(ec2: Any, running: Launch, describe: Any) -> None:
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    group = ec2.create_security_group(GroupName="mine", Description="mine")["GroupId"]
    nic = {"DeviceIndex": 0, "SubnetId": subnet, "Groups": [group], "AssociatePublicIpAddress": True}
    found = describe(running(NetworkInterfaces=[nic]))
    assert found["SubnetId"] == subnet
    assert [each["GroupId"] for each in found["SecurityGroups"]] == [group]
    assert found["PublicIpAddress"].startswith("127.77.")


def test_a_private_instance_has_no_public_address(ec2: Any, running: Launch, describe: Any) -> None:
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    nic = {"DeviceIndex": 0, "SubnetId": subnet, "AssociatePublicIpAddress": False}
    assert "PublicIpAddress" not in describe(running(NetworkInterfaces=[nic]))


def test_public_addresses_are_unique(ec2: Any, launch: Launch, running: Launch, describe: Any) -> None:
    ids = [launch(), launch(), running()]
    assert len({describe(each)["PublicIpAddress"] for each in ids}) == 3


def test_max_count_is_what_is_launched(sandbox: Sandbox, ec2: Any, launch: Launch) -> None:
    launch(MaxCount=3)
    sandbox.clock.advance(5)
    assert len(ec2.describe_instances()["Reservations"][0]["Instances"]) == 3


def test_a_launch_template_is_used(ec2: Any, al2023: str, sandbox: Sandbox, describe: Any) -> None:
    data = {
        "ImageId": al2023,
        "InstanceType": "m6i.large",
        "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 50, "VolumeType": "gp3"}}],
        "TagSpecifications": [{"ResourceType": "instance", "Tags": [{"Key": "from", "Value": "template"}]}],
    }
    ec2.create_launch_template(LaunchTemplateName="mine", LaunchTemplateData=data)
    answer = ec2.run_instances(
        LaunchTemplate={"LaunchTemplateName": "mine"}, MinCount=1, MaxCount=1, InstanceType="m5.large"
    )
    sandbox.clock.advance(5)
    found = describe(answer["Instances"][0]["InstanceId"])
    assert found["InstanceType"] == "m5.large"
    assert {"Key": "from", "Value": "template"} in found["Tags"]
    assert ec2.describe_volumes()["Volumes"][0]["Size"] == 50


def test_an_image_that_is_pending_cannot_be_launched(
    sandbox: Sandbox, ec2: Any, launch: Launch, running: Launch, refused: Any
) -> None:
    image = ec2.create_image(InstanceId=running(), Name="not yet")["ImageId"]
    sandbox.clock.advance(1.5)
    with refused("InvalidAMIID.Unavailable"):
        launch(ImageId=image)


def test_an_unknown_kms_key_ends_the_launch_later(running: Launch, describe: Any) -> None:
    mapping = {"DeviceName": "/dev/xvda", "Ebs": {"Encrypted": True, "KmsKeyId": "alias/nobodys"}}
    found = describe(running(BlockDeviceMappings=[mapping]))
    assert found["State"]["Name"] == "terminated"
    assert found["StateReason"]["Code"] == "Client.InternalError"
    assert "KMS" in found["StateReason"]["Message"]


def test_other_ids_are_refused_as_well(ec2: Any, refused: Any) -> None:
    with refused("InvalidInstanceID.Malformed"):
        ec2.terminate_instances(InstanceIds=["web-1"])
    with refused("InvalidInstanceID.NotFound"):
        ec2.terminate_instances(InstanceIds=["i-0123456789abcdef0"])
    with refused("InvalidSnapshot.NotFound"):
        ec2.describe_snapshots(SnapshotIds=["snap-0123456789abcdef0"])
    with refused("InvalidVolume.NotFound"):
        ec2.describe_volumes(VolumeIds=["vol-0123456789abcdef0"])
    with refused("InvalidVpcID.NotFound"):
        ec2.create_security_group(GroupName="a", Description="a", VpcId="vpc-0123456789abcdef0")
    with refused("InvalidAMIID.NotFound"):
        ec2.create_tags(Resources=["ami-0123456789abcdef0"], Tags=[{"Key": "a", "Value": "b"}])
