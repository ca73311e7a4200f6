"""What Batch's other rooms ask of jobs: which wait, how they move, why the first of a queue stays where it is."""

from sandbox.batch.jobs import limits
from sandbox.batch.jobs.ends import end, fail
from sandbox.batch.jobs.moves import OVER, PLACED, WAITING, list_all, list_runnable, move, tell_milliseconds
from sandbox.batch.model import records
from sandbox.batch.model.job import Job
from sandbox.world.world import current

__all__ = [
    "OVER", "PLACED", "WAITING", "count_vcpus", "end", "fail", "list_all", "list_runnable", "move", "set_reason",
    "tell_milliseconds",
]  # fmt: skip


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


def count_vcpus(job: Job) -> int:
    """Count the vCPUs that a job asks for."""
    asked = {
        requirement["type"]: requirement["value"] for requirement in job.fields["container"]["resourceRequirements"]
    }
    return int(asked["VCPU"])
