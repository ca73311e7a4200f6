"""Codes and texts that EC2 has been seen to answer with."""

from typing import Any

import pytest
from botocore.exceptions import ClientError


def error_of(call: Any, **request: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**request)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


@pytest.mark.parametrize(
    ("ids", "expected"),
    [(["ami-abcd1234"], ("InvalidAMIID.NotFound", "The image id '[ami-abcd1234]' does not exist")),
     (["ami-abcd1234", "ami-1234abcd"],
      ("InvalidAMIID.NotFound", "The image ids '[ami-abcd1234, ami-1234abcd]' do not exist")),
     (["ami-abcd1234", "none"], ("InvalidAMIID.Malformed", 'Invalid id: "none" (expecting "ami-...")'))],
)  # fmt: skip
def test_images_of_unknown_ids(ec2: Any, ids: list[str], expected: tuple[str, str]) -> None:
    assert error_of(ec2.describe_images, ImageIds=ids) == expected


def test_instances_of_unknown_ids(ec2: Any) -> None:
    two = ["i-abcd1234", "i-1234abcd"]
    text = "The instance IDs 'i-abcd1234, i-1234abcd' do not exist"
    assert error_of(ec2.describe_instances, InstanceIds=two) == ("InvalidInstanceID.NotFound", text)
    assert error_of(ec2.terminate_instances, InstanceIds=two) == ("InvalidInstanceID.NotFound", text)


@pytest.fixture
def template(ec2: Any) -> str:
    data = {"InstanceType": "m6i.large"}
    answer = ec2.create_launch_template(LaunchTemplateName="mine", LaunchTemplateData=data)
    return str(answer["LaunchTemplate"]["LaunchTemplateId"])


def test_a_list_of_templates_with_an_unknown_name(ec2: Any, template: str) -> None:
    text = "At least one of the launch templates specified in the request does not exist."
    for names in (["theirs"], ["mine", "theirs"]):
        code = "InvalidLaunchTemplateName.NotFoundException"
        assert error_of(ec2.describe_launch_templates, LaunchTemplateNames=names) == (code, text)
    versions = error_of(ec2.describe_launch_template_versions, LaunchTemplateName="theirs")
    assert versions[1] == "The specified launch template, with template name theirs, does not exist."


def test_a_default_version_that_there_is_not(ec2: Any, template: str) -> None:
    for named in ({"LaunchTemplateName": "mine"}, {"LaunchTemplateId": template}):
        code, text = error_of(ec2.modify_launch_template, **named, DefaultVersion="2")
        assert code == "InvalidLaunchTemplateId.VersionNotFound"
        assert text == "The launch template version 2 is not found for the specified launch template."
    described = error_of(ec2.describe_launch_template_versions, LaunchTemplateName="mine", Versions=["3"])
    assert described[1] == f"Could not find the specified version 3 for the launch template with ID {template}."


@pytest.mark.parametrize("named", ["template_n", "lt-0123456789abcdef0"])
def test_a_template_named_twice_is_refused_before_it_is_looked_for(ec2: Any, named: str) -> None:
    code, text = error_of(
        ec2.modify_launch_template, LaunchTemplateId=named, LaunchTemplateName="mine", DefaultVersion="2"
    )
    assert code == "InvalidParameterCombination"
    assert text == "Either provide launch template ID or launch template name to modify the template."


def test_versions_by_filter(ec2: Any, template: str) -> None:
    data = {"InstanceType": "c5.large"}
    ec2.create_launch_template_version(LaunchTemplateName="mine", LaunchTemplateData=data)

    def numbers(name: str, value: str) -> list[int]:
        filters = [{"Name": name, "Values": [value]}]
        found = ec2.describe_launch_template_versions(LaunchTemplateName="mine", Filters=filters)
        return [version["VersionNumber"] for version in found["LaunchTemplateVersions"]]

    assert (numbers("instance-type", "c5.*"), numbers("is-default-version", "true")) == ([2], [1])
