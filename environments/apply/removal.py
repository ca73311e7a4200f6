"""Remove what a definition no longer names: behind creates and updates, so that nothing refers to it any more.

Queues go first, and their jobs with them once a person has agreed; compute environments are drained and deleted as the
old ones of a roll-out are; then the rest. What is gone is not listed by the next run, which so goes on where this one
ended.
"""

from collections.abc import Sequence

from cloud.session import Cloud
from environments.kinds.batch import deletion, jobs
from environments.model.resource import Removal
from environments.plan.removal import Removals
from environments.rollout.options import Options
from environments.teardown.steps import Step, carry_out
from kiln import words
from kiln.errors import UserError
from kiln.screen import Screen


def refuse_jobs(removals: Removals, options: Options) -> None:
    """Raise UserError where queues that are to be deleted hold jobs, and nobody has agreed to end these."""
    if removals.jobs and not _ends(options):
        raise describe_refusal(removals)


def describe_refusal(removals: Removals) -> UserError:
    """Give the error for queues that are to be deleted and hold jobs."""
    return _refusal(removals.deleted_queues, removals.jobs)


def remove_queues(cloud: Cloud, environment: str, removals: Removals, options: Options, screen: Screen) -> None:
    """Close them to new jobs, and delete them; raises UserError for jobs that came since the plan was made."""
    unfinished = deletion.close_queues(cloud, removals.deleted_queues)
    if unfinished and not _ends(options):
        error = _refusal(removals.deleted_queues, unfinished)
        error.left = (
            f"DISABLED queues, {', '.join(removals.deleted_queues)}: no new jobs come, and the jobs in them go on"
        )
        raise error
    jobs.terminate(cloud, unfinished, "Terminated by invoke register-env: its queue is no longer in the definition")
    _carry_out(cloud, environment, removals.queues, screen)


def remove_rest(cloud: Cloud, environment: str, removals: Removals, screen: Screen) -> None:
    """Remove what is neither a queue nor a compute environment that is deleted."""
    _carry_out(cloud, environment, removals.rest, screen)


def _carry_out(cloud: Cloud, environment: str, steps: Sequence[Step], screen: Screen) -> None:
    for step in steps:
        with screen.step(f"{step.existing.kind} {step.existing.name}", indent=2) as line:
            carry_out(cloud, step, Removal(environment))
            line.note = "deleted" if step.action == "delete" else step.why


def _ends(options: Options) -> bool:
    return options.terminate_jobs or options.end_queued


def _refusal(names: Sequence[str], unfinished: Sequence[jobs.Job]) -> UserError:
    single = len(names) == 1
    return UserError(
        f"the queue{'' if single else 's'} {', '.join(names)} cannot be deleted",
        f"{'it is' if single else 'they are'} no longer in the definition, but {'holds' if single else 'hold'} "
        f"{words.count(len(unfinished), 'job')}, {unfinished[0]} first",
        "Wait until the jobs have ended, or end them with --terminate-jobs (this also ends jobs on compute "
        "environments that are replaced); or put the queue back into the definition.",
    )
