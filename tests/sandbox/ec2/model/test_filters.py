"""Filters that a call does not have are refused; those that it has are heeded, or said not to be imitated."""

from typing import Any

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError
from moto.core.utils import get_service_model

from sandbox.ec2.model.filters import list_known
from sandbox.ec2.model.matching import select
from sandbox.inprocess import Sandbox

NOT_THIS_KIND = ("InvalidGroupId.Malformed",)  # of DescribeSecurityGroupRules: its value is looked at


def list_operations() -> list[str]:
    model = get_service_model("ec2")
    shapes = {name: model.operation_model(name).input_shape for name in model.operation_names}
    return [
        name
        for name, shape in shapes.items()
        if name.startswith("Describe") and "Filters" in shape.members and not shape.required_members
    ]


@pytest.fixture(scope="module")
def account() -> Any:
    """An account with one of everything that most builds have."""
    with Sandbox() as sandbox:
        ec2 = sandbox.client("ec2")
        image = ec2.describe_images(Filters=[{"Name": "name", "Values": ["al2023-ami-ecs-hvm-*-x86_64"]}])["Images"][0]
        machine = {"ImageId": image["ImageId"], "InstanceType": "m6i.large", "MinCount": 1, "MaxCount": 1}
        ec2.run_instances(**machine)
        ec2.run_instances(**machine, InstanceMarketOptions={"MarketType": "spot"})
        sandbox.clock.advance(60)
        ec2.create_launch_template(LaunchTemplateName="template", LaunchTemplateData={"InstanceType": "m6i.large"})
        ec2.create_key_pair(KeyName="key")
        ec2.allocate_address(Domain="vpc")
        vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
        ec2.create_vpc_endpoint(VpcId=vpc, ServiceName="com.amazonaws.us-east-1.s3")
        ec2.create_tags(Resources=[vpc], Tags=[{"Key": "a", "Value": "b"}])
        yield sandbox


@pytest.mark.parametrize("operation", list_operations())
def test_a_filter_has_its_effect_or_is_refused(account: Sandbox, operation: str) -> None:
    ec2 = account.client("ec2")

    def count(*names: str) -> int | str:
        filters = [{"Name": name, "Values": ["nobody-has-this"]} for name in names]
        try:
            answer = getattr(ec2, xform_name(operation))(Filters=filters)
        except ClientError as error:
            assert error.response["ResponseMetadata"]["HTTPStatusCode"] in (400, 501)
            return str(error.response["Error"]["Code"])
        return sum(len(part) for part in answer.values() if isinstance(part, list))

    if isinstance(count(), str) or not list_known(operation):
        return
    assert count("no-such-filter") == "InvalidParameterValue"
    for name in sorted(list_known(operation)):
        assert count(f"{name}:key" if name == "tag" else name) in (0, "NotImplemented", *NOT_THIS_KIND), name


@pytest.mark.parametrize("operation", ["describe_instances", "describe_images", "describe_instance_status"])
def test_the_text_is_ec2s(ec2: Any, operation: str) -> None:
    with pytest.raises(ClientError) as caught:
        getattr(ec2, operation)(Filters=[{"Name": "public-ip", "Values": ["1.2.3.4"]}])
    error = caught.value.response["Error"]
    assert (error["Code"], error["Message"]) == ("InvalidParameterValue", "The filter 'public-ip' is invalid")


def test_tags_and_names_without_hyphens_are_known(ec2: Any) -> None:
    assert ec2.describe_vpcs(Filters=[{"Name": "isDefault", "Values": ["true"]}])["Vpcs"]
    assert ec2.describe_vpcs(Filters=[{"Name": "tag:a", "Values": ["b"]}])["Vpcs"] == []
    assert ec2.describe_volumes(Filters=[{"Name": "tag-key", "Values": ["a"]}])["Volumes"] == []


def test_values_match_whole_by_wildcards_and_by_case() -> None:
    read = {"name": lambda item: item, "short": lambda item: len(item) < 4}
    words = ["kiln", "Kiln", "kilns", "k.ln", "sea"]

    def names(name: str, *values: str) -> list[str]:
        return select(words, [{"Name": name, "Values": list(values)}], read)

    assert names("name", "kiln") == ["kiln"]
    assert names("name", "k?ln", "sea") == ["kiln", "k.ln", "sea"]
    assert names("name", "k*") == ["kiln", "kilns", "k.ln"]
    assert names("short", "true") == ["sea"]
    assert select(words, None, read) == words
