"""A queue's time limits for jobs that stand at its head for a known reason.

Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_JobStateTimeLimitAction.html; the reason in the words
of https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html
"""

from functools import partial

from sandbox.batch.jobs import ends
from sandbox.batch.model.job import Job
from sandbox.batch.model.records import Queue, Records
from sandbox.world.world import current


def watch(records: Records, job: Job) -> None:
    """See to it that a job whose reason has just been set is cancelled in time, where its queue says so."""
    queue = records.find_queue(job.queue)
    for action in queue.limits if queue is not None else ():
        if job.reason.startswith(action["reason"]):
            left = max(0.0, job.blocked + action["maxTimeSeconds"] - current().clock.now())
            current().later(left, partial(_act, records, job, job.blocked))


def watch_all(records: Records, queue: Queue) -> None:
    """Do the same for all that wait in a queue whose limits have changed."""
    for job in records.runnable[queue.arn]:
        if job.reason:
            watch(records, job)


def _act(records: Records, job: Job, blocked: float) -> None:
    """Cancel a job that has kept its reason since then, if the queue still says so."""
    queue, now = records.find_queue(job.queue), current().clock.now()
    if queue is None or job.status != "RUNNABLE" or job.blocked != blocked:
        return
    for action in queue.limits:
        if job.reason.startswith(action["reason"]) and now - blocked >= action["maxTimeSeconds"]:
            job.cancelled = True
            ends.fail(records, job, f"Canceled by JobStateTimeLimit action due to reason: {action['reason']}")
            return
