"""What a machine of a compute environment starts with, and where EC2 has none to give."""

import base64
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.inprocess import Sandbox

Create = Callable[..., str]
Machines = Callable[..., list[dict[str, Any]]]
MIME = (
    'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="=="\n\n'
    "--==\nContent-Type: text/x-shellscript\n\n#!/bin/bash\necho mine\n--==--\n"
)


def template(ec2: Any, name: str = "mine", **data: Any) -> dict[str, str]:
    data = {"UserData": base64.b64encode(MIME.encode()).decode(), **data}
    ec2.create_launch_template(LaunchTemplateName=name, LaunchTemplateData=data)
    return {"launchTemplateName": name, "version": "1"}


@pytest.fixture
def launched(sandbox: Sandbox, made: Create, queue: Create, ask: Create, machines: Machines) -> Callable[..., Any]:
    """The machine that a job gets in an environment with these computeResources."""

    def launch(**changes: Any) -> dict[str, Any]:
        made(**changes)
        queue("one")
        ask()
        sandbox.clock.advance(5)
        [machine] = machines()
        return machine

    return launch


def tags_of(machine: dict[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in machine["Tags"]}


def read_user_data(ec2: Any, machine: dict[str, Any]) -> str:
    answer = ec2.describe_instance_attribute(InstanceId=machine["InstanceId"], Attribute="userData")
    return base64.b64decode(answer["UserData"]["Value"]).decode()


def test_the_environment_decides_and_the_template_fills_in(
    ec2: Any, launched: Callable[..., Any], account: Any, image_of: Callable[[str], str]
) -> None:
    for key in ("theirs", "ours"):
        ec2.create_key_pair(KeyName=key)
    ec2.create_placement_group(GroupName="near", Strategy="spread")
    group = ec2.create_security_group(GroupName="other", Description="x")["GroupId"]
    given = template(
        ec2, KeyName="theirs", InstanceType="m5.large", SecurityGroupIds=[group], ImageId=image_of("amazon-linux-2"),
        InstanceMarketOptions={"MarketType": "spot"}, EbsOptimized=True, MetadataOptions={"HttpTokens": "required"},
        BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 77, "VolumeType": "gp3"}}],
        TagSpecifications=[
            {"ResourceType": "instance", "Tags": [{"Key": "a", "Value": "theirs"}, {"Key": "b", "Value": "theirs"}]},
            {"ResourceType": "volume", "Tags": [{"Key": "disk", "Value": "theirs"}]},
        ],
    )  # fmt: skip
    machine = launched(launchTemplate=given, ec2KeyPair="ours", placementGroup="near", tags={"a": "ours"})
    assert (machine["InstanceType"], machine["KeyName"]) == ("c5.2xlarge", "ours")
    assert machine.get("InstanceLifecycle") is None
    assert machine["ImageId"] == image_of("amazon-linux-2")
    assert [each["GroupId"] for each in machine["SecurityGroups"]] == [account.group]
    assert machine["SubnetId"] in account.subnets
    assert machine["IamInstanceProfile"]["Arn"].endswith("instance-profile/ecsInstanceRole")
    tags = tags_of(machine)
    assert (tags["a"], tags["b"], tags["AWSBatchServiceTag"]) == ("ours", "theirs", "batch")
    assert tags["aws:autoscaling:groupName"].startswith("AWSBatch-one-asg-")
    [mapping] = machine["BlockDeviceMappings"]
    [volume] = ec2.describe_volumes(VolumeIds=[mapping["Ebs"]["VolumeId"]])["Volumes"]
    assert (volume["Size"], tags_of(volume)) == (77, {"disk": "theirs"})


def test_the_cluster_is_in_the_user_data(ec2: Any, launched: Callable[..., Any], environment: Any) -> None:
    text = read_user_data(ec2, launched(launchTemplate=template(ec2)))
    cluster = environment()["ecsClusterArn"].rpartition("/")[2]
    first, mine, last = (text.index(words) for words in ("ECS_RESERVED_MEMORY=32", "echo mine", "--==BOUNDARY==--"))
    assert first < mine < text.rindex(f"echo ECS_CLUSTER={cluster}>>/etc/ecs/ecs.config") < last


def test_the_groups_and_subnet_of_network_interfaces(ec2: Any, launched: Callable[..., Any], account: Any) -> None:
    group = ec2.create_security_group(GroupName="other", Description="x")["GroupId"]
    interface = {"DeviceIndex": 0, "AssociatePublicIpAddress": True, "Groups": [group], "SubnetId": account.subnets[1]}
    machine = launched(
        launchTemplate=template(ec2, NetworkInterfaces=[interface]), securityGroupIds=None, subnets=account.subnets[:1]
    )
    assert machine["SubnetId"] == account.subnets[0]
    assert [each["GroupId"] for each in machine["SecurityGroups"]] == [group]


def test_the_order_of_amis(
    ec2: Any, image_of: Callable[[str], str], launched: Callable[..., Any], sandbox: Sandbox, batch: Any
) -> None:
    """The template of an override, then imageIdOverride, then the template, then AWS's own."""
    al1, al2, al2023 = (image_of(name) for name in ("amazon-linux", "amazon-linux-2", "amazon-linux-2023"))
    override = {**template(ec2, "special", ImageId=al1), "targetInstanceTypes": ["c5"]}
    plain = template(ec2, ImageId=al2)
    configuration = [{"imageType": "ECS_AL2023", "imageIdOverride": al2023}]
    machine = launched(launchTemplate={**plain, "overrides": [override]}, ec2Configuration=configuration)
    assert machine["ImageId"] == al1


def test_imageidoverride_goes_before_the_template(
    ec2: Any, image_of: Callable[[str], str], launched: Callable[..., Any]
) -> None:
    configuration = [{"imageType": "ECS_AL2023", "imageIdOverride": image_of("amazon-linux-2023")}]
    given = template(ec2, ImageId=image_of("amazon-linux-2"))
    assert launched(launchTemplate=given, ec2Configuration=configuration)["ImageId"] == image_of("amazon-linux-2023")


@pytest.mark.parametrize(
    ("changes", "alias"),
    [
        ({}, "amazon-linux-2023"),
        ({"ec2Configuration": [{"imageType": "ECS_AL2"}]}, "amazon-linux-2"),
        ({"instanceTypes": ["c7g.large"]}, "amazon-linux-2023/arm64"),
        ({"ec2Configuration": [{"imageType": "ECS_AL2023_NVIDIA"}], "instanceTypes": ["g4dn.xlarge"]},
         "amazon-linux-2023/gpu"),
    ],
)  # fmt: skip
def test_awss_own_image(
    image_of: Callable[[str], str], launched: Callable[..., Any], changes: dict[str, Any], alias: str
) -> None:
    assert launched(**changes)["ImageId"] == image_of(alias)


def test_spot(launched: Callable[..., Any], ec2: Any) -> None:
    machine = launched(type="SPOT", allocationStrategy="SPOT_CAPACITY_OPTIMIZED", bidPercentage=50)
    assert machine["InstanceLifecycle"] == "spot"
    [request] = ec2.describe_spot_instance_requests()["SpotInstanceRequests"]
    assert (request["Type"], float(request["SpotPrice"])) == ("one-time", 0.17)


def test_machines_are_spread_over_the_subnets(
    sandbox: Sandbox, ec2: Any, made: Create, queue: Create, ask: Create, machines: Machines
) -> None:
    """A zone that does not offer the type gets none."""
    zones = {subnet["AvailabilityZone"][-1]: subnet["SubnetId"] for subnet in ec2.describe_subnets()["Subnets"]}
    made(maxvCpus=48, subnets=[zones[name] for name in "eabc"])
    queue("one")
    for _ in range(6):
        ask(vcpus=8)
    sandbox.clock.advance(5)
    used = [machine["SubnetId"] for machine in machines()]
    assert {name: used.count(zones[name]) for name in "eabc"} == {"e": 0, "a": 2, "b": 2, "c": 2}


def test_no_capacity_in_a_zone_or_of_a_type(
    sandbox: Sandbox, made: Create, queue: Create, ask: Create, machines: Machines, account: Any
) -> None:
    sandbox.faults.add("RunInstances", "InsufficientInstanceCapacity", times=None, where={"InstanceType": "c5.2xlarge"})
    sandbox.faults.add(
        "RunInstances", "InsufficientInstanceCapacity", times=None, where={"SubnetId": account.subnets[0]}
    )
    made(instanceTypes=["c5.2xlarge", "m5.2xlarge"], maxvCpus=16)
    queue("one")
    ask(vcpus=8)
    sandbox.clock.advance(5)
    [machine] = machines()
    assert machine["InstanceType"] == "m5.2xlarge"
    assert machine["SubnetId"] != account.subnets[0]


def test_best_fit_waits_for_its_type(
    sandbox: Sandbox, made: Create, queue: Create, ask: Create, types: Callable[[], list[str]], job: Any, desired: Any
) -> None:
    where = {"InstanceType": "c5.2xlarge"}
    sandbox.faults.add("RunInstances", "InsufficientInstanceCapacity", times=None, where=where)
    made(instanceTypes=["c5.2xlarge", "c5.4xlarge"], allocationStrategy="BEST_FIT")
    queue("one")
    waiting = ask()
    sandbox.clock.advance(70)
    assert types() == []
    assert job(waiting)["statusReason"].endswith("capacity requested for instance type [c5.2xlarge]")
    assert desired() == 8
    sandbox.faults.clear()
    sandbox.clock.advance(65)
    assert types() == ["c5.2xlarge"]
    assert "statusReason" not in job(waiting)


def test_a_quota_is_not_named(
    sandbox: Sandbox, made: Create, queue: Create, ask: Create, job: Any, types: Callable[[], list[str]]
) -> None:
    sandbox.world.quotas["us-east-1", "ec2", "L-1216C47A"] = 4.0
    made()
    queue("one")
    waiting = ask()
    sandbox.clock.advance(70)
    assert (types(), job(waiting)["statusReason"]) == (
        [], "UNDETERMINED - Batch job is blocked, root cause is undetermined.",
    )  # fmt: skip


def test_a_service_role_that_may_not_launch(
    sandbox: Sandbox, iam: Any, made: Create, queue: Create, ask: Create, job: Any
) -> None:
    iam.put_role_policy(RoleName="AWSBatchServiceRole", PolicyName="p", PolicyDocument='{"Version": "2012-10-17", '
                        '"Statement": [{"Effect": "Allow", "Action": "ec2:Describe*", "Resource": "*"}]}')  # fmt: skip
    made(request={"serviceRole": "AWSBatchServiceRole"})
    queue("one")
    waiting = ask()
    sandbox.clock.advance(70)
    assert job(waiting)["statusReason"].startswith("MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS")


def test_an_ami_that_is_gone_is_no_reason_that_batch_finds(
    sandbox: Sandbox, ec2: Any, image_of: Any, made: Create, queue: Create, ask: Create, job: Any, environment: Any
) -> None:
    copy = ec2.copy_image(Name="own", SourceImageId=image_of("amazon-linux-2023"), SourceRegion="us-east-1")["ImageId"]
    sandbox.clock.advance(30)
    made(ec2Configuration=[{"imageType": "ECS_AL2023", "imageIdOverride": copy}])
    queue("one")
    ec2.deregister_image(ImageId=copy)
    sandbox.clock.advance(40)
    waiting = ask()
    sandbox.clock.advance(70)
    assert environment()["status"] == "VALID"
    assert job(waiting)["statusReason"] == "UNDETERMINED - Batch job is blocked, root cause is undetermined."
