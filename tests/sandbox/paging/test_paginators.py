"""Every paginator of botocore for the services that are imitated is asked for pages of five."""

from typing import Any

import boto3
import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

from sandbox.inprocess import Sandbox
from sandbox.paging.model import find_paging
from sandbox.world.request import Request

SERVICES = ("ec2", "iam", "batch", "ssm", "kms", "logs", "s3", "sts", "ecs", "pricing", "service-quotas")
SIZE, NOT_IMITATED = 5, 501


def list_paginators() -> list[Any]:
    models = {service: boto3.session.Session()._session.get_paginator_model(service) for service in SERVICES}
    return [
        pytest.param(service, name, config, id=f"{service}-{name}")
        for service, model in models.items()
        for name, config in sorted(model._paginator_config.items())
    ]


def make_up(shape: Any) -> Any:
    """What the shape requires, made up."""
    if shape.type_name == "structure":
        return {name: make_up(shape.members[name]) for name in shape.required_members}
    if shape.type_name == "list":
        return [make_up(shape.member)]
    if shape.type_name == "string":
        return shape.enum[0] if shape.enum else "x" * max(20, shape.metadata.get("min", 1))
    if shape.type_name == "timestamp":
        return "2026-01-01T00:00:00Z"
    return {"boolean": True, "map": {}}.get(shape.type_name, max(1, shape.metadata.get("min", 1)))


@pytest.fixture(scope="module")
def account() -> Any:
    """An account with a dozen of what is listed without a name."""
    with Sandbox() as sandbox:
        ec2, iam, logs = (sandbox.client(name) for name in ("ec2", "iam", "logs"))
        trust = '{"Statement": {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "*"}}'
        for number in range(12):
            name = f"thing-{number}"
            group = ec2.create_security_group(GroupName=name, Description=name)["GroupId"]
            ec2.create_tags(Resources=[group], Tags=[{"Key": "number", "Value": str(number)}])
            ec2.create_launch_template(LaunchTemplateName=name, LaunchTemplateData={"InstanceType": "m6i.large"})
            ec2.create_volume(AvailabilityZone="us-east-1a", Size=1, VolumeType="gp3")
            iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
            iam.create_instance_profile(InstanceProfileName=name)
            iam.create_user(UserName=name)
            logs.create_log_group(logGroupName=name)
            sandbox.client("ssm").put_parameter(Name=name, Value="x", Type="String")
            sandbox.client("kms").create_key()
            sandbox.client("s3").create_bucket(Bucket=f"bucket-{name}")
            sandbox.client("ecs").create_cluster(clusterName=name)
            sandbox.client("batch").register_job_definition(
                jobDefinitionName=name, type="container",
                containerProperties={"image": "busybox", "vcpus": 1, "memory": 16},
            )  # fmt: skip
        yield sandbox


FULL = {
    "DescribeSecurityGroups": 13, "DescribeTags": 12, "DescribeLaunchTemplates": 12, "DescribeVolumes": 12,
    "DescribeSecurityGroupRules": 13, "DescribeSubnets": 6, "DescribeImages": 6, "ListRoles": 12, "ListUsers": 12,
    "ListInstanceProfiles": 12, "DescribeLogGroups": 12, "DescribeParameters": 12, "ListKeys": 12, "ListBuckets": 12,
    "ListClusters": 12, "DescribeJobDefinitions": 12, "GetProducts": 50, "DescribeInstanceTypes": 700,
}  # fmt: skip


@pytest.mark.parametrize(("service", "operation", "config"), list_paginators())
def test_pages_of_five(account: Sandbox, service: str, operation: str, config: dict[str, Any]) -> None:
    client = account.client(service)
    shape = client.meta.service_model.operation_model(operation).input_shape
    limit = config.get("limit_key")
    size = max(SIZE, shape.members[limit].metadata.get("min", 0)) if limit else SIZE
    pages = client.get_paginator(xform_name(operation)).paginate(
        **make_up(shape), PaginationConfig={"PageSize": size} if limit else {}
    )
    try:
        answers = list(pages)
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        assert operation not in FULL
        assert status == NOT_IMITATED or 400 <= status < 500, error
        return
    lists = config["result_key"] if isinstance(config["result_key"], list) else [config["result_key"]]
    counts = [[len(answer.get(name, [])) for name in lists] for answer in answers]
    assert all(max(page) <= size for page in counts)
    assert all(any(page) for page in counts[1:])
    assert sum(map(sum, counts)) >= FULL.get(operation, 0)
    if operation in FULL and size < FULL[operation]:
        assert len(answers) > 1


@pytest.mark.parametrize(
    ("service", "operation", "low"),
    [("ec2", "describe_images", 5), ("ec2", "describe_snapshots", 5), ("ec2", "describe_volumes", 5),
     ("ec2", "describe_tags", 5), ("ec2", "describe_instances", 5), ("batch", "describe_job_queues", 1)],
)  # fmt: skip
def test_a_page_below_the_smallest_is_refused(account: Sandbox, service: str, operation: str, low: int) -> None:
    name = "MaxResults" if service == "ec2" else "maxResults"
    with pytest.raises(ClientError) as caught:
        getattr(account.client(service), operation)(**{name: low - 1})
    if service == "ec2":
        assert caught.value.response["Error"] == {
            "Code": "InvalidParameterValue",
            "Message": f"Value ( {low - 1} ) for parameter maxResults is invalid. Expecting a value greater than 5.",
        }
    getattr(account.client(service), operation)(**{name: low})


def test_sizes_are_those_of_the_service_models() -> None:
    sizes = {
        name: (paging.at_least, paging.at_most)
        for service, name in [
            ("ec2", "DescribeSubnets"), ("ec2", "DescribeSecurityGroups"), ("ec2", "DescribeInstanceTypes"),
            ("ec2", "DescribeLaunchTemplateVersions"), ("iam", "ListInstanceProfiles"), ("iam", "ListRolePolicies"),
            ("ssm", "GetParametersByPath"), ("logs", "DescribeLogGroups"),
        ]
        if (paging := find_paging(Request(service, "us-east-1", name, "query")))
    }  # fmt: skip
    assert sizes == {
        "DescribeSubnets": (5, 1000), "DescribeSecurityGroups": (5, 1000), "DescribeInstanceTypes": (5, 100),
        "DescribeLaunchTemplateVersions": (1, 200), "ListInstanceProfiles": (1, 1000), "ListRolePolicies": (1, 1000),
        "GetParametersByPath": (1, 10), "DescribeLogGroups": (1, 50),
    }  # fmt: skip


def code(call: Any, **request: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**request)
    return str(caught.value.response["Error"]["Code"])


@pytest.mark.parametrize(
    ("service", "operation", "size", "token", "expected"),
    [("ec2", "describe_volumes", "MaxResults", "NextToken", "InvalidParameterValue"),
     ("iam", "list_roles", "MaxItems", "Marker", "ValidationError"),
     ("ssm", "describe_parameters", "MaxResults", "NextToken", "InvalidNextToken"),
     ("kms", "list_keys", "Limit", "Marker", "InvalidMarkerException"),
     ("logs", "describe_log_groups", "limit", "nextToken", "InvalidParameterException"),
     ("ecs", "list_clusters", "maxResults", "nextToken", "InvalidParameterException"),
     ("batch", "describe_job_definitions", "maxResults", "nextToken", "ClientException")],
)  # fmt: skip
def test_a_foreign_or_expired_token_is_refused(
    account: Sandbox, service: str, operation: str, size: str, token: str, expected: str
) -> None:
    call = getattr(account.client(service), operation)
    first = call(**{size: 5})
    given = first.get(token) or first["NextMarker"]
    assert call(**{size: 5, token: given})
    assert code(call, **{token: "made-up"}) == expected
    elsewhere = account.client("iam" if service != "iam" else "ec2")
    if service == "iam":
        assert code(elsewhere.describe_volumes, NextToken=given) == "InvalidParameterValue"
    else:
        assert code(elsewhere.list_users, Marker=given) == "ValidationError"
    account.clock.advance(25 * 3600)
    assert code(call, **{size: 5, token: given}) == expected


def test_ids_and_pages_exclude_each_other(account: Sandbox) -> None:
    ec2 = account.client("ec2")
    volume = ec2.describe_volumes()["Volumes"][0]["VolumeId"]
    assert code(ec2.describe_volumes, VolumeIds=[volume], MaxResults=5) == "InvalidParameterCombination"


def test_what_is_deleted_between_two_pages_leaves_nothing_out(account: Sandbox) -> None:
    iam = account.client("iam")
    for number in range(12):
        iam.create_group(GroupName=f"group-{number}")
    seen = []
    for page in iam.get_paginator("list_groups").paginate(PaginationConfig={"PageSize": 5}):
        for group in page["Groups"]:
            seen.append(group["GroupName"])
            iam.delete_group(GroupName=group["GroupName"])
    assert len(seen) == 12


def test_a_client_that_forgets_the_token_gets_a_part(account: Sandbox) -> None:
    iam = account.client("iam")
    first = iam.list_policies()
    assert (len(first["Policies"]), first["IsTruncated"], "Marker" in first) == (100, True, True)
