"""Roles and instance profiles, broken through IAM."""

import json

from tests.support.doctor import Patient

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
    patient.iam.detach_role_policy(RoleName="ecsInstanceRole", PolicyArn=_ECS)
    patient.later()
    found = patient.one()
    assert "warning: the role ecsInstanceRole lacks AmazonEC2ContainerServiceforEC2Role" in found
    assert f"aws iam attach-role-policy --role-name ecsInstanceRole --policy-arn {_ECS}" in found
    others = patient.iam.list_attached_role_policies(RoleName="ecsInstanceRole")["AttachedPolicies"]
    for each in others:
        patient.iam.detach_role_policy(RoleName="ecsInstanceRole", PolicyArn=each["PolicyArn"])
    patient.later()
    assert "error: the role ecsInstanceRole has no policy, so it may do nothing" in patient.one()
    for arn in (_ECS, *(each["PolicyArn"] for each in others)):
        patient.iam.attach_role_policy(RoleName="ecsInstanceRole", PolicyArn=arn)
    patient.later()
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
