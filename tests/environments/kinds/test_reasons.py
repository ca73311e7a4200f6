"""statusReason in a person's words."""

import pytest

from environments.kinds.batch import reasons


@pytest.mark.parametrize(
    ("said", "why", "cause"),
    [
        ("CLIENT_ERROR - User: x is not authorized to perform: sts:AssumeRole on: x", "assume", "service role"),
        ("CLIENT_ERROR - Invalid IamInstanceProfile: x", "no such instance profile", "profile"),
        ('CLIENT_ERROR - IAM Instance Profile "x" has no associated IAM Roles', "holds no role", "profile"),
        ("CLIENT_ERROR - Parameter: SpotFleetRequestConfig.IamFleetRole is invalid.", "Spot fleet role", "fleet role"),
        ("CLIENT_ERROR - User: x is not authorized to perform: ec2:RunInstances", "may not do", "service role"),
        ("CLIENT_ERROR - Launch Template UserData is not MIME multipart format", "no MIME", "template"),
        ("CLIENT_ERROR - Could not find the specified version 7 for the launch template", "version", "template"),
        ("CLIENT_ERROR - The specified launch template, with template name x, does not exist.", "gone", "template"),
        ("CLIENT_ERROR - The architecture 'arm64' does not match …", "architectures", "image"),
        ("CLIENT_ERROR - The image id '[ami-1]' does not exist", "AMI is gone", "image"),
        ("CLIENT_ERROR - The subnet ID 'subnet-1' does not exist", "a subnet is gone", "subnet"),
        ("CLIENT_ERROR - The security group 'sg-1' does not exist", "a security group is gone", "group"),
        ("CLIENT_ERROR - The key pair 'x' does not exist", "no such key pair", "key pair"),
        ("CLIENT_ERROR - The Placement Group 'x' is unknown.", "no such placement group", "placement group"),
        ("INTERNAL_ERROR - Failed compute environment workflow", "failed by itself", ""),
        ("something new", "something new", ""),
    ],
)  # fmt: skip
def test_invalid(said: str, why: str, cause: str) -> None:
    reason = reasons.explain(said)
    assert why in reason.why
    assert reason.cause == cause
    assert reason.hint


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - Service cannot fulfill the capacity", "no capacity"),
        ("MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - CE(s) cannot meet", "max_vcpus"),
        ("MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job resource requirement", "vCPUs, memory or GPUs"),
        ("MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS – Batch service role has a permission issue.", "may not start"),
        ("MISCONFIGURATION:EC2_INSTANCE_CONFIGURATION_UNSUPPORTED - x", "not offered"),
        ("ACTION_REQUIRED - CE(s) associated with the job queue are invalid.", "somebody to mend"),
        ("UNDETERMINED - Batch job is blocked, root cause is undetermined.", "cannot tell"),
        ("something new", "something new"),
    ],
)
def test_runnable(said: str, why: str) -> None:
    reason = reasons.explain_job(said)
    assert reason
    assert why in reason.why


def test_no_reason() -> None:
    assert reasons.explain_job("") is None


@pytest.mark.parametrize(
    ("said", "why", "may_pass"),
    [
        ("CLIENT_ERROR - User: x is not authorized to perform: sts:AssumeRole on resource: y", "service role", True),
        ("CLIENT_ERROR - Invalid IamInstanceProfile: z", "no such instance profile", True),
        ("CLIENT_ERROR - The specified launch template, with template name t, does not exist.", "template", False),
        ("CLIENT_ERROR - Could not find the specified version 3 for the launch template with ID l.", "version", False),
        ("CLIENT_ERROR - Launch Template UserData is not MIME multipart format", "MIME", False),
        ("CLIENT_ERROR - The image id '[ami-1]' does not exist", "the AMI is gone", False),
        ("CLIENT_ERROR - The architecture 'x86_64' of the specified instance type does not match", "architec", False),
        ("something new", "something new", False),
    ],
)
def test_reasons_in_words(said: str, why: str, may_pass: bool) -> None:
    found = reasons.explain(said)
    assert why in found.why
    assert found.may_pass is may_pass
    assert found.hint


@pytest.mark.parametrize(
    ("said", "may_pass"),
    [
        ('IAM Instance Profile "x" has no associated IAM Roles', True),
        ("Parameter: SpotFleetRequestConfig.IamFleetRole is invalid.", True),
        ("User: x is not authorized to perform: ec2:RunInstances", True),
        ("INTERNAL_ERROR - Failed compute environment workflow", True),
        ("The subnet ID 'subnet-1' does not exist", False),
        ("The security group 'sg-1' does not exist", False),
        ("The key pair 'x' does not exist", False),
    ],
)
def test_what_may_pass_by_itself_is_what_iam_has_not_told_everybody_yet(said: str, may_pass: bool) -> None:
    assert reasons.explain(said).may_pass is may_pass
