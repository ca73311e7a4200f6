"""Launch templates: each law is seen to refuse once, with AWS's own code."""

import base64
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.inprocess import Sandbox

Create = Callable[..., str]


@pytest.fixture
def create(ec2: Any) -> Create:
    """CreateLaunchTemplate named `mine`; its id."""

    def make(**changes: Any) -> str:
        request = {"LaunchTemplateName": "mine", "LaunchTemplateData": {"InstanceType": "m6i.large"}, **changes}
        return str(ec2.create_launch_template(**request)["LaunchTemplate"]["LaunchTemplateId"])

    return make


def add(ec2: Any, data: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = ec2.create_launch_template_version(LaunchTemplateName="mine", LaunchTemplateData=data, **more)
    return dict(answer["LaunchTemplateVersion"])


def numbers(ec2: Any, **query: Any) -> list[int]:
    found = ec2.describe_launch_template_versions(LaunchTemplateName="mine", **query)["LaunchTemplateVersions"]
    return [each["VersionNumber"] for each in found]


def test_a_name_is_taken_once(create: Create, refused: Any) -> None:
    create()
    with refused("InvalidLaunchTemplateName.AlreadyExistsException"):
        create()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"LaunchTemplateName": "my template"}, "InvalidLaunchTemplateName.MalformedException"),
        ({"VersionDescription": "x" * 256}, "InvalidParameterValue"),
        ({"LaunchTemplateData": {"UserData": "no base64!"}}, "InvalidUserData.Malformed"),
        ({"LaunchTemplateData": {"UserData": base64.b64encode(b"x" * 16385).decode()}}, "InvalidParameterValue"),
        ({"LaunchTemplateData": {"TagSpecifications": [{"ResourceType": "vpc", "Tags": []}]}}, "InvalidParameterValue"),
        ({"TagSpecifications": [{"ResourceType": "instance", "Tags": []}]}, "InvalidParameterValue"),
        ({"DryRun": True}, "DryRunOperation"),
    ],
)
def test_what_is_refused(ec2: Any, create: Create, refused: Any, changes: dict[str, Any], code: str) -> None:
    with refused(code):
        create(**changes)
    assert ec2.describe_launch_templates()["LaunchTemplates"] == []


def test_user_data_of_sixteen_kib_is_taken(ec2: Any, create: Create) -> None:
    user_data = base64.b64encode(b"x" * 16384).decode()
    create(LaunchTemplateData={"UserData": user_data})
    [version] = ec2.describe_launch_template_versions(LaunchTemplateName="mine")["LaunchTemplateVersions"]
    assert version["LaunchTemplateData"] == {"UserData": user_data}


def test_the_tags_of_a_template_are_not_in_its_data(ec2: Any, create: Create) -> None:
    own = {"ResourceType": "launch-template", "Tags": [{"Key": "own", "Value": "1"}]}
    theirs = {"ResourceType": "volume", "Tags": [{"Key": "theirs", "Value": "2"}]}
    template = create(TagSpecifications=[own], LaunchTemplateData={"TagSpecifications": [theirs]})
    [described] = ec2.describe_launch_templates()["LaunchTemplates"]
    assert described["Tags"] == own["Tags"]
    [version] = ec2.describe_launch_template_versions(LaunchTemplateId=template)["LaunchTemplateVersions"]
    assert version["LaunchTemplateData"] == {"TagSpecifications": [theirs]}
    ec2.create_tags(Resources=[template], Tags=[{"Key": "later", "Value": "3"}])
    [described] = ec2.describe_launch_templates()["LaunchTemplates"]
    assert {"Key": "later", "Value": "3"} in described["Tags"]


def test_a_version_inherits_from_its_source_alone(ec2: Any, create: Create, refused: Any) -> None:
    create(LaunchTemplateData={"InstanceType": "m6i.large", "KeyName": "a", "Monitoring": {"Enabled": True}})
    assert add(ec2, {"KeyName": "b"})["LaunchTemplateData"] == {"KeyName": "b"}
    merged = add(ec2, {"KeyName": "c"}, SourceVersion="1")["LaunchTemplateData"]
    assert merged == {"InstanceType": "m6i.large", "KeyName": "c", "Monitoring": {"Enabled": True}}
    with refused("InvalidLaunchTemplateId.VersionNotFound"):
        add(ec2, {"KeyName": "d"}, SourceVersion="9")
    assert numbers(ec2) == [3, 2, 1]


def test_the_default_version_is_not_deleted(ec2: Any, create: Create) -> None:
    create()
    add(ec2, {"KeyName": "b"})
    answer = ec2.delete_launch_template_versions(LaunchTemplateName="mine", Versions=["1", "2", "7"])
    assert [each["VersionNumber"] for each in answer["SuccessfullyDeletedLaunchTemplateVersions"]] == [2]
    failed = {
        each["VersionNumber"]: each["ResponseError"]["Code"]
        for each in answer["UnsuccessfullyDeletedLaunchTemplateVersions"]
    }
    assert failed == {1: "unexpectedError", 7: "launchTemplateVersionDoesNotExist"}
    assert numbers(ec2) == [1]


def test_a_number_is_given_once(ec2: Any, create: Create, refused: Any) -> None:
    template = create()
    add(ec2, {"KeyName": "b"})
    ec2.modify_launch_template(LaunchTemplateId=template, DefaultVersion="2")
    ec2.delete_launch_template_versions(LaunchTemplateId=template, Versions=["1"])
    assert add(ec2, {"KeyName": "c"})["VersionNumber"] == 3
    ec2.delete_launch_template_versions(LaunchTemplateId=template, Versions=["3"])
    assert add(ec2, {"KeyName": "d"})["VersionNumber"] == 4
    [default] = ec2.describe_launch_template_versions(LaunchTemplateId=template, Versions=["$Default"])[
        "LaunchTemplateVersions"
    ]
    assert (default["VersionNumber"], default["DefaultVersion"]) == (2, True)
    for gone in ("1", "3", "0", "-1", "newest"):
        with refused("InvalidLaunchTemplateId.VersionNotFound"):
            numbers(ec2, Versions=[gone])
        with refused("InvalidLaunchTemplateId.VersionNotFound"):
            ec2.modify_launch_template(LaunchTemplateId=template, DefaultVersion=gone)


def test_more_than_two_hundred_are_not_deleted_at_once(ec2: Any, create: Create, refused: Any) -> None:
    create()
    with refused("InvalidParameterValue"):
        ec2.delete_launch_template_versions(LaunchTemplateName="mine", Versions=[str(n) for n in range(201)])


def test_unknown_templates(ec2: Any, launch: Callable[..., str], refused: Any) -> None:
    unknown = "lt-0123456789abcdef0"
    with refused("InvalidLaunchTemplateId.NotFound"):
        ec2.describe_launch_templates(LaunchTemplateIds=[unknown])
    with refused("InvalidLaunchTemplateId.Malformed"):
        ec2.describe_launch_template_versions(LaunchTemplateId="mine")
    with refused("InvalidLaunchTemplateId.NotFound"):
        launch(LaunchTemplate={"LaunchTemplateId": unknown})
    named = {"LaunchTemplateName": "nobodys"}
    with refused("InvalidLaunchTemplateName.NotFoundException"):
        ec2.describe_launch_templates(LaunchTemplateNames=["nobodys"])
    with refused("InvalidLaunchTemplateName.NotFoundException"):
        ec2.create_launch_template_version(**named, LaunchTemplateData={})
    with refused("InvalidLaunchTemplateName.NotFoundException"):
        ec2.modify_launch_template(**named, DefaultVersion="1")
    with refused("InvalidLaunchTemplateName.NotFoundException"):
        ec2.delete_launch_template(**named)
    with refused("InvalidLaunchTemplateName.NotFoundException"):
        launch(LaunchTemplate=named)


def test_a_template_is_named_one_way(ec2: Any, create: Create, refused: Any) -> None:
    template = create()
    with refused("InvalidParameterCombination"):
        ec2.modify_launch_template(LaunchTemplateId=template, LaunchTemplateName="mine", DefaultVersion="1")
    with refused("MissingParameter"):
        ec2.modify_launch_template(DefaultVersion="1")


def test_versions_come_in_pages(ec2: Any, create: Create) -> None:
    create()
    for n in range(16):
        add(ec2, {"KeyName": f"key-{n}"})
    assert numbers(ec2) == list(range(17, 0, -1))
    first = ec2.describe_launch_template_versions(LaunchTemplateName="mine", MaxResults=10)
    assert len(first["LaunchTemplateVersions"]) == 10
    assert numbers(ec2, MaxResults=10, NextToken=first["NextToken"]) == list(range(7, 0, -1))
    assert numbers(ec2, MinVersion="3", MaxVersion="4") == [4, 3]


def test_one_client_token_is_one_version(ec2: Any, create: Create, refused: Any) -> None:
    assert create(ClientToken="once") == create(ClientToken="once")
    assert [add(ec2, {"KeyName": "b"}, ClientToken="twice")["VersionNumber"] for _ in range(2)] == [2, 2]
    with refused("IdempotentParameterMismatch"):
        add(ec2, {"KeyName": "c"}, ClientToken="twice")
    assert numbers(ec2) == [2, 1]


def test_a_machine_is_launched_from_a_version(
    sandbox: Sandbox, ec2: Any, create: Create, al2023: str, describe: Any, refused: Any
) -> None:
    user_data = base64.b64encode(b"#!/bin/sh\n").decode()
    volume = {"DeviceName": "/dev/sdc", "Ebs": {"VolumeSize": 100, "VolumeType": "gp3", "Encrypted": True}}
    template = create(LaunchTemplateData={"ImageId": al2023, "InstanceType": "m6i.large"})
    data = {
        "ImageId": al2023,
        "UserData": user_data,
        "BlockDeviceMappings": [volume],
        "MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 2},
        "TagSpecifications": [{"ResourceType": "volume", "Tags": [{"Key": "from", "Value": "template"}]}],
    }
    add(ec2, data)

    def launched(version: str, **changes: Any) -> dict[str, Any]:
        named = {"LaunchTemplateId": template, "Version": version}
        answer = ec2.run_instances(LaunchTemplate=named, MinCount=1, MaxCount=1, **changes)
        sandbox.clock.advance(5)
        return dict(describe(answer["Instances"][0]["InstanceId"]))

    found = launched("$Latest", InstanceType="m5.large")
    assert (found["InstanceType"], found["MetadataOptions"]["HttpPutResponseHopLimit"]) == ("m5.large", 2)
    assert [each["DeviceName"] for each in found["BlockDeviceMappings"]] == ["/dev/xvda", "/dev/sdc"]
    kept = ec2.describe_instance_attribute(InstanceId=found["InstanceId"], Attribute="userData")["UserData"]["Value"]
    assert kept == user_data
    tags = {tag["Key"]: tag["Value"] for tag in found["Tags"]}
    assert tags == {"aws:ec2launchtemplate:id": template, "aws:ec2launchtemplate:version": "2"}
    ids = [each["Ebs"]["VolumeId"] for each in found["BlockDeviceMappings"]]
    for each in ec2.describe_volumes(VolumeIds=ids)["Volumes"]:
        assert each["Tags"] == [{"Key": "from", "Value": "template"}]
    assert len(launched("1")["BlockDeviceMappings"]) == 1
    with refused("InvalidLaunchTemplateId.VersionNotFound"):
        launched("3")
