"""Row 1: instance profiles that are not Kiln's, and what the machines have by them."""

import json

import pytest

from kiln.errors import UserError
from sandbox.inprocess import Sandbox
from tests.support.environments import STOCK, Define, Register, Registered
from tests.support.foreign_roles import ECS, make_role, paste

NAME = "ecsInstanceRole"


def make_profile(sandbox: Sandbox, role: str = "") -> None:
    iam = sandbox.client("iam")
    iam.create_instance_profile(InstanceProfileName=NAME)
    if role:
        iam.add_role_to_instance_profile(InstanceProfileName=NAME, RoleName=role)


def test_row_1_a_profile_without_a_role_is_refused(sandbox: Sandbox, register: Register, define: Define) -> None:
    make_role(sandbox, NAME, "ec2.amazonaws.com", policies=(ECS,))
    make_profile(sandbox)
    with pytest.raises(UserError, match=f"the instance profile {NAME} holds no role") as refused:
        register(define(), STOCK)
    assert not sandbox.client("batch").describe_compute_environments()["computeEnvironments"]
    paste(sandbox, refused.value.hint[refused.value.hint.index("aws iam ") :])
    assert register(define(), STOCK) == 0


@pytest.mark.parametrize("policies", [(ECS,), ()])
def test_row_1_a_profile_with_another_role_is_warned_of_and_that_role_is_asked_about(
    sandbox: Sandbox, registered: Registered, define: Define, policies: tuple[str, ...]
) -> None:
    make_role(sandbox, NAME, "ec2.amazonaws.com", policies=(ECS,))
    make_role(sandbox, "other", "ec2.amazonaws.com", policies=policies)
    make_profile(sandbox, "other")
    note, *lacks = registered(define(), STOCK, plan=True)["notes"]
    assert f"it holds the role other, and not {NAME}" in note
    assert [lack for lack in lacks if "the role other" in lack and "ecs:Poll" in lack] == (
        [] if policies else lacks[:1]
    )
    remove, add = note[note.index("aws iam ") :].split(" && ")
    paste(sandbox, remove)
    paste(sandbox, add)
    assert registered(define(), STOCK, plan=True)["notes"] == []


def test_row_2_a_profile_s_role_that_machines_cannot_assume_is_refused(
    sandbox: Sandbox, register: Register, define: Define
) -> None:
    make_role(sandbox, "other", "lambda.amazonaws.com", policies=(ECS,))
    make_profile(sandbox, "other")
    with pytest.raises(UserError, match=r"the role other .* does not trust ec2\.amazonaws\.com") as refused:
        register(define(), STOCK, plan=True)
    paste(sandbox, refused.value.hint[refused.value.hint.index("aws iam ") :])
    assert register(define(), STOCK, plan=True) == 2


def test_row_2_a_condition_that_cannot_be_looked_at_is_not_checked(
    sandbox: Sandbox, registered: Registered, define: Define
) -> None:
    make_role(sandbox, "theirs", "ecs-tasks.amazonaws.com")
    sandbox.client("iam").update_assume_role_policy(
        RoleName="theirs",
        PolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                        "Condition": {"StringEquals": {"aws:SourceOrgID": "o-1"}},
                    }
                ],
            }
        ),
    )  # fmt: skip
    told = registered(define("roles: {job: theirs}\n"), STOCK, plan=True)
    assert any(
        "whether ecs-tasks.amazonaws.com can assume the role theirs" in str(text) for text in told["not_checked"]
    )


def test_row_1_a_boundary_that_forbids_what_its_roles_need_is_warned_of(
    sandbox: Sandbox, registered: Registered, define: Define
) -> None:
    bounded = "roles: {permissions_boundary: 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'}\n"
    notes = registered(define(bounded), STOCK, plan=True)["notes"]
    for role, right in ((NAME, "ecs:Poll"), (NAME, "logs:PutLogEvents"), ("small-job-role", "s3:PutObject")):
        [note] = [note for note in notes if f"the role {role} is kept from" in note and right in note]
        assert "by its permissions boundary AmazonS3ReadOnlyAccess" in note
        assert "Kiln's" not in note
    wide = bounded.replace("AmazonS3ReadOnlyAccess", "PowerUserAccess")
    assert registered(define(wide), STOCK, plan=True)["notes"] == []


def test_row_1_a_boundary_that_may_not_be_read_is_not_checked(
    sandbox: Sandbox, registered: Registered, define: Define
) -> None:
    sandbox.faults.add("GetPolicyVersion", "AccessDenied", status=403, times=None)
    told = registered(
        define("roles: {permissions_boundary: 'arn:aws:iam::aws:policy/PowerUserAccess'}\n"), STOCK, plan=True
    )
    assert told["notes"] == []
    assert any(f"the role {NAME}" in str(text) for text in told["not_checked"])
