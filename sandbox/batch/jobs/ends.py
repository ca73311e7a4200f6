"""The end of a job, and what follows from it: of the jobs that depend on it, and of the array that it belongs to.

Sources: https://docs.aws.amazon.com/batch/latest/userguide/job_dependencies.html,
…/array_jobs.html. A chain of any length is followed in a loop, never by recursion.
"""

from collections import deque

from sandbox.batch.jobs import arrays, dependencies
from sandbox.batch.jobs.moves import OVER, move, tell_milliseconds
from sandbox.batch.model.job import Job
from sandbox.batch.model.records import Records


def fail(records: Records, job: Job, reason: str) -> None:
    """Let a job be FAILED, for that reason."""
    end(records, job, "FAILED", reason)


def end(records: Records, job: Job, status: str, reason: str, stopped: int | None = None) -> None:
    """End a job, as SUCCEEDED or FAILED; `stopped` is when (milliseconds), unless it is now."""
    ends = deque([(job, status, reason)])
    while ends:
        ending, status, reason = ends.popleft()
        if ending.status in OVER:
            continue
        ending.stopped = stopped if ending is job and stopped is not None else tell_milliseconds()
        ending.waits_for.clear()
        move(records, ending, status, reason)
        ends.extend(dependencies.list_ends(records, ending))
        if ending.parent:
            ends.extend(arrays.list_ends(records, ending))


def leave_submitted(records: Records, job: Job) -> None:
    """Let Batch look at a new job for the first time: it waits for others, or for a place, or has failed already."""
    if job.status != "SUBMITTED":
        return
    for ending, reason in dependencies.look_at(records, job):
        fail(records, ending, reason)
