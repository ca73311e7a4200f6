"""Jobs that wait, each cause really arranged, in the words of AWS Batch and of the doctor; no machine starts."""

from typing import Any

import boto3
import pytest

from kiln.errors import Exit
from sandbox.command import state
from tests.support.arranged import advance, refusing
from tests.support.cli import Cli
from tests.support.job_runs import Runs

pytestmark = pytest.mark.e2e
LONG = 700.0  # seconds: until Batch has given its reason, and the doctor calls it more than a moment


def explain(cli: Cli, job: str) -> str:
    """What the doctor says of a job that waits."""
    return cli("sandbox", "doctor", "--env", "jobs", "--job", job, code=Exit.SOMETHING_TO_DO).stdout


def wait_long(runs: Runs, offline_aws: state.State, name: str, **asked: Any) -> str:
    """Submit a job and let it wait; its id."""
    queue = asked.pop("queue", runs.queue)
    job = runs.submit(name, ["true"], queue=queue, container=asked)
    assert runs.wait(job, "RUNNABLE")["status"] == "RUNNABLE"
    advance(offline_aws, LONG)
    return job


@pytest.mark.parametrize(("asked", "batch", "doctor"), [
    ({"vcpus": 9}, "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - CE(s) associated with the job queue cannot "
     "meet the CPU requirement of the job.", "9 vCPUs"),
    ({"memory": 16384}, "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job resource requirement (vCPU/memory/GPU) is "
     "higher than that can be met by the CE(s) attached to the job queue.", "16384 MiB"),
])  # fmt: skip
def test_a_job_that_is_too_large(
    settled: Runs, cli: Cli, offline_aws: state.State, asked: dict[str, Any], batch: str, doctor: str
) -> None:
    job = wait_long(settled, offline_aws, "too-large", **asked)
    told = explain(cli, job)
    assert batch in told
    assert "cannot start" in told
    assert doctor in told
    settled.batch.terminate_job(jobId=job, reason="seen")


@pytest.mark.parametrize(("code", "batch", "doctor"), [
    ("InsufficientInstanceCapacity", "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - Service cannot fulfill the capacity "
     "requested for instance type [c5.xlarge]", "EC2 has no capacity of the allowed instance types there now"),
    ("UnauthorizedOperation", "MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS – Batch service role has a permission issue.",
     "AWS Batch's service role may not start machines"),
])  # fmt: skip
def test_a_machine_that_ec2_refuses(
    settled: Runs, cli: Cli, offline_aws: state.State, code: str, batch: str, doctor: str
) -> None:
    with refusing(offline_aws, "RunInstances", code, InstanceType="c5.xlarge"):
        job = wait_long(settled, offline_aws, "no-machine", queue="jobs-spot-alone")
        told = explain(cli, job)
        settled.batch.terminate_job(jobId=job, reason="seen")
        settled.wait(job)
    assert batch in told
    assert f"cannot start: {doctor}" in told


def test_a_queue_that_is_off(settled: Runs, cli: Cli, offline_aws: state.State) -> None:
    batch = boto3.client("batch")
    with refusing(offline_aws, "RunInstances", "InsufficientInstanceCapacity", InstanceType="c5.xlarge"):
        job = settled.submit("off", ["true"], queue="jobs-spot-alone")
        settled.wait(job, "RUNNABLE")
        batch.update_job_queue(jobQueue="jobs-spot-alone", state="DISABLED")
        advance(offline_aws, LONG)
        told = explain(cli, job)
        settled.batch.terminate_job(jobId=job, reason="seen")
        batch.update_job_queue(jobQueue="jobs-spot-alone", state="ENABLED")
    assert "cannot start: its queue jobs-spot-alone is DISABLED" in told
    assert "aws batch update-job-queue --job-queue jobs-spot-alone --state ENABLED" in told


def test_a_queue_s_time_limit(settled: Runs, offline_aws: state.State) -> None:
    """The one of the definition: what cannot start is cancelled, in the words of AWS Batch."""
    job = wait_long(settled, offline_aws, "limited", queue="jobs-spot-alone", memory=16384)
    advance(offline_aws, LONG)
    done = settled.wait(job)
    reason = "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT"
    assert done["status"] == "FAILED"
    assert done["statusReason"] == f"Canceled by JobStateTimeLimit action due to reason: {reason}"
    assert done["attempts"] == []
