"""Jobs under way, and in which compute environment each runs.

Source: ListJobs, DescribeJobs (JobDetail, ContainerDetail) and TerminateJob, AWS Batch API Reference.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from cloud.pages import every, parts
from cloud.session import Cloud

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
    found = [one for queue in queues for status in statuses for one in _listed(cloud, jobQueue=queue, jobStatus=status)]
    return [Job(one["jobId"], one["jobName"], one["status"]) for one in found]


def unfinished(cloud: Cloud, queues: Sequence[str]) -> list[Job]:
    """The jobs of these queues that are not over."""
    return of(cloud, queues, (*WAITING, *PLACED))


def _listed(cloud: Cloud, **query: str) -> list[dict[str, Any]]:
    return every(cloud.client("batch"), "list_jobs", "jobSummaryList", **query)


def placed(cloud: Cloud, queues: Sequence[str]) -> list[Job]:
    """The jobs of these queues that are on a machine, those of arrays too: with where, since when, and for how long."""
    ids = [job.id for job in of(cloud, queues, PLACED)]
    parents = [one["jobId"] for queue in queues for one in _listed(cloud, jobQueue=queue, jobStatus="PENDING")
               if (one.get("arrayProperties") or {}).get("size")]  # fmt: skip
    for parent in parents:  # PENDING until the last child has ended (AWS Batch User Guide, "Array jobs")
        ids += [one["jobId"] for status in PLACED for one in _listed(cloud, arrayJobId=parent, jobStatus=status)]
    return [detailed(each) for each in described(cloud, ids) if each["status"] in PLACED]


def described(cloud: Cloud, ids: Sequence[str]) -> list[dict[str, Any]]:
    """Jobs as DescribeJobs tells them, which takes 100 at once; unknown ones are left out."""
    batch = cloud.client("batch")
    return [each for some in parts(ids, 100) for each in batch.describe_jobs(jobs=some)["jobs"]]


def detailed(one: dict[str, Any]) -> Job:
    """A job as DescribeJobs tells it (pure)."""
    limit = (one.get("timeout") or {}).get("attemptDurationSeconds")
    started = (one.get("startedAt") or 0) / 1000
    return Job(one["jobId"], one["jobName"], one["status"], _cluster(one), started, limit)


def _cluster(one: dict[str, Any]) -> str:
    """Out of arn:…:container-instance/CLUSTER/ID; the old form of that ARN does not name the cluster."""
    tasks = (one.get("ecsProperties") or {}).get("taskProperties") or ()
    places = [place.get("containerInstanceArn") or "" for place in (one.get("container") or {}, *tasks)]
    parts = next((place for place in places if place), "").split("/")
    return parts[1] if len(parts) == 3 else ""


def on(found: Sequence[Job], clusters: Collection[str]) -> list[Job]:
    """Those that run in one of these clusters (names or ARNs), or of which that is not known (pure)."""
    names = {each.rpartition("/")[2] for each in clusters}
    return [job for job in found if not job.cluster or job.cluster in names]


def outlasting(found: Sequence[Job], minutes: int, now: float) -> list[Job]:
    """Those that may run for longer than `minutes` from `now` on (pure).

    A job's own time limit says so; of one that has none, that it has been running for longer than that already.
    """

    def left(job: Job) -> float:
        ran = max(0.0, now - job.started)  # AWS's clock and this one may differ
        return job.limit - ran if job.limit else ran

    return [job for job in found if job.started and left(job) > minutes * 60]


def terminate(cloud: Cloud, found: Sequence[Job], reason: str) -> None:
    """End them at once; one that is over already is no error to AWS Batch."""
    for job in found:
        cloud.client("batch").terminate_job(jobId=job.id, reason=reason)
