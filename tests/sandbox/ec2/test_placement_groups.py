"""Placement groups: made, listed, used by machines, deleted when none is in them."""

from collections.abc import Callable
from typing import Any

import pytest

Launch = Callable[..., str]


def names(ec2: Any, **query: Any) -> list[str]:
    return [group["GroupName"] for group in ec2.describe_placement_groups(**query)["PlacementGroups"]]


def test_a_group_is_made_once_and_listed(ec2: Any, refused: Any) -> None:
    tags = [{"ResourceType": "placement-group", "Tags": [{"Key": "a", "Value": "b"}]}]
    made = ec2.create_placement_group(GroupName="near", Strategy="cluster", TagSpecifications=tags)["PlacementGroup"]
    assert (made["State"], made["Strategy"], made["Tags"]) == ("available", "cluster", [{"Key": "a", "Value": "b"}])
    assert made["GroupArn"].endswith(":placement-group/near")
    ec2.create_placement_group(GroupName="apart", Strategy="partition")
    with refused("InvalidPlacementGroup.Duplicate"):
        ec2.create_placement_group(GroupName="near", Strategy="spread")
    assert names(ec2) == ["near", "apart"]
    assert names(ec2, GroupNames=["apart"]) == names(ec2, Filters=[{"Name": "strategy", "Values": ["partition"]}])
    assert (
        names(ec2, GroupIds=[made["GroupId"]]) == names(ec2, Filters=[{"Name": "tag:a", "Values": ["b"]}]) == ["near"]
    )
    assert ec2.describe_placement_groups(GroupNames=["apart"])["PlacementGroups"][0]["PartitionCount"] == 2


@pytest.mark.parametrize(
    ("operation", "request_", "code"),
    [
        ("describe_placement_groups", {"GroupNames": ["nobodys"]}, "InvalidPlacementGroup.Unknown"),
        ("delete_placement_group", {"GroupName": "nobodys"}, "InvalidPlacementGroup.Unknown"),
        ("create_placement_group", {"GroupName": "x", "Strategy": "random"}, "InvalidParameterValue"),
        ("create_placement_group", {"Strategy": "spread"}, "MissingParameter"),
    ],
)
def test_what_is_refused(ec2: Any, refused: Any, operation: str, request_: dict[str, Any], code: str) -> None:
    with refused(code):
        getattr(ec2, operation)(**request_)


def test_a_group_with_machines_stays(ec2: Any, sandbox: Any, running: Launch, refused: Any) -> None:
    ec2.create_placement_group(GroupName="near", Strategy="cluster")
    instance = running(Placement={"GroupName": "near"})
    with refused("InvalidPlacementGroup.InUse"):
        ec2.delete_placement_group(GroupName="near")
    ec2.terminate_instances(InstanceIds=[instance])
    sandbox.clock.advance(120)
    ec2.delete_placement_group(GroupName="near")
    assert names(ec2) == []
