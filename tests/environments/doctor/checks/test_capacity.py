"""Quotas, offers, idle machines; volumes; job definitions; queues."""

import json

from cloud import tags
from tests.support.doctor import Patient, register

_STANDARD = "L-1216C47A"


def test_more_vcpus_than_the_quota(patient: Patient) -> None:
    patient.update(computeResources={"maxvCpus": 1000})
    found = patient.one()
    assert "warning: max_vcpus of ondemand is 1000, and the account's quota is 640 vCPUs" in found
    assert f"--quota-code {_STANDARD} --desired-value 1000" in found
    patient.client("service-quotas").request_service_quota_increase(
        ServiceCode="ec2", QuotaCode=_STANDARD, DesiredValue=1000
    )
    patient.later(120)
    assert patient.visit()["healthy"]
    patient.update(computeResources={"maxvCpus": 256})


def test_instance_types_that_are_not_offered(patient: Patient) -> None:
    zones: dict[str, set[str]] = {}
    pages = patient.ec2.get_paginator("describe_instance_type_offerings")
    for page in pages.paginate(LocationType="availability-zone"):
        for offer in page["InstanceTypeOfferings"]:
            zones.setdefault(offer["InstanceType"], set()).add(offer["Location"])
    rare = next(
        name for name, found in sorted(zones.items()) if 0 < len(found) < 5 and name.startswith(("m", "c", "r"))
    )
    before = patient.environment()["computeResources"]
    elsewhere = [
        each["SubnetId"]
        for each in patient.ec2.describe_subnets()["Subnets"]
        if each["AvailabilityZone"] in zones["c5.2xlarge"] - zones[rare] and each["SubnetId"] in before["subnets"]
    ]
    patient.update(computeResources={"instanceTypes": [rare], "subnets": elsewhere[:1]})
    found = patient.one()
    assert f"error: ondemand allows {rare}, which is not offered in us-east-1" in found
    assert "no machine can start in it" in found
    patient.update(computeResources={"instanceTypes": [rare, "c5.2xlarge"]})
    assert "only its other types can start" in patient.one()
    patient.update(computeResources={"instanceTypes": ["optimal"], "subnets": before["subnets"]})
    assert patient.visit()["healthy"]


def test_machines_that_nobody_asked_for(patient: Patient) -> None:
    patient.update(computeResources={"minvCpus": 4, "desiredvCpus": 4})
    found = patient.one()
    assert "warning: ondemand keeps 4 vCPUs running | they are paid for day and night |" in found
    patient.update(computeResources={"minvCpus": 0})
    assert patient.visit()["healthy"]


def test_a_volume_that_is_attached_to_nothing(patient: Patient) -> None:
    launched = patient.ec2.run_instances(ImageId=patient.ami, InstanceType="m6i.large", MinCount=1, MaxCount=1)
    instance = launched["Instances"][0]["InstanceId"]
    patient.later()
    volume = patient.ec2.create_volume(
        AvailabilityZone="us-east-1a",
        Size=100,
        TagSpecifications=tags.make_specifications({tags.STORAGE: instance}, "volume"),
    )["VolumeId"]
    patient.later()
    assert patient.visit()["healthy"], "a volume is attached some seconds after it is made"
    patient.later(900)
    assert f"its machine {instance} has not attached it" in patient.one()
    patient.ec2.terminate_instances(InstanceIds=[instance])
    patient.later()
    document = patient.visit()
    (found,) = document["findings"]
    assert found["environment"] is None
    assert found["what"] == f"{volume} (100 GiB) is attached to nothing: its machine {instance} is gone"
    assert f"aws ec2 delete-volume --volume-id {volume}" in found["fix"]
    patient.ec2.delete_volume(VolumeId=volume)
    assert patient.visit()["healthy"]


def _definition(patient: Patient, role: str, memory: int = 1024, environment: str = "genomics") -> str:
    asked = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": str(memory)}]
    made = patient.batch.register_job_definition(
        jobDefinitionName="hello",
        type="container",
        containerProperties={"image": "x", "resourceRequirements": asked, "jobRoleArn": role},
        tags={f"kiln:env:{environment}": "2026-11-22T06:30:00Z"},
    )
    return str(made["jobDefinitionArn"])


def test_job_definitions(patient: Patient) -> None:
    role = patient.iam.get_role(RoleName="genomics-job-role")["Role"]["Arn"]
    first = _definition(patient, role)
    assert patient.visit()["healthy"]
    second = _definition(patient, role, 2048)
    found = patient.one()
    assert "warning: the job definition hello has 1 older revision that are ACTIVE" not in found
    assert "warning: the job definition hello has 1 older ACTIVE revision" in found
    assert "aws batch deregister-job-definition --job-definition hello:1" in found
    patient.batch.deregister_job_definition(jobDefinition=first)
    assert patient.visit()["healthy"]
    document = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}  # fmt: skip
    patient.iam.create_role(RoleName="passing", AssumeRolePolicyDocument=json.dumps(document))
    third = _definition(patient, role.replace("genomics-job-role", "passing"))
    patient.batch.deregister_job_definition(jobDefinition=second)
    patient.later()
    assert "error: the job role passing does not trust ecs-tasks.amazonaws.com" in patient.one()
    patient.iam.delete_role(RoleName="passing")
    patient.later()
    assert "error: the job definition hello:3 names a role that is gone: passing" in patient.one()
    patient.batch.deregister_job_definition(jobDefinition=third)
    assert patient.visit()["healthy"]


def test_another_environments_job_definitions_are_not_looked_at(patient: Patient) -> None:
    role = patient.iam.get_role(RoleName="genomics-job-role")["Role"]["Arn"]
    revisions = [_definition(patient, role, memory, environment="salmon") for memory in (1024, 2048)]
    assert patient.visit()["healthy"]
    for revision in revisions:
        patient.batch.deregister_job_definition(jobDefinition=revision)


def _order(patient: Patient, *names: str) -> None:
    order = [{"order": n, "computeEnvironment": name} for n, name in enumerate(names, 1)]
    patient.batch.update_job_queue(jobQueue="head", computeEnvironmentOrder=order)
    patient.later()


def test_head_jobs_on_spot(patient: Patient) -> None:
    _order(patient, "ondemand", "spot")
    found = patient.one()
    assert "error: the queue head sends head jobs to Spot: spot" in found
    assert "give head only On-Demand compute environments, then invoke register-env --env genomics" in found
    _order(patient, "ondemand")
    assert patient.visit()["healthy"]


def test_switched_off(patient: Patient) -> None:
    patient.batch.update_job_queue(jobQueue="default", state="DISABLED")
    patient.later()
    found = patient.one()
    assert "error: the queue default is DISABLED" in found
    assert "aws batch update-job-queue --job-queue default --state ENABLED" in found
    patient.batch.update_job_queue(jobQueue="default", state="ENABLED")
    patient.later()
    patient.update("spot", state="DISABLED")
    assert "warning: compute environment spot is DISABLED | no new machine starts in it" in patient.one()
    patient.update("ondemand", state="DISABLED")
    told = patient.complaints()
    assert "error: compute environment ondemand is DISABLED | " in told[0]
    assert "ondemand is DISABLED | the queue default, highpriority, head has no other that is ENABLED |" in told[0]
    patient.update("ondemand", state="ENABLED")
    patient.update("spot", state="ENABLED")
    assert patient.visit()["healthy"]
    register("genomics")
    assert patient.visit()["healthy"]
