"""What whoever registers environments must be allowed in IAM: exactly the roles, profiles and policies they name."""

from typing import Any

import pytest

from cloud.policy import Permission, Scope
from environments.permissions import needs_iam
from environments.spec.environment import EnvironmentSpec

SCOPE = Scope("eu-west-1", "123456789012")
IAM = "arn:aws:iam::123456789012:"
BOUNDARY = f"{IAM}policy/bound"
SPOT_BEST_FIT = {"one": {"market": "spot", "allocation_strategy": "BEST_FIT"}}
JOBS = {"hello": {"image": "busybox", "memory": "512 MiB"}}


def spec(**changes: Any) -> EnvironmentSpec:
    least: dict[str, Any] = {
        "name": "small", "image": "x", "launch_template": "y", "compute_environments": {"one": {}},
        "queues": {"one": {"compute_environments": ["one"]}}, "roles": {"storage_policy": None},
    }  # fmt: skip
    return EnvironmentSpec.model_validate(least | changes)


def needs(*specs: EnvironmentSpec, boundary: str = "") -> dict[str, Permission]:
    return {permission.sid: permission for permission in needs_iam.iam(specs, SCOPE, boundary)}


def test_where_iam_exists_already_nothing_is_made() -> None:
    found = needs(spec(iam="existing", buckets={"work": {}}))
    assert set(found) == {"Roles", "Profiles", "PassToMachines"}
    assert found["Roles"].actions == ("iam:GetRole", "iam:ListAttachedRolePolicies", "iam:SimulatePrincipalPolicy")
    assert found["Profiles"].actions == ("iam:GetInstanceProfile",)
    assert found["Roles"].resources == (f"{IAM}role/ecsInstanceRole", f"{IAM}role/small-job-role")
    assert found["Profiles"].resources == (f"{IAM}instance-profile/ecsInstanceRole",)


def test_where_iam_is_made_it_may_be_made_and_undone() -> None:
    found = needs(spec())
    assert set(found) == {"Roles", "RolesMake", "Profiles", "ServiceLinked", "PassToMachines"}
    assert {"iam:DeleteRole", "iam:TagRole"} <= set(found["Roles"].actions)
    assert "iam:CreateRole" in found["RolesMake"].actions
    assert found["RolesMake"].resources == found["Roles"].resources
    assert {"iam:CreateInstanceProfile", "iam:DeleteInstanceProfile"} <= set(found["Profiles"].actions)


def test_of_several_definitions_those_that_make_roles_may_make_theirs_alone() -> None:
    found = needs(spec(iam="existing", name="other"), spec())
    assert f"{IAM}role/other-job-role" in found["Roles"].resources
    assert f"{IAM}role/other-job-role" not in found["RolesMake"].resources


@pytest.mark.parametrize(
    ("roles", "boundary", "condition"),
    [
        ({}, "", {}),
        ({"permissions_boundary": BOUNDARY}, "", {"StringEquals": {"iam:PermissionsBoundary": [BOUNDARY]}}),
        ({"permissions_boundary": BOUNDARY}, "b", {"StringEquals": {"iam:PermissionsBoundary": ["b"]}}),
        ({}, "b", {"StringEquals": {"iam:PermissionsBoundary": ["b"]}}),
    ],
)
def test_roles_are_made_under_the_boundary(roles: dict[str, str], boundary: str, condition: dict[str, Any]) -> None:
    assert needs(spec(roles=roles), boundary=boundary)["RolesMake"].condition == condition


def test_a_plan_looks_whether_the_boundary_is_there() -> None:
    assert needs(spec(roles={"permissions_boundary": BOUNDARY}))["Boundaries"].resources == (BOUNDARY,)
    assert "Boundaries" not in needs(spec())


@pytest.mark.parametrize(
    ("changes", "policies"),
    [
        ({}, None),
        ({"buckets": {"work": {}}}, ["bucket-access-policy"]),
        ({"roles": {"storage_policy": "grow"}}, ["grow"]),
        ({"roles": {"storage_policy": None, "s3_read": ["giab"]}}, ["public-buckets-policy"]),
        ({"roles": {"storage_policy": None, "s3_read": "all"}}, None),
        ({"buckets": {"work": {}}, "roles": {"s3_read": ["giab"]}},
         ["bucket-access-policy", "ebs-autoscale-policy", "public-buckets-policy"]),
    ],
)  # fmt: skip
def test_only_policies_that_are_needed_may_be_made(changes: dict[str, Any], policies: list[str] | None) -> None:
    found = needs(spec(**changes)).get("Policies")
    assert (found and list(found.resources)) == (policies and [f"{IAM}policy/{name}" for name in policies])


@pytest.mark.parametrize(
    ("changes", "sid", "service", "role"),
    [
        ({}, "PassToMachines", "ec2.amazonaws.com", "ecsInstanceRole"),
        ({"roles": {"service": "b"}}, "PassToBatch", "batch.amazonaws.com", "b"),
        ({"compute_environments": SPOT_BEST_FIT}, "PassToSpotFleet", "spotfleet.amazonaws.com",
         "AWSSpotFleetTaggingRole"),
        ({"job_definitions": JOBS}, "PassToTasks", "ecs-tasks.amazonaws.com", "small-job-role"),
    ],
)  # fmt: skip
def test_a_role_may_be_passed_to_its_own_service(changes: dict[str, Any], sid: str, service: str, role: str) -> None:
    found = needs(spec(**changes))[sid]
    assert found.actions == ("iam:PassRole",)
    assert found.resources == (f"{IAM}role/{role}",)
    assert found.condition == {"StringEquals": {"iam:PassedToService": service}}


@pytest.mark.parametrize("sid", ["PassToBatch", "PassToSpotFleet", "PassToTasks"])
def test_what_no_definition_needs_may_not_be_passed(sid: str) -> None:
    assert sid not in needs(spec(job_definitions=JOBS, task_credentials="instance-role"))


@pytest.mark.parametrize(
    ("changes", "services"),
    [
        ({}, ["batch.amazonaws.com"]),
        ({"roles": {"service": "b"}}, []),
        ({"roles": {"service": "b"}, "compute_environments": {"one": {"market": "spot"}}},
         ["spot.amazonaws.com", "spotfleet.amazonaws.com"]),
        ({"compute_environments": {"one": {"market": "spot"}}},
         ["batch.amazonaws.com", "spot.amazonaws.com", "spotfleet.amazonaws.com"]),
    ],
)  # fmt: skip
def test_service_linked_roles(changes: dict[str, Any], services: list[str]) -> None:
    found = needs(spec(**changes)).get("ServiceLinked")
    assert (found.condition["StringEquals"]["iam:AWSServiceName"] if found else []) == services
    arns = found.resources if found else ()
    assert [arn.split("/")[2] for arn in arns] == services


def test_the_fleet_role_is_named_where_it_is_needed_alone() -> None:
    fleet = f"{IAM}role/AWSSpotFleetTaggingRole"
    assert fleet in needs(spec(compute_environments=SPOT_BEST_FIT))["Roles"].resources
    assert fleet not in needs(spec(compute_environments={"one": {"market": "spot"}}))["Roles"].resources
    assert f"{IAM}role/b" in needs(spec(roles={"service": "b"}))["Roles"].resources
    assert not [arn for arn in needs(spec())["Roles"].resources if "service-linked" in arn]
