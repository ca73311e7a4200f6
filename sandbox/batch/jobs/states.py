"""Why the first of a queue stays where it is, as the scheduler says."""

from sandbox.batch.jobs import limits
from sandbox.batch.model import records
from sandbox.batch.model.job import Job
from sandbox.world.world import current


def set_reason(job: Job, reason: str) -> None:
    """Say why a RUNNABLE job cannot be placed ("" when there is no reason any more); the queue's time limits count from
    the first time that a reason of the same code is given.
    """
    if job.status != "RUNNABLE" or reason == job.reason:
        return
    same = reason.partition(" - ")[0] == job.reason.partition(" - ")[0]
    job.reason = reason
    if not same:
        job.blocked = current().clock.now()
    if reason and not same:
        limits.watch(records.of(job.arn.split(":")[3]), job)
