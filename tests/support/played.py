"""Jobs that run as a test says, where no machine is: what AWS Batch, ECS and CloudWatch Logs tell of them to Kiln.

All else (submitting, ending, S3, job definitions) is the offline AWS's own.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from cloud.session import Cloud
from sandbox.inprocess import Sandbox

CLUSTER = "spot_Batch_1"
MACHINE = f"arn:aws:ecs:us-east-1:123456789012:container-instance/{CLUSTER}/0a"
TASK = f"arn:aws:ecs:us-east-1:123456789012:task/{CLUSTER}/"
ENDED = "Essential container in task exited"


@dataclass
class Part:
    """What becomes of a job: seconds behind its submission at which it starts (None: never) and ends (None: never)."""

    starts: float | None = 20.0
    ends: float | None = 40.0
    lines: tuple[str, ...] = ()
    exit_code: int | None = 0
    reason: str = ENDED
    container_reason: str = ""
    waiting_reason: str = ""
    on_end: Callable[[dict[str, Any]], None] = field(default=lambda job: None)


@dataclass
class Played:
    """`parts` are by the beginning of the job's queue; a job of another queue plays the ordinary part."""

    sandbox: Sandbox
    parts: dict[str, Part] = field(default_factory=dict)
    ordinary: Part = field(default_factory=Part)
    over: set[str] = field(default_factory=set)

    def part_of(self, job: dict[str, Any]) -> Part:
        return self.parts.get(job["jobQueue"].rpartition("/")[2], self.ordinary)

    def describe_jobs(self, ids: list[str]) -> dict[str, Any]:
        return {"jobs": [self._play(job) for job in self.sandbox.client("batch").describe_jobs(jobs=ids)["jobs"]]}

    def _play(self, job: dict[str, Any]) -> dict[str, Any]:
        part, now = self.part_of(job), self.sandbox.clock.now() * 1000
        if job["status"] == "FAILED" and job["jobId"] not in self.over:
            return job
        age, created = (now - job["createdAt"]) / 1000, job["createdAt"]
        if part.starts is None or age < part.starts:
            return {**job, "status": "RUNNABLE", "statusReason": part.waiting_reason}
        task = {"containerInstanceArn": MACHINE, "taskArn": TASK + job["jobId"], "logStreamName": job["jobId"]}
        begun = int(created + part.starts * 1000)
        if part.ends is None or age < part.ends:
            return {**job, "status": "RUNNING", "startedAt": begun, "container": {**job["container"], **task}}
        ended = int(created + part.ends * 1000)
        if job["jobId"] not in self.over:
            self.over.add(job["jobId"])
            self.sandbox.client("batch").terminate_job(jobId=job["jobId"], reason=part.reason)
            part.on_end(job)
        container = {**task} if part.exit_code is not None else {"containerInstanceArn": MACHINE}
        container |= {"exitCode": part.exit_code} if part.exit_code is not None else {}
        container |= {"reason": part.container_reason} if part.container_reason else {}
        attempt = {"container": container, "stoppedAt": ended, "statusReason": part.reason}
        attempt |= {"startedAt": begun} if part.exit_code is not None else {}
        status = "SUCCEEDED" if part.exit_code == 0 else "FAILED"
        return {**job, "status": status, "statusReason": part.reason, "stoppedAt": ended, "attempts": [attempt],
                "startedAt": begun if part.exit_code is not None else 0,
                "container": {**job["container"], **container}}  # fmt: skip

    def read_log(self, stream: str, token: str) -> dict[str, Any]:
        [job] = self.describe_jobs([stream])["jobs"]
        lines = self.part_of(job).lines if token != "end" else ()
        events = [{"timestamp": job["createdAt"], "message": line} for line in lines]
        return {"events": events, "nextForwardToken": "end", "nextBackwardToken": "b"}


ANSWERED = ("DescribeJobs", "GetLogEvents", "DescribeContainerInstances", "DescribeTasks")
INSTANCE = {
    "containerInstanceArn": MACHINE, "ec2InstanceId": "i-0123456789abcdef0", "agentConnected": True,
    "registeredResources": [{"name": "CPU", "integerValue": 8192}, {"name": "MEMORY", "integerValue": 15434}],
    "attributes": [{"name": "ecs.instance-type", "value": "c5.2xlarge"},
                   {"name": "ecs.availability-zone", "value": "us-east-1b"}],
    "versionInfo": {"agentVersion": "1.105.1", "dockerVersion": "DockerVersion: 25.0.8"},
}  # fmt: skip


@pytest.fixture
def played(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Played:
    """Kiln's clients are told of jobs what the played parts say."""
    played, made = Played(sandbox), Cloud._made
    hooked: list[Any] = []

    def answer(model: Any, params: dict[str, Any], **_: Any) -> Any:
        if model.name not in ANSWERED:
            return None
        asked = json.loads(params["body"])
        answers: dict[str, Callable[[], dict[str, Any]]] = {
            "DescribeJobs": lambda: played.describe_jobs(asked["jobs"]),
            "GetLogEvents": lambda: played.read_log(asked["logStreamName"], asked.get("nextToken", "")),
            "DescribeContainerInstances": lambda: {"containerInstances": [INSTANCE], "failures": []},
            "DescribeTasks": lambda: {"tasks": [], "failures": []},
        }
        return SimpleNamespace(status_code=200), answers[model.name]()

    def hook(self: Cloud, service: str, region: str, attempts: int) -> Any:
        client = made(self, service, region, attempts)
        if client not in hooked:
            hooked.append(client)
            client.meta.events.register_first("before-call", answer)
        return client

    monkeypatch.setattr(Cloud, "_made", hook)
    return played
