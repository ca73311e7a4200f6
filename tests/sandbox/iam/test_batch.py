"""Batch under the evaluator: its resources, their tags, and the roles that are passed to it."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.inprocess import Sandbox
from tests.support import trust
from tests.support.policies import As, allow
from tests.support.refused import Refused

ENVIRONMENT = "arn:aws:batch:us-east-1:123456789012:compute-environment/"
DENIED = "AccessDeniedException"


@pytest.fixture
def profile(sandbox: Sandbox, iam: Any) -> str:
    iam.create_role(RoleName="worker", AssumeRolePolicyDocument=trust.EC2)
    arn = iam.create_instance_profile(InstanceProfileName="worker")["InstanceProfile"]["Arn"]
    iam.add_role_to_instance_profile(InstanceProfileName="worker", RoleName="worker")
    sandbox.clock.advance(10)
    return str(arn)


def _create(batch: Any, ec2: Any, profile: str, name: str = "spot", **more: Any) -> None:
    subnet = ec2.describe_subnets()["Subnets"][0]
    groups = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["default"]}])["SecurityGroups"]
    compute = {"type": "EC2", "minvCpus": 0, "maxvCpus": 4, "instanceTypes": ["m5.large"], "instanceRole": profile,
               "subnets": [subnet["SubnetId"]], "securityGroupIds": [groups[0]["GroupId"]]}  # fmt: skip
    batch.create_compute_environment(
        computeEnvironmentName=name, type="MANAGED", state="ENABLED", computeResources=compute, **more
    )


def test_the_roles_of_an_environment_must_be_passed_on(
    user: Callable[..., As], ec2: Any, profile: str, refused: Refused
) -> None:
    condition = {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
    create = allow("batch:CreateComputeEnvironment", ENVIRONMENT + "*")
    ada = user(create, allow("iam:PassRole", "arn:aws:iam::*:role/worker", Condition=condition))("batch")
    _create(ada, ec2, profile)
    bob = user(create, name="bob")("batch")
    with pytest.raises(ClientError, match="iam:PassRole on resource: arn:aws:iam::123456789012:role/worker"):
        _create(bob, ec2, profile, "other")
    with pytest.raises(ClientError, match="iam:PassRole on resource: arn:aws:iam::123456789012:role/AWSBatch"):
        _create(ada, ec2, profile, "third", serviceRole="AWSBatchServiceRole")


def test_tags_of_environments(
    sandbox: Sandbox, user: Callable[..., As], ec2: Any, profile: str, refused: Refused
) -> None:
    ours = {"Null": {"aws:ResourceTag/kiln:env:a": "false"}}
    new = {"Null": {"aws:RequestTag/kiln:env:a": "false"}}
    ada = user(
        allow(["batch:CreateComputeEnvironment", "batch:TagResource"], Condition=new),
        allow("batch:UpdateComputeEnvironment", ENVIRONMENT + "*", Condition=ours),
        allow("batch:Describe*"),
        allow("iam:PassRole"),
    )("batch")
    with refused(DENIED):
        _create(ada, ec2, profile)
    _create(ada, ec2, profile, tags={"kiln:env:a": "1"})
    sandbox.clock.advance(10)
    assert ada.describe_compute_environments()["computeEnvironments"]
    ada.update_compute_environment(computeEnvironment="spot", state="DISABLED")
    bob = user(allow("batch:UpdateComputeEnvironment", ENVIRONMENT + "other"), name="bob")("batch")
    with refused(DENIED):
        bob.update_compute_environment(computeEnvironment=ENVIRONMENT + "spot", state="DISABLED")


def test_a_role_that_an_environment_uses_is_not_deleted(sandbox: Sandbox, iam: Any, ec2: Any, profile: str) -> None:
    _create(sandbox.client("batch"), ec2, profile)
    task = iam.delete_service_linked_role(RoleName="AWSServiceRoleForBatch")["DeletionTaskId"]
    sandbox.clock.advance(10)
    told = iam.get_service_linked_role_deletion_status(DeletionTaskId=task)
    assert told["Status"] == "FAILED"
    assert told["Reason"]["RoleUsageList"][0]["Resources"] == [ENVIRONMENT + "spot"]


def test_a_job_definition_passes_its_job_role(user: Callable[..., As], refused: Refused) -> None:
    role = "arn:aws:iam::123456789012:role/task"
    needs = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "64"}]
    container = {"image": "a", "command": ["b"], "jobRoleArn": role, "resourceRequirements": needs}
    to_tasks = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
    register = allow("batch:RegisterJobDefinition", "arn:aws:batch:*:*:job-definition/*")
    for name, statements, may in (("ada", [register, allow("iam:PassRole", role, Condition=to_tasks)], True),
                                  ("bob", [register], False)):  # fmt: skip
        batch = user(*statements, name=name)("batch")
        asked: dict[str, Any] = {"jobDefinitionName": "d", "type": "container", "containerProperties": container}
        if may:
            assert batch.register_job_definition(**asked)["revision"] == 1
        else:
            with refused(DENIED):
                batch.register_job_definition(**asked)
