"""A job's way from one status to the next, and the lists that go with it.

Source: https://docs.aws.amazon.com/batch/latest/userguide/job_states.html
"""

from sandbox.batch.model.job import Job
from sandbox.batch.model.records import Records
from sandbox.batch.model.waking import wake
from sandbox.world.world import current

WAITING = ("SUBMITTED", "PENDING", "RUNNABLE")
PLACED = ("STARTING", "RUNNING")
OVER = ("SUCCEEDED", "FAILED")
STATUSES = (*WAITING, *PLACED, *OVER)


def tell_milliseconds() -> int:
    """Return the present time, the way that Batch writes times."""
    return int(current().clock.now() * 1000)


def add(records: Records, job: Job) -> None:
    """Remember a new job."""
    records.jobs[job.id] = job
    _list(records, job)


def move(records: Records, job: Job, status: str, reason: str = "") -> None:
    """Bring a job into a status, from now on; whoever places jobs is told of a RUNNABLE job, of a freed place, and of a
    job that holds up others no longer.
    """
    frees = job.status == "RUNNABLE" or (job.status in PLACED and status not in PLACED)
    _unlist(records, job)
    job.status, job.reason, job.since, job.blocked = status, reason, current().clock.now(), 0.0
    _list(records, job)
    if job.parent:
        records.jobs[job.parent].summed_up = tell_milliseconds()
    if frees or status == "RUNNABLE":
        wake(records)


def list_by_status(records: Records, owner: str, status: str) -> list[Job]:
    """List the jobs of a queue (its ARN), or the children of an array (its id), that are in a status, newest first."""
    return sorted(records.listed[owner, status].values(), key=lambda job: job.turn, reverse=True)


def list_all(records: Records, owner: str) -> list[Job]:
    """List the same, whatever their status."""
    jobs = [job for status in STATUSES for job in records.listed[owner, status].values()]
    return sorted(jobs, key=lambda job: job.turn, reverse=True)


def _list(records: Records, job: Job) -> None:
    records.listed[job.owner, job.status][job.id] = job
    if job.status == "RUNNABLE":
        records.runnable[job.queue].add(job)
    elif job.status in PLACED:
        records.placed[job.environment][job.id] = job


def _unlist(records: Records, job: Job) -> None:
    records.listed[job.owner, job.status].pop(job.id, None)
    records.runnable[job.queue].remove(job)
    if job.status in PLACED:
        records.placed[job.environment].pop(job.id, None)
