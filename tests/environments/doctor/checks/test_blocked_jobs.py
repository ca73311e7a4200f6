"""Jobs that wait for what the account lacks: each cause brought about through AWS's API, in Batch's words and ours."""

from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.inprocess import Sandbox
from tests.support import running_jobs
from tests.support.doctor import Patient, make_ami, register, turned_to

NAME = "genomics-2019"
LONG, JOINING = 700.0, 250.0  # seconds: the doctor's patience, and Batch's with machines that do not join


@pytest.fixture(scope="module")
def patient(one_sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Patient]:
    """`genomics-2019`, whose roles are its own."""
    with turned_to(one_sandbox, tmp_path_factory.mktemp("doctor")):
        ami = make_ami(one_sandbox, "nextflow-al2023-1")
        register(NAME)
        one_sandbox.clock.advance(60)
        yield Patient(one_sandbox, ami)
        running_jobs.dismiss(one_sandbox)


def read_reason(patient: Patient, job: str) -> str:
    (described,) = patient.batch.describe_jobs(jobs=[job])["jobs"]
    assert described["status"] == "RUNNABLE"
    return str(described["statusReason"])


def find_queue(patient: Patient) -> str:
    return str(patient.batch.describe_job_queues()["jobQueues"][0]["jobQueueName"])


def end(patient: Patient, job: str) -> None:
    patient.batch.terminate_job(jobId=job, reason="the test is over")
    patient.later(400)


def order(patient: Patient, *environments: str) -> None:
    """Give the queue these compute environments, in their order."""
    named = [{"order": number, "computeEnvironment": name} for number, name in enumerate(environments, 1)]
    patient.batch.update_job_queue(jobQueue=find_queue(patient), computeEnvironmentOrder=named)
    patient.later(60)


def list_policies(patient: Patient, role: str) -> list[str]:
    attached = patient.iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    return [str(policy["PolicyArn"]) for policy in attached]


def test_action_required_where_the_environments_are_invalid(patient: Patient) -> None:
    named: dict[str, Any] = {"InstanceProfileName": "ecsInstanceRole", "RoleName": "ecsInstanceRole"}
    patient.iam.remove_role_from_instance_profile(**named)
    patient.later(60)
    job = patient.submit(queue=find_queue(patient))
    patient.later(LONG)
    assert read_reason(patient, job) == "ACTION_REQUIRED - CE(s) associated with the job queue are invalid."
    found = patient.complaints(NAME)
    assert any("is INVALID: the instance profile holds no role" in text for text in found)
    (own,) = [text for text in found if job[:8] in text]
    assert "cannot start: no compute environment of its queue can be used: spot is INVALID, ondemand is INVALID" in own
    assert "see the findings about them" in own
    patient.iam.add_role_to_instance_profile(**named)
    end(patient, job)
    assert patient.visit(NAME)["healthy"]


def test_a_service_role_that_may_start_no_machine(patient: Patient) -> None:
    policies = list_policies(patient, "AWSBatchServiceRole")
    for policy in policies:
        patient.iam.detach_role_policy(RoleName="AWSBatchServiceRole", PolicyArn=policy)
    patient.later(60)
    job = patient.submit(queue=find_queue(patient))
    patient.later(LONG)
    assert read_reason(patient, job).startswith("MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS")
    (own,) = [text for text in patient.complaints(NAME) if job[:8] in text]
    assert "cannot start: AWS Batch's service role may not start machines" in own
    for policy in policies:
        patient.iam.attach_role_policy(RoleName="AWSBatchServiceRole", PolicyArn=policy)
    patient.later(60)
    end(patient, job)
    assert patient.visit(NAME)["healthy"]


def test_machines_that_run_and_may_not_join(patient: Patient) -> None:
    """Their agents start, and ECS refuses to register them: the machines' role has lost its policy."""
    agents = running_jobs.agents_of(patient.sandbox)
    policies = list_policies(patient, "ecsInstanceRole")
    for policy in policies:
        patient.iam.detach_role_policy(RoleName="ecsInstanceRole", PolicyArn=policy)
    order(patient, "ondemand")
    job = patient.submit(queue=find_queue(patient))
    patient.later(LONG)
    states = {"Name": "instance-state-name", "Values": ["running"]}
    assert patient.ec2.describe_instances(Filters=[states])["Reservations"], "a machine runs"
    assert not any(agent.alive and agent.arn for agent in agents.agents.values()), "and has not joined"
    (own,) = [text for text in patient.complaints(NAME) if job[:8] in text]
    assert "is the first of its queue, and has not started" in own
    assert "AWS Batch wants machines in ondemand, and none has joined its ECS cluster" in own
    patient.later(JOINING)
    assert read_reason(patient, job) == "UNDETERMINED - Batch job is blocked, root cause is undetermined."
    found = patient.complaints(NAME)
    assert any("ecs:RegisterContainerInstance" in text for text in found), found
    for policy in policies:
        patient.iam.attach_role_policy(RoleName="ecsInstanceRole", PolicyArn=policy)
    end(patient, job)
    order(patient, "spot", "ondemand")
    running_jobs.dismiss(patient.sandbox)
    patient.later(400)
    assert patient.visit(NAME)["healthy"]
