"""What a person may choose about running jobs when compute environments are replaced."""

from dataclasses import dataclass

from kiln.errors import UserError

# UpdatePolicy.jobExecutionTimeoutMinutes, AWS Batch API Reference: at most. AWS's own default of 30 kills longer jobs.
DRAIN_MINUTES = 7200


@dataclass(frozen=True)
class Options:
    """`drain_minutes` is how long running jobs may go on; `terminate_jobs` ends them at once.

    `end_queued` ends the jobs of queues that are no longer in the definition, as `terminate_jobs` does too.
    """

    drain_minutes: int = DRAIN_MINUTES
    terminate_jobs: bool = False
    end_queued: bool = False


def check_options(drain_minutes: int, *, terminate_jobs: bool) -> Options:
    """Check the options that a person gives; raises UserError for less than a minute."""
    if drain_minutes < 1:
        raise UserError(f"--drain-timeout {drain_minutes} is too short", "it is a number of minutes, 1 at least")
    return Options(drain_minutes, terminate_jobs)
