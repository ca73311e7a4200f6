import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

ROOT = "/aws/service/ecs/optimized-ami/"
ALIASES = ("amazon-linux", "amazon-linux-2", "amazon-linux-2/arm64", "amazon-linux-2/gpu", "amazon-linux-2023",
           "amazon-linux-2023/arm64", "amazon-linux-2023/gpu")  # fmt: skip


def value(ssm: Any, name: str) -> str:
    return str(ssm.get_parameter(Name=ROOT + name)["Parameter"]["Value"])


@pytest.mark.parametrize("alias", ALIASES)
def test_the_recommended_image_exists(ec2: Any, ssm: Any, alias: str) -> None:
    document = json.loads(value(ssm, f"{alias}/recommended"))
    assert {"image_id", "image_name", "os", "ecs_agent_version", "ecs_runtime_version"} <= set(document)
    assert value(ssm, f"{alias}/recommended/image_id") == document["image_id"]
    image = ec2.describe_images(ImageIds=[document["image_id"]])["Images"][0]
    assert image["Name"] == document["image_name"]
    assert (image["OwnerId"], image["ImageOwnerAlias"], image["Public"]) == ("591542846629", "amazon", True)
    assert "Debian stand-in" in image["Description"]
    assert image["Architecture"] == ("arm64" if "arm64" in alias else "x86_64")


@pytest.mark.parametrize(
    ("name", "arch", "disk"),
    [
        ("al2023-ami-kernel-6.1-x86_64", "x86_64", "gp3"),
        ("al2023-ami-kernel-default-arm64", "arm64", "gp3"),
        ("amzn2-ami-hvm-x86_64-gp2", "x86_64", "gp2"),
    ],
)
def test_the_images_of_amazon_linuxs_parameters_start_machines(
    ec2: Any, ssm: Any, name: str, arch: str, disk: str
) -> None:  # fmt: skip
    """moto's own tests, which were verified on AWS, begin with the first of them."""
    image_id = ssm.get_parameter(Name=f"/aws/service/ami-amazon-linux-latest/{name}")["Parameter"]["Value"]
    [image] = ec2.describe_images(ImageIds=[image_id])["Images"]
    assert (image["OwnerId"], image["ImageOwnerAlias"], image["Architecture"]) == ("137112412989", "amazon", arch)
    [mapping] = image["BlockDeviceMappings"]
    assert (mapping["DeviceName"], mapping["Ebs"]["VolumeSize"], mapping["Ebs"]["VolumeType"]) == ("/dev/xvda", 8, disk)
    kind = "t3.small" if arch == "x86_64" else "t4g.small"
    started = ec2.run_instances(ImageId=image_id, InstanceType=kind, MinCount=1, MaxCount=1)["Instances"]
    assert [instance["ImageId"] for instance in started] == [image_id]


def test_every_parameter_of_amazon_linux_but_the_oldest_names_an_image(ec2: Any, ssm: Any) -> None:
    pages = ssm.get_paginator("get_parameters_by_path").paginate(Path="/aws/service/ami-amazon-linux-latest")
    parameters = {item["Name"].rpartition("/")[2]: item["Value"] for page in pages for item in page["Parameters"]}
    named = {value for name, value in parameters.items() if "-s3" not in name and "-pv-" not in name}
    assert len(named) > 20
    assert len(ec2.describe_images(ImageIds=sorted(named))["Images"]) == len(named)


def test_a_version_is_pinned_by_its_name(ssm: Any) -> None:
    recommended = json.loads(value(ssm, "amazon-linux-2023/recommended"))
    assert json.loads(value(ssm, f"amazon-linux-2023/{recommended['image_name']}")) == recommended


def test_the_stand_ins_differ_in_their_disks(ec2: Any, ssm: Any) -> None:
    def disks(alias: str) -> list[tuple[str, int, bool]]:
        image = ec2.describe_images(ImageIds=[value(ssm, f"{alias}/recommended/image_id")])["Images"][0]
        return [
            (each["DeviceName"], each["Ebs"]["VolumeSize"], "SnapshotId" in each["Ebs"])
            for each in image["BlockDeviceMappings"]
        ]

    assert disks("amazon-linux") == [("/dev/xvda", 8, True), ("/dev/xvdcz", 22, False)]
    assert disks("amazon-linux-2") == disks("amazon-linux-2023") == [("/dev/xvda", 30, True)]


def test_ids_differ_by_region(sandbox: Any, ssm: Any) -> None:
    there = sandbox.client("ssm", region="eu-west-1")
    name = "amazon-linux-2023/recommended/image_id"
    assert value(there, name) != value(ssm, name)
    assert sandbox.client("ec2", region="eu-west-1").describe_images(ImageIds=[value(there, name)])["Images"]


def test_unknown_parameters_are_refused(ssm: Any) -> None:
    with pytest.raises(ClientError, match="ParameterNotFound"):
        value(ssm, "amazon-linux-2029/recommended")
    names = [ROOT + "amazon-linux-2/recommended/os", ROOT + "nothing", "/mine"]
    answer = ssm.get_parameters(Names=names)
    assert [each["Value"] for each in answer["Parameters"]] == ["Amazon Linux 2"]
    assert sorted(answer["InvalidParameters"]) == ["/aws/service/ecs/optimized-ami/nothing", "/mine"]


def test_they_can_be_listed(ssm: Any) -> None:
    pages = ssm.get_paginator("get_parameters_by_path").paginate(Path=ROOT + "amazon-linux-2023", Recursive=True)
    names = [each["Name"] for page in pages for each in page["Parameters"]]
    assert ROOT + "amazon-linux-2023/arm64/recommended/image_id" in names
    assert len(names) == len(set(names)) > 20


def test_ones_own_parameters_work_as_before(ssm: Any) -> None:
    ssm.put_parameter(Name="/mine", Value="x", Type="String")
    assert ssm.get_parameter(Name="/mine")["Parameter"]["Value"] == "x"


@pytest.mark.parametrize(
    "name",
    [
        "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id",
        "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
        "/aws/service/global-infrastructure/regions/us-east-1",
    ],
)
def test_public_parameters_are_in_no_account(ssm: Any, name: str) -> None:
    arn = f"arn:aws:ssm:us-east-1::parameter{name}"
    assert ssm.get_parameter(Name=name)["Parameter"]["ARN"] == arn
    assert ssm.get_parameters(Names=[name])["Parameters"][0]["ARN"] == arn
    assert ssm.describe_parameters()["Parameters"] == []


def test_ones_own_parameters_are_in_the_account_and_listed(ssm: Any) -> None:
    ssm.put_parameter(Name="/mine", Value="x", Type="String")
    assert ssm.get_parameter(Name="/mine")["Parameter"]["ARN"] == "arn:aws:ssm:us-east-1:123456789012:parameter/mine"
    assert [parameter["Name"] for parameter in ssm.describe_parameters()["Parameters"]] == ["/mine"]


@pytest.mark.parametrize("name", ["/one", "two", "/a/path"])
@pytest.mark.parametrize("many", [False, True])
def test_a_parameters_tags_go_with_it(ssm: Any, name: str, many: bool) -> None:
    ssm.put_parameter(Name="kept", Value="v", Type="String", Tags=[{"Key": "a", "Value": "1"}])
    ssm.put_parameter(Name=name, Value="v", Type="String", Tags=[{"Key": "a", "Value": "1"}])
    if many:
        assert ssm.delete_parameters(Names=[name, "none"])["InvalidParameters"] == ["none"]
    else:
        ssm.delete_parameter(Name=name)
    ssm.put_parameter(Name=name, Value="v", Type="String")
    assert ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=name)["TagList"] == []
    assert ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId="kept")["TagList"]
