"""The life of a job: SUBMITTED → PENDING → RUNNABLE by the clock; from there whoever places jobs takes over.

Source: https://docs.aws.amazon.com/batch/latest/userguide/job_states.html. Nothing of the sandbox places jobs by
itself: `runnable` lists what waits, `begin`, `ended` and `succeeded` are what a scheduler does to it.
"""

from sandbox.batch.model.records import Job, Records
from sandbox.world.world import current

PLACED = ("STARTING", "RUNNING")
OVER = ("SUCCEEDED", "FAILED")
WAITING = ("SUBMITTED", "PENDING", "RUNNABLE")


def tell_milliseconds() -> int:
    """Return the present time, the way that Batch writes times."""
    return int(current().clock.now() * 1000)


def move(job: Job, status: str, reason: str = "") -> None:
    """Bring a job into a status, from now on."""
    job.status, job.reason, job.since = status, reason, current().clock.now()


def list_runnable(records: Records) -> list[Job]:
    """List the jobs that wait for a place: queues by priority, highest first, and in a queue the oldest first."""
    priority = {queue.arn: queue.priority for queue in records.queues.values()}
    waiting = [job for job in records.jobs.values() if job.status == "RUNNABLE"]
    return sorted(waiting, key=lambda job: (-priority.get(job.queue, 0), job.created))


def begin(job: Job, environment_arn: str) -> None:
    """Let a job be RUNNING in that compute environment."""
    job.environment, job.started, job.stopped, job.exit_code = environment_arn, tell_milliseconds(), None, None
    move(job, "RUNNING")


def succeed(job: Job) -> None:
    """End a job whose command has ended with 0."""
    _record_attempt(job, "Essential container in task exited", 0)
    move(job, "SUCCEEDED", "Essential container in task exited")


def end(job: Job, reason: str, exit_code: int | None = None) -> None:
    """End an attempt that has failed: RUNNABLE again while there are attempts left, else FAILED.

    Source: https://docs.aws.amazon.com/batch/latest/userguide/job_retries.html
    """
    _record_attempt(job, reason, exit_code)
    attempts = int((job.fields.get("retryStrategy") or {}).get("attempts", 1))
    if len(job.attempts) < attempts and not job.terminated:
        job.started = None
        job.environment = ""
        move(job, "RUNNABLE")
    else:
        move(job, "FAILED", reason)


def fail(job: Job, reason: str) -> None:
    """Let a job be FAILED without having run (cancelled, or terminated while it waited)."""
    job.stopped = tell_milliseconds()
    move(job, "FAILED", reason)


def _record_attempt(job: Job, reason: str, exit_code: int | None) -> None:
    job.stopped, job.exit_code = tell_milliseconds(), exit_code
    container = {"exitCode": exit_code} if exit_code is not None else {"reason": reason}
    job.attempts.append(
        {"container": container, "startedAt": job.started, "stoppedAt": job.stopped, "statusReason": reason}
    )


def count_vcpus(job: Job) -> int:
    """Count the vCPUs that a job asks for."""
    asked = {
        requirement["type"]: requirement["value"] for requirement in job.fields["container"]["resourceRequirements"]
    }
    return int(asked["VCPU"])
