"""Section 3: `iam: existing` lists all that is missing, what each must hold, and prints it for the administrator."""

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from kiln.errors import UserError
from sandbox.inprocess import Sandbox
from tests.support.cli import Cli
from tests.support.container_images import TinyImage, put_tiny
from tests.support.environments import STOCK, Define, Register, Registered
from tests.support.foreign_roles import ECS, make_role

GROWS = {"launch_template": "genomics-workflow-template"}


def test_section_3_all_that_is_missing_is_listed_with_what_it_must_hold(
    sandbox: Sandbox, register: Register, define: Define
) -> None:
    with pytest.raises(UserError) as refused:
        register(define("iam: existing\n", **GROWS), STOCK, plan=True)
    for missing in (
        "no role ecsInstanceRole", "no role small-job-role", "no instance profile ecsInstanceRole",
        "no service-linked role AWSServiceRoleForBatch",
    ):  # fmt: skip
        assert missing in refused.value.what
    why = refused.value.why
    assert (
        "the role ecsInstanceRole trusts ec2.amazonaws.com, and holds AmazonEC2ContainerServiceforEC2Role, ec2:" in why
    )
    assert "the role small-job-role trusts ecs-tasks.amazonaws.com, and holds s3:ListBucket, s3:GetObject" in why
    assert "the instance profile ecsInstanceRole holds the role ecsInstanceRole" in why
    assert "--aws-service-name batch.amazonaws.com" in why


@pytest.mark.parametrize(
    ("there", "lacking"), [("ecsInstanceRole", "small-job-role"), ("small-job-role", "ecsInstance")]
)
def test_section_3_what_is_there_is_not_listed(
    sandbox: Sandbox, register: Register, define: Define, there: str, lacking: str
) -> None:
    make_role(sandbox, there, "ec2.amazonaws.com" if there == "ecsInstanceRole" else "ecs-tasks.amazonaws.com")
    with pytest.raises(UserError) as refused:
        register(define("iam: existing\n"), STOCK, plan=True)
    assert f"no role {there}" not in refused.value.what
    assert f"no role {lacking}" in refused.value.what


_SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:licence-a1B2c3"
_IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/team/tool:1"


@pytest.mark.parametrize(
    ("job", "roles"),
    [
        ("", ["ecsInstanceRole", "small-job-role"]),
        (f"secrets: {{A: '{_SECRET}'}}, log: {{options: {{awslogs-group: own}}}}",
         ["ecsInstanceRole", "small-job-role", "small-execution-role"]),
        ("vcpus: 2", ["ecsInstanceRole", "small-job-role"]),  # the machines pull its image
    ],
)  # fmt: skip
def test_section_3_the_document_for_the_administrator_is_enough(
    sandbox: Sandbox, register: Register, registered: Registered, define: Define, tmp_path: Path,
    job: str, roles: list[str],
) -> None:  # fmt: skip
    jobs = f"job_definitions: {{align: {{image: '{_IMAGE}', memory: 1 GiB, {job}}}}}\n" if job else ""
    env = define(f"iam: existing\n{jobs}", **GROWS)
    with pytest.raises(UserError) as refused:
        register(env, STOCK, plan=True)
    words = shlex.split(refused.value.hint[refused.value.hint.index("iam-policy") :])
    document = json.loads(Cli(tmp_path)(*words).stdout)
    iam, ecr = sandbox.client("iam"), sandbox.client("ecr")
    ecr.create_repository(repositoryName="team/tool")
    put_tiny(ecr, "team/tool", TinyImage(), "1")
    sandbox.client("logs").create_log_group(logGroupName="own")
    assert [role["name"] for role in document["roles"]] == roles
    assert document["roles"][0]["managed_policies"][:1] == [ECS]
    for role in document["roles"]:
        _make(iam, role)
    for profile in document["instance_profiles"]:
        iam.create_instance_profile(InstanceProfileName=profile["name"])
        iam.add_role_to_instance_profile(InstanceProfileName=profile["name"], RoleName=profile["role"])
    for service in document["service_linked_roles"]:
        iam.create_service_linked_role(AWSServiceName=service)
    planned = registered(env, STOCK, plan=True)
    assert (planned["notes"], planned["not_checked"]) == ([], [])


def _make(iam: Any, role: dict[str, Any]) -> None:
    iam.create_role(RoleName=role["name"], AssumeRolePolicyDocument=json.dumps(role["trust"]))
    for arn in role["managed_policies"]:
        iam.attach_role_policy(RoleName=role["name"], PolicyArn=arn)
    for name, policy in role["inline_policies"].items():
        iam.put_role_policy(RoleName=role["name"], PolicyName=name, PolicyDocument=json.dumps(policy))


@pytest.mark.parametrize(
    ("more", "missing", "hint"),
    [
        ("network: {security_groups: [sg-12345678]}\n", "security group sg-12345678", "Correct network.security"),
        ("network: {security_groups: [lab-machines]}\n", "security group lab-machines", "or leave it out"),
        ("", "bucket nothere", "write existing: false"),
    ],
)
def test_section_3_what_iam_create_does_not_make_is_told_where_it_is_named(
    sandbox: Sandbox, register: Register, define: Define, more: str, missing: str, hint: str
) -> None:
    buckets = {} if more else {"buckets": "{work: {}, in: {name: nothere, existing: true}}"}
    with pytest.raises(UserError) as refused:
        register(define(more, **buckets), STOCK, plan=True)
    assert refused.value.what == f"there is no {missing}"
    assert hint in refused.value.hint
    assert "iam" not in refused.value.hint


def test_section_3_of_both_kinds_both_ways_are_told(sandbox: Sandbox, register: Register, define: Define) -> None:
    with pytest.raises(UserError) as refused:
        register(define("iam: existing\nnetwork: {security_groups: [lab]}\n"), STOCK, plan=True)
    assert "Correct network.security_groups" in refused.value.hint
    assert "iam-policy --for administrator" in refused.value.hint
