"""The heads of queues: the first RUNNABLE job of each says, after a while, why it cannot be placed.

Source: https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html ("a RUNNABLE job at the head and
blocking the queue"). What stands behind it has no reason.
"""

from sandbox.batch.jobs import states
from sandbox.batch.model.records import Queue, Records
from sandbox.batch.placing import blocked
from sandbox.world.world import current


def explain(records: Records, queue: Queue) -> float | None:
    """Set or take back the reason of a queue's head; when it must be looked at next (seconds), None without a head."""
    head = next(iter(records.runnable[queue.arn]), None)
    before = records.jobs.get(records.fleet.blocked.get(queue.arn, ""))
    if before is not None and before is not head:
        states.set_reason(before, "")
        del records.fleet.blocked[queue.arn]
    if head is None:
        return None
    delays, now = current().delays, current().clock.now()
    if now < head.since + delays.batch_blocked:
        return head.since + delays.batch_blocked
    states.set_reason(head, blocked.find_reason(records, queue, head))
    records.fleet.blocked[queue.arn] = head.id
    return now + delays.batch_recheck
