"""What jobs cost on a machine of the offline AWS: `python -m benchmarks.job_machines`.

The image is built where there is none, benchmarks/job_machines.yaml registered and destroyed again. The first job finds
no machine; the next come one by one to the machine that is up; then many are sent at once. How long Docker takes, for
the image and for a container's start, is told by ECS and stands apart.
"""

import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import boto3

from benchmarks.boot import invoke
from sandbox.command import client, variables

DEFINITION = str(Path(__file__).with_suffix(".yaml"))
QUEUE = "bench"
IMAGE = "public.ecr.aws/docker/library/debian:bookworm-slim"
LIMIT = 900.0
ONE_BY_ONE, AT_ONCE = 10, 200


@dataclass(frozen=True)
class Latency:
    """Seconds from SubmitJob to RUNNING; `pull` and `start` of them are Docker's."""

    total: float
    pull: float
    start: float

    @property
    def own(self) -> float:
        return self.total - self.pull - self.start


def main() -> int:
    variables.turn_process_to(client.start(report=print))
    ami = invoke("build-ami", "--json")["ami"]
    invoke("register-env", "--env", DEFINITION, "--ami", ami, "--yes", "--json")
    try:
        definition = define()
        show_first(*measure_first(definition))
        show_next([measure_one(definition) for _ in range(ONE_BY_ONE)])
        show_many(measure_many(definition, AT_ONCE))
    finally:
        bucket = f"bench-{boto3.client('sts').get_caller_identity()['Account']}-{boto3.session.Session().region_name}"
        invoke("destroy-env", "--env", DEFINITION, "--yes", "--terminate-jobs", "--with-bucket", bucket, "--json")
    return 0


def define() -> str:
    """Register a job definition of a job that ends at once; its ARN."""
    asked = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "128"}]
    container = {"image": IMAGE, "command": ["true"], "resourceRequirements": asked}
    made = boto3.client("batch").register_job_definition(
        jobDefinitionName="bench-true", type="container", containerProperties=container
    )
    return str(made["jobDefinitionArn"])


def submit(definition: str, **more: Any) -> str:
    made = boto3.client("batch").submit_job(jobName="true", jobQueue=QUEUE, jobDefinition=definition, **more)
    return str(made["jobId"])


def await_end(job: str) -> dict[str, Any]:
    """Wait until it has succeeded; the job as DescribeJobs tells it. Raises SystemExit for one that failed."""
    end = time.monotonic() + LIMIT
    while True:
        (found,) = boto3.client("batch").describe_jobs(jobs=[job])["jobs"]
        if found["status"] == "SUCCEEDED":
            return dict(found)
        if found["status"] == "FAILED" or time.monotonic() > end:
            raise SystemExit(f"{found['jobName']} is {found['status']}: {found.get('statusReason', '')}")
        time.sleep(0.5)


def read_latency(job: dict[str, Any]) -> Latency:
    arn = job["container"]["taskArn"]
    (task,) = boto3.client("ecs").describe_tasks(cluster=arn.split("/")[1], tasks=[arn])["tasks"]
    pulled, started = task["pullStoppedAt"], task["startedAt"]
    return Latency(
        (job["startedAt"] - job["createdAt"]) / 1000,
        (pulled - task["pullStartedAt"]).total_seconds(), (started - pulled).total_seconds(),
    )  # fmt: skip


def measure_first(definition: str) -> tuple[dict[str, Any], datetime, datetime]:
    """A job without a machine; the job, when its machine was launched, and when the agent had registered it."""
    job = await_end(submit(definition))
    arn = job["container"]["containerInstanceArn"]
    ecs = boto3.client("ecs")
    (machine,) = ecs.describe_container_instances(cluster=arn.split("/")[1], containerInstances=[arn])[
        "containerInstances"
    ]
    instances = boto3.client("ec2").describe_instances(InstanceIds=[machine["ec2InstanceId"]])
    return job, instances["Reservations"][0]["Instances"][0]["LaunchTime"], machine["registeredAt"]


def measure_one(definition: str) -> Latency:
    return read_latency(await_end(submit(definition)))


def measure_many(definition: str, number: int) -> float:
    """Seconds from the first SubmitJob until all of an array's children have ended."""
    began = time.monotonic()
    await_end(submit(definition, arrayProperties={"size": number}))
    return time.monotonic() - began


def show_first(job: dict[str, Any], launched: datetime, registered: datetime) -> None:
    latency = read_latency(job)
    boot = (registered - launched).total_seconds()
    print("\na job that finds no machine: seconds")
    print(f"{'SubmitJob to RUNNING':<40}{latency.total:8.1f}")
    print(f"{'boot, from its launch to its agent':<40}{boot:8.1f}")
    print(f"{'Docker: the image, the start':<40}{latency.pull:8.1f}{latency.start:8.1f}")
    print(f"{'the rest':<40}{latency.own - boot:8.1f}", flush=True)


def show_next(latencies: Sequence[Latency]) -> None:
    own = sorted(latency.own for latency in latencies)
    print(f"\n{len(own)} jobs one by one on a machine that is up: SubmitJob to RUNNING without Docker's part, seconds")
    print(f"{'median':>8}{'least':>8}{'most':>8}{'Docker':>8}")
    docker = statistics.median(latency.pull + latency.start for latency in latencies)
    print(f"{statistics.median(own):8.1f}{own[0]:8.1f}{own[-1]:8.1f}{docker:8.1f}", flush=True)


def show_many(seconds: float) -> None:
    print(f"\n{AT_ONCE} short jobs: {seconds:.0f} s, {AT_ONCE / seconds * 60:.0f} a minute", flush=True)


if __name__ == "__main__":
    sys.exit(main())
