"""What AWS Batch tells: queues, the jobs at their front, job definitions.

Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_GetJobQueueSnapshot.html (the first 100 RUNNABLE jobs
of a queue, and since when each is at its place).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from cloud import wait
from cloud.session import Cloud
from environments.doctor.picture.picture import Picture, Waiting
from environments.kinds.batch import job_definitions
from environments.kinds.batch import jobs as all_jobs
from environments.model import ownership

DWELL = 600.0
"""Seconds. AWS Batch gives reasons that pass by themselves (a machine is starting): nothing younger is told."""
AGAIN = 15.0
"""Seconds between the two looks at jobs that have waited for so long."""


def jobs(cloud: Cloud, picture: Picture) -> dict[str, Any]:
    """The jobs that are stuck: RUNNABLE at one place for DWELL, with one and the same reason at two looks."""
    first = _long_waiting(cloud, picture)
    if not first:
        return {"jobs": ()}
    wait.pause(AGAIN)
    second = {each.id: each for each in _long_waiting(cloud, picture)}
    stuck = [second[each.id] for each in first if each.id in second and second[each.id].reason == each.reason]
    return {"jobs": tuple(stuck)}


def _long_waiting(cloud: Cloud, picture: Picture) -> list[Waiting]:
    fronts = [front(cloud, queue["jobQueueArn"], picture.now) for queue in picture.queues]
    placed = [each for jobs_ in fronts for each in jobs_.items() if each[1][0] >= DWELL]
    described = {each.id: each for each in describe(cloud, [job_id for job_id, _ in placed])}
    return [
        replace(described[job_id], waited=waited, place=place)
        for job_id, (waited, place) in placed
        if job_id in described and described[job_id].status == "RUNNABLE"
    ]


def front(cloud: Cloud, queue: str, now: datetime) -> dict[str, tuple[float, int]]:
    """Job id → seconds at its place, and the place; of a queue's first 100 RUNNABLE jobs.

    `now` is the present (UTC); where AWS's clock is ahead of it, AWS's counts.
    """
    found = cloud.client("batch").get_job_queue_snapshot(jobQueue=queue).get("frontOfQueue") or {}
    present = max(float(found.get("lastUpdatedAt") or 0), now.timestamp() * 1000)
    return {
        each["jobArn"].rpartition("/")[2]: (max(0.0, (present - float(each["earliestTimeAtPosition"])) / 1000), place)
        for place, each in enumerate(found.get("jobs") or ())
    }


def describe(cloud: Cloud, ids: Sequence[str]) -> list[Waiting]:
    """Jobs by id; unknown ones are left out."""
    return [job(each) for each in all_jobs.described(cloud, ids)]


def job(described: Mapping[str, Any]) -> Waiting:
    """One job of DescribeJobs (pure)."""
    container = described.get("container") or {}
    asked = {each["type"]: int(float(each["value"])) for each in container.get("resourceRequirements") or ()}
    return Waiting(
        described["jobId"],
        described["jobName"],
        described["jobQueue"],
        described["status"],
        described.get("statusReason") or "",
        asked.get("VCPU") or int(container.get("vcpus") or 0),
        asked.get("MEMORY") or int(container.get("memory") or 0),
        asked.get("GPU", 0),
    )


def definitions(cloud: Cloud, _: Picture) -> dict[str, Any]:
    """The ACTIVE revisions of the job definitions that are Kiln's. (Nextflow registers its own, by hundreds.)"""
    found = job_definitions.active(cloud)
    return {"definitions": tuple(each for each in found if ownership.users(each.get("tags") or {}))}
