"""What an infrastructure update does to the jobs that run in an environment.

Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_UpdatePolicy.html (terminateJobsOnUpdate,
jobExecutionTimeoutMinutes: 30 unless set) and
https://docs.aws.amazon.com/batch/latest/userguide/infrastructure-updates.html ("jobs that exceed the timeout … are
terminated"; a job with attempts left is tried again).
"""

from sandbox.batch import job_states
from sandbox.batch.records import Environment, Job, Records
from sandbox.world import current

REASON = "Host EC2 terminated by an infrastructure update of its compute environment."


def end_jobs(records: Records, environment: Environment) -> None:
    """End what runs there: now, or when the policy's time is up."""
    policy = environment.update_policy or {}
    running = [each for each in records.jobs.values() if _runs_there(each, environment)]
    if not running:
        return
    if policy.get("terminateJobsOnUpdate"):
        _end(running)
    else:
        seconds = 60.0 * policy.get("jobExecutionTimeoutMinutes", 30)
        begun = [(each, each.started) for each in running]
        current().later(seconds, lambda: _end([job for job, started in begun if job.started == started]))


def _runs_there(job: Job, environment: Environment) -> bool:
    return job.status in job_states.PLACED and job.environment == environment.arn


def _end(jobs: list[Job]) -> None:
    for job in jobs:
        if job.status in job_states.PLACED:
            job_states.ended(job, REASON)
