"""What time does to environments and to the heads of queues, looked at before each request.

Source: https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html
"""

from sandbox.batch.compute_environments import states as environment_states
from sandbox.batch.jobs import states as job_states
from sandbox.batch.model.records import Job, Queue, Records
from sandbox.batch.placing import blocked
from sandbox.world.world import current


def settle(records: Records) -> None:
    """Move on what is due: environments to how they are, blocked heads of queues to their reason."""
    environment_states.recheck(records)
    for queue in records.queues.values():
        head = next(iter(records.runnable[queue.arn]), None)
        if head is not None:
            _look_at(records, queue, head)


def _look_at(records: Records, queue: Queue, job: Job) -> None:
    if current().clock.now() - job.since >= current().delays.batch_blocked:
        job_states.set_reason(job, blocked.find_reason(records, queue, job))
