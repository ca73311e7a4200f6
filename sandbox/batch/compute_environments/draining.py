"""What an infrastructure update, or its end, does to the jobs that run in an environment.

Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_UpdatePolicy.html (terminateJobsOnUpdate,
jobExecutionTimeoutMinutes: 30 unless set) and
https://docs.aws.amazon.com/batch/latest/userguide/infrastructure-updates.html ("jobs that exceed the timeout … are
terminated"; a job with attempts left is tried again). An environment's instances go with it, and their jobs too:
https://docs.aws.amazon.com/batch/latest/userguide/job_states.html
"""

from sandbox.batch.jobs import states
from sandbox.batch.model.records import Environment, Job, Records
from sandbox.world.world import current

UPDATED = "Host EC2 terminated by an infrastructure update of its compute environment."
DELETED = "Host EC2 terminated with its compute environment."


def end_all(records: Records, environment: Environment) -> None:
    """End the jobs that run in a compute environment now."""
    _end([job for job in records.jobs.values() if _runs_there(job, environment)], DELETED)


def end_updated(records: Records, environment: Environment) -> None:
    """End the jobs that run in a compute environment: now, or when the policy's time is up."""
    policy = environment.update_policy or {}
    running = [job for job in records.jobs.values() if _runs_there(job, environment)]
    if not running:
        return
    if policy.get("terminateJobsOnUpdate"):
        _end(running, UPDATED)
    else:
        seconds = 60.0 * policy.get("jobExecutionTimeoutMinutes", 30)
        begun = [(job, job.started) for job in running]
        current().later(seconds, lambda: _end([job for job, started in begun if job.started == started], UPDATED))


def _runs_there(job: Job, environment: Environment) -> bool:
    return job.status in states.PLACED and job.environment == environment.arn


def _end(jobs: list[Job], reason: str) -> None:
    for job in jobs:
        if job.status in states.PLACED:
            states.end(job, reason)
