"""What time does to environments and jobs, looked at before each request.

Source: https://docs.aws.amazon.com/batch/latest/userguide/job_states.html,
https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html
"""

from sandbox.batch.compute_environments import states as environment_states
from sandbox.batch.jobs import states as job_states
from sandbox.batch.model.records import Job, Queue, Records
from sandbox.batch.placing import blocked
from sandbox.world.world import current


def settle(records: Records) -> None:
    """Move on what is due: environments to how they are, new jobs to where they wait, blocked heads of queues to
    their reason or their end.
    """
    environment_states.recheck(records)
    for job in records.jobs.values():
        _queue_up(records, job)
    for queue in records.queues.values():
        head = next((job for job in job_states.list_runnable(records) if job.queue == queue.arn), None)
        if head is not None:
            _look_at(records, queue, head)


def _queue_up(records: Records, job: Job) -> None:
    if job.status == "SUBMITTED" and current().clock.now() - job.since >= current().delays.batch_job:
        job_states.move(job, "PENDING")
    if job.status != "PENDING":
        return
    states = [records.jobs[dependency["jobId"]].status for dependency in job.fields["dependsOn"]]
    if "FAILED" in states:
        job_states.fail(job, "Dependent Job failed")
    elif all(state == "SUCCEEDED" for state in states):
        job_states.move(job, "RUNNABLE")


def _look_at(records: Records, queue: Queue, job: Job) -> None:
    now = current().clock.now()
    if now - job.since < current().delays.batch_blocked:
        return
    reason = blocked.find_reason(records, queue, job)
    if reason != job.reason:
        job.reason, job.blocked = reason, now
    for action in queue.limits:
        if reason.startswith(action["reason"]) and now - job.blocked >= action["maxTimeSeconds"]:
            job.cancelled = True
            job_states.fail(job, f"Canceled by JobStateTimeLimit action due to reason: {action['reason']}")
            return
