"""INVALID compute environments: each cause brought about through the API, told once, and gone when mended."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.inprocess import Sandbox
from tests.support.doctor import Patient, make_ami, register, turned_to

MIME = base64.b64encode(
    b'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="=="\n\n--==\n'
    b'Content-Type: text/x-shellscript; charset="us-ascii"\n\n#!/bin/sh\n\n--==--\n'
).decode()


@pytest.fixture(scope="module")
def patient(one_sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Patient]:
    """`genomics-2019`: BEST_FIT, with a service role and a Spot fleet role of its own."""
    with turned_to(one_sandbox, tmp_path_factory.mktemp("doctor")):
        ami = make_ami(one_sandbox, "nextflow-al2023-1")
        register("genomics-2019")
        one_sandbox.clock.advance(60)
        yield Patient(one_sandbox, ami)


def _complaints(patient: Patient) -> list[str]:
    patient.later(120)
    return patient.complaints("genomics-2019")


def _healthy(patient: Patient) -> bool:
    patient.later(120)
    return bool(patient.visit("genomics-2019")["healthy"])


def _trust(patient: Patient, role: str, service: str) -> None:
    allow = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    patient.iam.update_assume_role_policy(RoleName=role, PolicyDocument=document)


def test_the_seeds_environment_is_healthy(patient: Patient) -> None:
    assert _healthy(patient)


def test_a_service_role_that_is_gone(patient: Patient) -> None:
    attached = patient.iam.list_attached_role_policies(RoleName="AWSBatchServiceRole")["AttachedPolicies"]
    for each in attached:
        patient.iam.detach_role_policy(RoleName="AWSBatchServiceRole", PolicyArn=each["PolicyArn"])
    patient.iam.delete_role(RoleName="AWSBatchServiceRole")
    found = _complaints(patient)
    assert len(found) == 2, "one for each environment, and none for the role alone"
    assert "error: compute environment ondemand is INVALID: AWS Batch cannot assume its service role" in found[0]
    assert "there is no role arn:aws:iam::123456789012:role/AWSBatchServiceRole" in found[0]
    assert "its reason: User: batch.amazonaws.com is not authorized to perform: sts:AssumeRole" in found[0]
    assert "invoke register-env --env genomics-2019 makes it" in found[0]
    register("genomics-2019")
    assert _healthy(patient), "the remedy mends it"


def test_roles_that_trust_somebody_else(patient: Patient) -> None:
    _trust(patient, "AWSBatchServiceRole", "ec2.amazonaws.com")
    assert "the role AWSBatchServiceRole does not trust batch.amazonaws.com" in _complaints(patient)[0]
    _trust(patient, "AWSBatchServiceRole", "batch.amazonaws.com")
    assert _healthy(patient)
    _trust(patient, "AWSSpotFleetTaggingRole", "ec2.amazonaws.com")
    (found,) = _complaints(patient)
    assert "error: compute environment spot is INVALID: the Spot fleet role is missing, or does not trust" in found
    assert "the role AWSSpotFleetTaggingRole does not trust spotfleet.amazonaws.com" in found
    _trust(patient, "AWSSpotFleetTaggingRole", "spotfleet.amazonaws.com")
    assert _healthy(patient)


def test_a_service_role_that_may_do_nothing(patient: Patient) -> None:
    """The jobs say so too, in AWS Batch's words."""
    (policy,) = patient.iam.list_attached_role_policies(RoleName="AWSBatchServiceRole")["AttachedPolicies"]
    job = patient.submit(queue="default")
    patient.iam.detach_role_policy(RoleName="AWSBatchServiceRole", PolicyArn=policy["PolicyArn"])
    patient.later(700)
    found = _complaints(patient)
    assert any("the role AWSBatchServiceRole lacks autoscaling:" in each for each in found)
    assert any("cannot start: AWS Batch's service role may not start machines" in each for each in found)
    patient.iam.attach_role_policy(RoleName="AWSBatchServiceRole", PolicyArn=policy["PolicyArn"])
    patient.batch.terminate_job(jobId=job, reason="over")
    assert _healthy(patient)


def test_an_instance_profile_that_is_gone(patient: Patient) -> None:
    name = "ecsInstanceRole"
    patient.iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=name)
    patient.iam.delete_instance_profile(InstanceProfileName=name)
    found = _complaints(patient)
    assert "is INVALID: there is no such instance profile" in found[0]
    assert "a role with the same name does not" not in found[0]
    assert "there is no instance profile ecsInstanceRole" in found[0]
    register("genomics-2019")
    assert _healthy(patient)


def _another(patient: Patient, **changes: Any) -> None:
    """One more environment of genomics-2019, as AWS Batch takes it: it accepts bad values, and is INVALID later."""
    before = patient.environment()
    kept = {key: value for key, value in before["computeResources"].items() if value not in (None, [], "")}
    patient.batch.create_compute_environment(
        computeEnvironmentName="other", type="MANAGED", computeResources=kept | changes,
        serviceRole=before["serviceRole"], tags={"kiln:env:genomics-2019": "x"},
    )  # fmt: skip
    patient.later()


def _remove(patient: Patient) -> None:
    patient.update("other", state="DISABLED")
    patient.batch.delete_compute_environment(computeEnvironment="other")
    patient.later()


def test_an_ami_that_is_gone(patient: Patient) -> None:
    ami = make_ami(patient.sandbox, "passing")
    _another(patient, ec2Configuration=[{"imageType": "ECS_AL2023", "imageIdOverride": ami}])
    assert _healthy(patient)
    patient.ec2.deregister_image(ImageId=ami)
    (found,) = _complaints(patient)
    assert "error: compute environment other is INVALID: the AMI is gone" in found
    assert f"{ami} is deregistered, or not shared with this account. " in found
    assert "invoke register-env --env genomics-2019 --ami latest" in found
    _remove(patient)
    assert _healthy(patient)


def test_an_ami_of_another_architecture(patient: Patient) -> None:
    _another(patient, instanceTypes=["m6g.large"])
    (found,) = _complaints(patient)
    assert "is INVALID: the AMI and the instance types have different architectures" in found
    _remove(patient)
    assert _healthy(patient)


def test_a_launch_template_that_is_gone_and_user_data_that_is_no_mime(patient: Patient) -> None:
    text = base64.b64encode(b"#!/bin/sh\n").decode()
    for data in ({"UserData": text}, {"UserData": MIME}):
        patient.ec2.create_launch_template(LaunchTemplateName=f"t{len(data['UserData'])}", LaunchTemplateData=data)
    named = {"launchTemplateName": f"t{len(text)}", "version": "1"}
    _another(patient, launchTemplate=named)
    (found,) = _complaints(patient)
    assert "is INVALID: the launch template's user data is no MIME multi-part text" in found
    assert "Write it as parts under user_data" in found
    _remove(patient)
    _another(patient, launchTemplate={**named, "launchTemplateName": f"t{len(MIME)}"})
    assert _healthy(patient)
    patient.ec2.delete_launch_template(LaunchTemplateName=f"t{len(MIME)}")
    (found,) = _complaints(patient)
    assert "is INVALID: the launch template, or the version that it pins, is gone" in found
    assert f"the launch template t{len(MIME)} is gone. " in found
    _remove(patient)
    patient.ec2.delete_launch_template(LaunchTemplateName=f"t{len(text)}")
    assert _healthy(patient)


def test_a_subnet_and_a_key_pair_that_are_gone(patient: Patient) -> None:
    vpc = patient.ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    zone = {"AvailabilityZone": "us-east-1a"}  # EC2 picks one otherwise, and not each offers every instance type
    subnet = patient.ec2.create_subnet(VpcId=vpc, CidrBlock="172.31.240.0/24", **zone)["Subnet"]["SubnetId"]
    patient.ec2.create_key_pair(KeyName="passing")
    _another(patient, subnets=[subnet], ec2KeyPair="passing")
    patient.ec2.delete_key_pair(KeyName="passing")
    (invalid, *_) = _complaints(patient)
    assert "is INVALID: there is no such key pair" in invalid
    assert "names the key pair passing, and us-east-1 has no such key pair" in invalid
    patient.ec2.create_key_pair(KeyName="passing")
    patient.ec2.delete_subnet(SubnetId=subnet)
    (found,) = _complaints(patient)
    assert "is INVALID: a subnet is gone" in found
    assert f"the subnet {subnet} is gone. " in found
    _remove(patient)
    assert _healthy(patient)
