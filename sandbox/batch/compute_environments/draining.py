"""What an infrastructure update, or its end, does to the jobs that run in an environment.

Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_UpdatePolicy.html (terminateJobsOnUpdate,
jobExecutionTimeoutMinutes: 30 unless set) and
https://docs.aws.amazon.com/batch/latest/userguide/infrastructure-updates.html ("jobs that exceed the timeout … are
terminated"; a job with attempts left is tried again). An environment's instances go with it, and their jobs too:
https://docs.aws.amazon.com/batch/latest/userguide/job_states.html
"""

from sandbox.batch.jobs import attempts
from sandbox.batch.jobs.endings import Ending
from sandbox.batch.model.records import Environment, Job, Records
from sandbox.world.world import current

UPDATED = "Host EC2 terminated by an infrastructure update of its compute environment."
DELETED = "Host EC2 terminated with its compute environment."


def end_all(records: Records, environment: Environment) -> None:
    """End the jobs that run in a compute environment now."""
    _end(records, _list_running(records, environment), DELETED)


def end_updated(records: Records, environment: Environment) -> None:
    """End the jobs that run in a compute environment: now, or when the policy's time is up."""
    policy = environment.update_policy or {}
    running = _list_running(records, environment)
    if not running:
        return
    if policy.get("terminateJobsOnUpdate"):
        _end(records, running, UPDATED)
    else:
        seconds = 60.0 * policy.get("jobExecutionTimeoutMinutes", 30)
        begun = [(job, job.attempt) for job in running]
        current().later(
            seconds, lambda: _end(records, [job for job, attempt in begun if job.attempt is attempt], UPDATED)
        )


def _list_running(records: Records, environment: Environment) -> list[Job]:
    return list(records.placed[environment.arn].values())


def _end(records: Records, jobs: list[Job], reason: str) -> None:
    for job in jobs:
        attempts.finish(records, job, Ending(reason))
