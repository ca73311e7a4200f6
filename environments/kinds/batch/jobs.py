"""Jobs under way, and in which compute environment each runs.

Source: ListJobs, DescribeJobs (JobDetail, ContainerDetail) and TerminateJob, AWS Batch API Reference.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from cloud.pages import list_all, split
from cloud.session import Cloud
from environments.model.job_containers import with_container

WAITING = ("SUBMITTED", "PENDING", "RUNNABLE")
PLACED = ("STARTING", "RUNNING")


@dataclass(frozen=True)
class Job:
    """A job that is not over. `cluster` is the name of the ECS cluster it runs in, "" where Batch does not tell (yet).

    `started` is when it began to run (seconds since the epoch, 0 where it does not run), `limit` how long an attempt
    may take (seconds; None: for ever).
    """

    id: str
    name: str
    status: str
    cluster: str = ""
    started: float = 0.0
    limit: int | None = None

    def __str__(self) -> str:
        return f"{self.id} ({self.name}, {self.status})"


def of(cloud: Cloud, queues: Sequence[str], statuses: Sequence[str]) -> list[Job]:
    """The jobs of these queues that are in one of these states; the parents of arrays with them, not their children."""
    listed = [
        job for queue in queues for status in statuses for job in _listed(cloud, jobQueue=queue, jobStatus=status)
    ]
    return [Job(job["jobId"], job["jobName"], job["status"]) for job in listed]


def unfinished(cloud: Cloud, queues: Sequence[str]) -> list[Job]:
    """The jobs of these queues that are not over."""
    return of(cloud, queues, (*WAITING, *PLACED))


def _listed(cloud: Cloud, **query: str) -> list[dict[str, Any]]:
    return list_all(cloud.client("batch"), "list_jobs", "jobSummaryList", **query)


def placed(cloud: Cloud, queues: Sequence[str]) -> list[Job]:
    """The jobs of these queues that are on a machine, those of arrays too: with where, since when, and for how long."""
    ids = [job.id for job in of(cloud, queues, PLACED)]
    parents = [job["jobId"] for queue in queues for job in _listed(cloud, jobQueue=queue, jobStatus="PENDING")
               if (job.get("arrayProperties") or {}).get("size")]  # fmt: skip
    for parent in parents:  # PENDING until the last child has ended (AWS Batch User Guide, "Array jobs")
        ids += [job["jobId"] for status in PLACED for job in _listed(cloud, arrayJobId=parent, jobStatus=status)]
    return [detailed(job) for job in described(cloud, ids) if job["status"] in PLACED]


def described(cloud: Cloud, ids: Sequence[str]) -> list[dict[str, Any]]:
    """Jobs as DescribeJobs tells them, which takes 100 at once; unknown ones are left out.

    What a job runs is its `container`, also where AWS Batch tells it of a task, a pod or a range of nodes.
    """
    batch = cloud.client("batch")
    return [with_container(job) for ids_ in split(ids, 100) for job in batch.describe_jobs(jobs=ids_)["jobs"]]


def detailed(job: dict[str, Any]) -> Job:
    """A job as DescribeJobs tells it (pure)."""
    limit = (job.get("timeout") or {}).get("attemptDurationSeconds")
    started = (job.get("startedAt") or 0) / 1000
    return Job(job["jobId"], job["jobName"], job["status"], _cluster(job), started, limit)


def _cluster(job: dict[str, Any]) -> str:
    """Out of arn:…:container-instance/CLUSTER/ID; the old form of that ARN does not name the cluster."""
    tasks = (job.get("ecsProperties") or {}).get("taskProperties") or ()
    places = [place.get("containerInstanceArn") or "" for place in (job.get("container") or {}, *tasks)]
    parts = next((place for place in places if place), "").split("/")
    return parts[1] if len(parts) == 3 else ""


def on(jobs: Sequence[Job], clusters: Collection[str]) -> list[Job]:
    """Those that run in one of these clusters (names or ARNs), or of which that is not known (pure)."""
    names = {cluster.rpartition("/")[2] for cluster in clusters}
    return [job for job in jobs if not job.cluster or job.cluster in names]


def outlasting(jobs: Sequence[Job], minutes: int, now: float) -> list[Job]:
    """Those that may run for longer than `minutes` from `now` on (pure).

    A job's own time limit says so; of one that has none, that it has been running for longer than that already.
    """

    def left(job: Job) -> float:
        ran = max(0.0, now - job.started)  # AWS's clock and this one may differ
        return job.limit - ran if job.limit else ran

    return [job for job in jobs if job.started and left(job) > minutes * 60]


def terminate(cloud: Cloud, jobs: Sequence[Job], reason: str) -> None:
    """End them at once; one that is over already is no error to AWS Batch."""
    for job in jobs:
        cloud.client("batch").terminate_job(jobId=job.id, reason=reason)
