"""Jobs on real machines, submitted and awaited with plain boto3."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import boto3

LIMIT = 240.0  # seconds of this computer's clock, for what takes some ten of them on a quiet one
Found = TypeVar("Found")
OVER = ("SUCCEEDED", "FAILED")


@dataclass(frozen=True)
class Runs:
    """Jobs of one queue, in one image."""

    queue: str
    image: str

    @property
    def batch(self) -> Any:
        return boto3.client("batch")

    def define(self, name: str, command: list[str], *, vcpus: int = 1, memory: int = 128, **container: Any) -> str:
        """Register a job definition; its ARN."""
        asked = [{"type": "VCPU", "value": str(vcpus)}, {"type": "MEMORY", "value": str(memory)}]
        properties = {"image": self.image, "command": command, "resourceRequirements": asked, **container}
        made = self.batch.register_job_definition(
            jobDefinitionName=name, type="container", containerProperties=properties
        )
        return str(made["jobDefinitionArn"])

    def submit(self, name: str, command: list[str], *, queue: str = "", container: Any = None, **more: Any) -> str:
        """Submit a job of a definition of its own; its id."""
        definition = self.define(name, command, **(container or {}))
        made = self.batch.submit_job(jobName=name, jobQueue=queue or self.queue, jobDefinition=definition, **more)
        return str(made["jobId"])

    def detail(self, job: str) -> dict[str, Any]:
        (found,) = self.batch.describe_jobs(jobs=[job])["jobs"]
        return dict(found)

    def wait(self, job: str, *statuses: str, limit: float = LIMIT) -> dict[str, Any]:
        """Wait for one of the statuses (by default: for its end); the job as DescribeJobs tells it."""
        asked = statuses or OVER
        return wait_for(lambda: self.detail(job), lambda found: found["status"] in (*asked, *OVER), limit)

    def read_log(self, job: dict[str, Any], limit: float = LIMIT) -> list[str]:
        """Read what the job said, once the log has anything."""
        stream = job["container"]["logStreamName"]
        logs = boto3.client("logs")

        def look() -> list[str]:
            try:
                answer = logs.get_log_events(logGroupName="/aws/batch/job", logStreamName=stream, startFromHead=True)
            except logs.exceptions.ResourceNotFoundException:
                return []
            return [event["message"] for event in answer["events"]]

        return wait_for(look, bool, limit)


def wait_for(look: Callable[[], Found], is_there: Callable[[Found], object], limit: float = LIMIT) -> Found:
    """Look until it is there; AssertionError with what was seen last when the limit is over."""
    end = time.monotonic() + limit
    while not is_there(seen := look()):
        assert time.monotonic() < end, f"not there after {limit:.0f} s: {seen}"
        time.sleep(0.2)
    return seen
