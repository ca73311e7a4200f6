"""A compute environment's fields as requests to AWS Batch, and out of its answers."""

from typing import Any

import pytest

from environments.kinds.batch import compute_request
from environments.kinds.batch.compute_request import DesiredEnvironment

RESOURCES: dict[str, Any] = {
    "type": "SPOT", "allocationStrategy": "SPOT_CAPACITY_OPTIMIZED", "minvCpus": 2, "maxvCpus": 64, "desiredvCpus": 8,
    "bidPercentage": 80, "instanceRole": "arn:profile", "spotIamFleetRole": "arn:fleet", "ec2KeyPair": "k",
    "placementGroup": "p", "instanceTypes": ["m5", "c5"], "subnets": ["subnet-2", "subnet-1"],
    "securityGroupIds": ["sg-2", "sg-1"], "tags": {"Name": "worker"},
    "launchTemplate": {"launchTemplateName": "t", "version": "3"},
    "ec2Configuration": [{"imageType": "ECS_AL2023", "imageIdOverride": "ami-1"}],
}  # fmt: skip
ENVIRONMENT: dict[str, Any] = {"state": "ENABLED", "serviceRole": "arn:batch", "computeResources": RESOURCES}
FIELDS: dict[str, Any] = {
    "state": "ENABLED", "serviceRole": "arn:batch", "type": "SPOT", "allocationStrategy": "SPOT_CAPACITY_OPTIMIZED",
    "instanceTypes": ("c5", "m5"), "minvCpus": 2, "maxvCpus": 64, "bidPercentage": 80,
    "subnets": ("subnet-1", "subnet-2"), "securityGroupIds": ("sg-1", "sg-2"), "instanceRole": "arn:profile",
    "spotIamFleetRole": "arn:fleet", "ec2KeyPair": "k", "placementGroup": "p", "tags": {"Name": "worker"},
    "launchTemplate": "t", "launchTemplateVersion": "3", "imageType": "ECS_AL2023", "imageIdOverride": "ami-1",
}  # fmt: skip
LINKED = "arn:aws:iam::123456789012:role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch"


def test_what_aws_batch_describes() -> None:
    assert compute_request.fields(ENVIRONMENT) == FIELDS


def test_what_aws_batch_leaves_out() -> None:
    plain = compute_request.fields({"state": "ENABLED"})
    assert plain == dict.fromkeys(FIELDS) | {
        "state": "ENABLED", "serviceRole": "service-linked", "allocationStrategy": "BEST_FIT", "instanceTypes": (),
        "minvCpus": 0, "subnets": (), "securityGroupIds": (), "tags": {},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "bid", "percentage"), [("SPOT", None, 100), ("SPOT", 80, 80), ("EC2", None, None), ("EC2", 80, None)]
)
def test_a_bid_is_spots_alone_and_whole_where_none_is_named(kind: str, bid: int | None, percentage: int | None) -> None:
    resources = {"type": kind, "bidPercentage": bid}
    assert compute_request.fields({"computeResources": resources})["bidPercentage"] == percentage


def test_the_service_linked_role_is_told_by_its_path_and_a_template_by_its_id_too() -> None:
    template = {"launchTemplate": {"launchTemplateId": "lt-1", "version": "$Latest"}}
    fields = compute_request.fields({"serviceRole": LINKED, "computeResources": template})
    assert fields["serviceRole"] == "service-linked"
    assert (fields["launchTemplate"], fields["launchTemplateVersion"]) == ("lt-1", "$Latest")


def test_what_is_asked_for_is_what_is_described() -> None:
    """The minimum is AWS Batch's own beginning: desiredvCpus is never sent."""
    asked = compute_request.resources(FIELDS)
    assert asked == {key: value for key, value in RESOURCES.items() if key != "desiredvCpus"} | {
        "instanceTypes": ["c5", "m5"], "subnets": ["subnet-1", "subnet-2"], "securityGroupIds": ["sg-1", "sg-2"],
    }  # fmt: skip
    assert set(asked) - set(compute_request.resources({**FIELDS, "bidPercentage": None, "ec2KeyPair": None})) == {
        "bidPercentage", "ec2KeyPair",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("role", "sent"),
    [("service-linked", {}), ("a", {"serviceRole": "a"}), ("zz", {"serviceRole": "zz"})],
)
def test_a_new_compute_environment(role: str, sent: dict[str, str]) -> None:
    desired = DesiredEnvironment(
        "compute env", "one", FIELDS | {"serviceRole": role}, {"t": "v"}, environment="e", aws_name="one-2"
    )
    request = compute_request.create(desired)
    assert request == {
        "computeEnvironmentName": "one-2", "type": "MANAGED", "state": "ENABLED",
        "computeResources": compute_request.resources(FIELDS), "tags": {"t": "v"}, **sent,
    }  # fmt: skip
    assert compute_request.create(desired, "other")["computeEnvironmentName"] == "other"


def test_what_touches_no_machine() -> None:
    assert compute_request.scaling("one", {"minvCpus": 1, "state": "DISABLED"}) == {
        "computeEnvironment": "one", "computeResources": {"minvCpus": 1}, "state": "DISABLED",
    }  # fmt: skip
    assert compute_request.scaling("one", {"state": "ENABLED"}) == {"computeEnvironment": "one", "state": "ENABLED"}
    assert compute_request.scaling("one", {"maxvCpus": 9}) == {
        "computeEnvironment": "one", "computeResources": {"maxvCpus": 9},
    }  # fmt: skip


def test_what_touches_machines_goes_with_its_policy() -> None:
    policy = {"terminateJobsOnUpdate": False, "jobExecutionTimeoutMinutes": 7200}
    request = compute_request.infrastructure("one", FIELDS, {"imageIdOverride", "launchTemplateVersion"}, policy)
    assert request == {
        "computeEnvironment": "one", "updatePolicy": policy,
        "computeResources": {
            "ec2Configuration": RESOURCES["ec2Configuration"], "launchTemplate": RESOURCES["launchTemplate"],
        },
    }  # fmt: skip
    assert compute_request.infrastructure("one", FIELDS, {"state"}, policy)["state"] == "ENABLED"


def test_a_setting_is_taken_away_by_an_empty_text() -> None:
    after = FIELDS | {"ec2KeyPair": None, "placementGroup": None}
    request = compute_request.infrastructure("one", after, {"ec2KeyPair", "placementGroup"}, {})
    assert request["computeResources"] == {"ec2KeyPair": "", "placementGroup": ""}
