"""What a job runs, wherever DescribeJobs tells it."""

from typing import Any

import pytest

from environments.doctor.looks.batch import queued_job
from environments.model.job_containers import with_container
from jobs.model import job

OOM = "OutOfMemoryError: Container killed due to memory usage"
PLACE = {"taskArn": "arn:task", "containerInstanceArn": "arn:instance"}
ASKS = [{"type": "VCPU", "value": "2"}, {"type": "MEMORY", "value": "4096"}]
ENDED: dict[str, Any] = {
    "jobId": "a", "jobName": "n", "jobQueue": "q", "jobDefinition": "d", "status": "FAILED",
    "statusReason": "Essential container in task exited",
}  # fmt: skip
OF_TASK: dict[str, Any] = {
    **ENDED, "container": {"networkInterfaces": []},
    "ecsProperties": {"taskProperties": [{**PLACE, "containers": [
        {"name": "sidecar", "image": "logs", "essential": False},
        {"name": "head", "image": "nextflow", "command": ["run"], "resourceRequirements": ASKS},
    ]}]},
    "attempts": [{"container": {}, "startedAt": 1, "stoppedAt": 2, "taskProperties": [
        {**PLACE, "containers": [{"name": "head", "exitCode": 137, "reason": OOM, "logStreamName": "head/default/1"}]},
    ]}],
}  # fmt: skip
OF_POD: dict[str, Any] = {
    **ENDED, "attempts": [], "eksAttempts": [{"containers": [{"exitCode": 3}], "startedAt": 1, "stoppedAt": 2}],
    "eksProperties": {"podProperties": {"containers": [
        {"image": "busybox", "command": ["sh"], "args": ["-c", "true"],
         "resources": {"requests": {"cpu": "0.25", "memory": "512Mi"}, "limits": {"memory": "1024Mi"}}},
    ]}},
}  # fmt: skip
OF_NODES: dict[str, Any] = {
    **ENDED, "nodeProperties": {"numNodes": 2, "mainNode": 0, "nodeRangeProperties": [
        {"targetNodes": "0:1", "container": {"image": "mpi", "resourceRequirements": ASKS}},
    ]},
}  # fmt: skip


def test_a_job_of_ecs_properties() -> None:
    read = job.read(with_container(OF_TASK))
    assert (read.image, read.command, read.vcpus, read.memory) == ("nextflow", ("run",), 2, 4096)
    [attempt] = read.attempts
    assert (attempt.exit_code, attempt.container_reason, attempt.stream) == (137, OOM, "head/default/1")
    assert (attempt.task, attempt.machine) == ("arn:task", "arn:instance")
    assert queued_job(with_container(OF_TASK)).container_reason == OOM


def test_a_job_on_eks() -> None:
    read = job.read(with_container(OF_POD))
    assert (read.image, read.command, read.vcpus, read.memory) == ("busybox", ("sh", "-c", "true"), 0.25, 1024)
    assert [attempt.exit_code for attempt in read.attempts] == [3]
    assert read.log_driver == "the logs of its pod"


def test_a_multi_node_job() -> None:
    read = job.read(with_container(OF_NODES))
    assert (read.image, read.vcpus, read.attempts) == ("mpi", 2, ())


@pytest.mark.parametrize("described", [ENDED, {**ENDED, "ecsProperties": {}, "eksProperties": {}, "container": None}])
def test_a_job_that_tells_nothing(described: dict[str, Any]) -> None:
    read = job.read(with_container(described))
    assert (read.image, read.vcpus, read.memory, read.attempts) == ("", 0, 0, ())


@pytest.mark.parametrize(("given", "vcpus"), [("0.25", 0.25), ("2", 2), ("16.0", 16)])
def test_a_fraction_of_a_vcpu(given: str, vcpus: float) -> None:
    """Fargate takes 0.25 and 0.5."""
    described = {**ENDED, "container": {"resourceRequirements": [{"type": "VCPU", "value": given}]}}
    assert [job.read(described).vcpus, queued_job(described).vcpus] == [vcpus, vcpus]
    assert str(job.read(described).vcpus) == f"{vcpus:g}"
