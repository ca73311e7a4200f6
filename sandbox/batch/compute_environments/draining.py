"""What an infrastructure update, or its end, does to the machines of an environment, and so to the jobs on them.

Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_UpdatePolicy.html (terminateJobsOnUpdate,
jobExecutionTimeoutMinutes: 30 unless set) and
https://docs.aws.amazon.com/batch/latest/userguide/infrastructure-updates.html ("jobs that exceed the timeout … are
terminated"; a job with attempts left is tried again). An environment's instances go with it, and their jobs too:
https://docs.aws.amazon.com/batch/latest/userguide/job_states.html
"""

from sandbox.batch.machines import ending
from sandbox.batch.model.records import Environment, Records
from sandbox.world.world import current


def end_all(records: Records, environment: Environment) -> None:
    """End the machines of a compute environment now."""
    ending.end(records, environment, records.fleet.list_of(environment.arn))


def end_updated(records: Records, environment: Environment) -> None:
    """Replace the machines of a compute environment: idle ones at once, those with jobs when these have ended; at the
    latest now, or when the policy's time is up.
    """
    policy = environment.update_policy or {}
    replaced = ending.replace(records, environment)
    if policy.get("terminateJobsOnUpdate"):
        ending.end(records, environment, replaced)
    elif replaced:
        seconds = 60.0 * policy.get("jobExecutionTimeoutMinutes", 30)
        names = {machine.id for machine in replaced}
        current().later(seconds, lambda: _end_named(records, environment, names))


def _end_named(records: Records, environment: Environment, names: set[str]) -> None:
    left = [machine for machine in records.fleet.list_of(environment.arn) if machine.id in names]
    ending.end(records, environment, left)
