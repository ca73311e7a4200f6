"""Roles and instance profiles, broken through IAM."""

import json

import pytest

from tests.support.doctor import Patient
from tests.support.foreign_roles import paste
from tests.support.policies import allow, document

_ECS = "arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role"


def _trust(service: str) -> str:
    allow = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [allow]})


def test_an_empty_instance_profile(patient: Patient) -> None:
    """AWS Batch finds out for itself after a while; then it is told once, with what is known of the cause."""
    names = {"InstanceProfileName": "ecsInstanceRole", "RoleName": "ecsInstanceRole"}
    patient.environment()  # AWS Batch has just looked
    patient.iam.remove_role_from_instance_profile(**names)
    found = patient.one()
    assert "error: the instance profile ecsInstanceRole holds no role" in found
    assert "the machines of ondemand, spot get their credentials from it" in found
    patient.later(120)
    told = patient.complaints()
    assert len(told) == 2
    assert "error: compute environment ondemand is INVALID: the instance profile holds no role" in told[0]
    assert "the machines of ondemand, spot get their credentials from it" not in told[0]
    assert "IAM Instance Profile" in told[0]
    assert "invoke register-env --env genomics puts the role into it" in told[0]
    patient.iam.add_role_to_instance_profile(**names)
    patient.later(120)
    assert patient.visit()["healthy"]


def test_an_instance_role_that_machines_cannot_have(patient: Patient) -> None:
    patient.iam.update_assume_role_policy(RoleName="ecsInstanceRole", PolicyDocument=_trust("lambda.amazonaws.com"))
    patient.later()
    found = patient.one()
    assert "error: the role ecsInstanceRole does not trust ec2.amazonaws.com" in found
    assert "the machines of ondemand, spot use it" in found
    patient.iam.update_assume_role_policy(RoleName="ecsInstanceRole", PolicyDocument=_trust("ec2.amazonaws.com"))
    patient.later()
    assert patient.visit()["healthy"]


def test_an_instance_role_without_the_policy_of_ecs(patient: Patient) -> None:
    """By the rights: another policy that gives them is as good."""
    patient.iam.detach_role_policy(RoleName="ecsInstanceRole", PolicyArn=_ECS)
    patient.later()
    joining, writing, pulling = sorted(patient.complaints(), key=lambda text: ("ecr:" in text, "logs:" in text))
    assert "error: the role ecsInstanceRole lacks ecs:DiscoverPollEndpoint, ecs:RegisterContainerInstance" in joining
    assert "error: the role ecsInstanceRole lacks logs:CreateLogStream, logs:PutLogEvents on the log group" in writing
    assert "error: the role ecsInstanceRole lacks ecr:GetAuthorizationToken; ecr:BatchGetImage" in pulling
    command = f"aws iam attach-role-policy --role-name ecsInstanceRole --policy-arn {_ECS}"
    assert joining.endswith(command)
    assert writing.endswith(command)
    patient.iam.put_role_policy(
        RoleName="ecsInstanceRole", PolicyName="ours", PolicyDocument=document(allow(["ecs:*", "logs:*", "ecr:*"]))
    )
    patient.later()
    assert patient.visit()["healthy"]
    patient.iam.delete_role_policy(RoleName="ecsInstanceRole", PolicyName="ours")
    paste(patient.sandbox, command)
    assert patient.visit()["healthy"]


@pytest.mark.parametrize(
    ("role", "policy", "right"),
    [
        ("ecsInstanceRole", "ebs-autoscale-policy", "ec2:CreateVolume"),
        ("genomics-job-role", "bucket-access-policy", "s3:GetObject, s3:PutObject on the bucket genomics-"),
        ("genomics-job-role", "public-buckets-policy", "s3:GetObject on the bucket 1000genomes"),
    ],
)
def test_row_1_a_role_without_one_of_its_policies(patient: Patient, role: str, policy: str, right: str) -> None:
    arn = f"arn:aws:iam::123456789012:policy/{policy}"
    patient.iam.detach_role_policy(RoleName=role, PolicyArn=arn)
    patient.later()
    found = patient.one()
    assert f"error: the role {role} lacks " in found
    assert right in found.replace("s3:ListBucket, ", "")
    command = found.rpartition(" | ")[2]
    assert command == f"aws iam attach-role-policy --role-name {role} --policy-arn {arn}"
    paste(patient.sandbox, command)
    assert patient.visit()["healthy"]


def test_row_1_what_somebody_denies(patient: Patient) -> None:
    deny = document(allow("ec2:AttachVolume", Effect="Deny"))
    patient.iam.put_role_policy(RoleName="ecsInstanceRole", PolicyName="no-disks", PolicyDocument=deny)
    patient.later()
    found = patient.one()
    assert "is denied ec2:AttachVolume by role_ecsInstanceRole_no-disks" in found
    assert "take these actions out of the Deny" in found
    patient.iam.delete_role_policy(RoleName="ecsInstanceRole", PolicyName="no-disks")
    patient.later()
    assert patient.visit()["healthy"]


def test_row_1_where_iam_may_not_be_asked_the_policies_are_read_else_it_is_not_checked(patient: Patient) -> None:
    patient.sandbox.faults.add("SimulatePrincipalPolicy", "AccessDenied", status=403, times=None)
    assert patient.visit()["healthy"]
    patient.sandbox.faults.add("GetPolicyVersion", "AccessDenied", status=403, times=None)
    seen = patient.visit()
    assert (seen["healthy"], list(seen["unseen"]), seen["findings"]) == (False, ["rights"], [])
    assert "the role ecsInstanceRole: " in seen["unseen"]["rights"]
    assert "may not call GetPolicyVersion" in seen["unseen"]["rights"]
    patient.sandbox.faults.clear()
    assert patient.visit()["healthy"]


def test_a_service_linked_role_that_is_gone(patient: Patient) -> None:
    patient.iam.delete_service_linked_role(RoleName="AWSServiceRoleForEC2Spot")
    patient.later()
    found = patient.one()
    assert "error: the account has no service-linked role for spot.amazonaws.com" in found
    assert "aws iam create-service-linked-role --aws-service-name spot.amazonaws.com" in found
    patient.iam.create_service_linked_role(AWSServiceName="spot.amazonaws.com")
    patient.later()
    assert patient.visit()["healthy"]
