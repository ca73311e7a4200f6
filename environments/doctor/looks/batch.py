"""Looks at AWS Batch: the jobs at the front of queues, and job definitions with what they name elsewhere.

Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_GetJobQueueSnapshot.html (the first 100 RUNNABLE jobs
of a queue, and since when each is at its place).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from cloud import wait
from cloud.session import Cloud
from environments.doctor.facts import revisions
from environments.doctor.facts.compute_environments import Described
from environments.doctor.facts.jobs import QueuedJob
from environments.doctor.facts.scope import Scope
from environments.kinds.batch import jobs
from environments.machines import outside
from environments.machines.outside import Absent
from environments.model import ownership
from environments.model.job_containers import read_number
from environments.model.region import Region

DWELL = 600.0
"""Seconds. AWS Batch gives reasons that pass by themselves (a machine is starting): no younger job counts as stuck."""
AGAIN = 15.0
"""Seconds between the two looks at jobs that have waited for so long."""


def describe_stuck_jobs(cloud: Cloud, scope: Scope) -> tuple[QueuedJob, ...]:
    """Describe the jobs that are RUNNABLE at their place for DWELL, twice: with the same reason both times."""
    first = _describe_waiting_jobs(cloud, scope)
    if not first:
        return ()
    wait.pause(AGAIN)
    second = {job.id: job for job in _describe_waiting_jobs(cloud, scope)}
    return tuple(second[job.id] for job in first if job.id in second and second[job.id].reason == job.reason)


def _describe_waiting_jobs(cloud: Cloud, scope: Scope) -> list[QueuedJob]:
    fronts = [front_of_queue(cloud, queue["jobQueueArn"], scope.now) for queue in scope.queues]
    places = {job: place for front in fronts for job, place in front.items() if place[0] >= DWELL}
    described = {job.id: job for job in describe_jobs(cloud, list(places))}
    return [
        replace(described[job], waited=waited, place=place)
        for job, (waited, place) in places.items()
        if job in described and described[job].status == "RUNNABLE"
    ]


def front_of_queue(cloud: Cloud, queue: str, now: datetime) -> dict[str, tuple[float, int]]:
    """Describe a queue's first 100 RUNNABLE jobs: job id → seconds at its place, and the place.

    `now` is the present (UTC); where AWS's clock is ahead of it, AWS's counts.
    """
    front = cloud.client("batch").get_job_queue_snapshot(jobQueue=queue).get("frontOfQueue") or {}
    present = max(float(front.get("lastUpdatedAt") or 0), now.timestamp() * 1000)
    return {
        job["jobArn"].rpartition("/")[2]: (max(0.0, (present - float(job["earliestTimeAtPosition"])) / 1000), place)
        for place, job in enumerate(front.get("jobs") or ())
    }


def describe_jobs(cloud: Cloud, ids: Sequence[str]) -> list[QueuedJob]:
    """Describe jobs by id, those alone that AWS Batch knows."""
    return [queued_job(described) for described in jobs.described(cloud, ids)]


def queued_job(described: Mapping[str, Any]) -> QueuedJob:
    """Read a job of DescribeJobs (pure)."""
    container = described.get("container") or {}
    last = next((attempt.get("container") or {} for attempt in reversed(described.get("attempts") or ())), container)
    requirements = {
        requirement["type"]: read_number(requirement["value"])
        for requirement in container.get("resourceRequirements") or ()
    }
    return QueuedJob(
        described["jobId"],
        described["jobName"],
        described["jobQueue"],
        described["status"],
        described.get("statusReason") or "",
        requirements.get("VCPU") or int(container.get("vcpus") or 0),
        int(requirements.get("MEMORY") or container.get("memory") or 0),
        int(requirements.get("GPU", 0)),
        container_reason=last.get("reason") or "",
        exit_code=last.get("exitCode"),
    )


def count_nextflow(region: Region) -> int:
    """Count Nextflow's ACTIVE revisions of job definitions in the region."""
    return sum(str(revision["jobDefinitionName"]).startswith("nf-") for revision in region.job_definitions)


def describe_definitions(region: Region, scope: Scope) -> tuple[Described, ...]:
    """Describe the ACTIVE revisions of Kiln's job definitions; of the scope's environment alone where it has a name.

    (Nextflow registers its own, by hundreds.)
    """

    def belongs(revision: Mapping[str, Any]) -> bool:
        users = ownership.users(revision.get("tags") or {})
        return scope.name in users if scope.name else bool(users)

    return tuple(revision for revision in region.job_definitions if belongs(revision))


def describe_absent(cloud: Cloud, definitions: Sequence[Described]) -> tuple[Absent, ...]:
    """Describe the log groups and images that the newest revisions name, and that are not there."""
    newest = revisions.newest(definitions)
    return tuple(absent for name, revision in newest.items() for absent in _list_absent(cloud, name, revision))


def _list_absent(cloud: Cloud, name: str, revision: Described) -> Iterator[Absent]:
    container = revision.get("containerProperties") or {}
    logs = container.get("logConfiguration") or {}
    group = outside.find_log_group(logs.get("logDriver") or "awslogs", logs.get("options") or {}, cloud.region)
    account, image = str(revision["jobDefinitionArn"]).split(":")[4], str(container.get("image") or "")
    if group and (absent := outside.find_absent_group(cloud, name, group)):
        yield absent
    if outside.is_own(image, account, cloud.region) and (absent := outside.find_absent_image(cloud, name, image)):
        yield absent
