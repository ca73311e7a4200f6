"""Taking away what a definition no longer names: behind creates and updates, so that nothing refers to it any more.

Queues go first, and their jobs with them once a person has agreed; compute environments are drained and deleted as the
old ones of a roll-out are; then the rest. What is gone is not found by the next run, which so goes on where this one
ended.
"""

from collections.abc import Sequence

from cloud.session import Cloud
from environments.kinds import order
from environments.kinds.batch import jobs, removal
from environments.plan.dropped import Dropped
from environments.rollout.decision import Options
from environments.teardown import leaving
from environments.teardown.leaving import Step
from kiln import words
from kiln.errors import UserError
from kiln.screen import Screen


def refuse_jobs(dropped: Dropped, options: Options) -> None:
    """Raises UserError where queues that are to go hold jobs, and nobody has agreed to end these."""
    if dropped.jobs and not _ends(options):
        raise held(dropped)


def held(dropped: Dropped) -> UserError:
    """What is said of queues that are to go and hold jobs."""
    return _held(dropped.going, dropped.jobs)


def queues(cloud: Cloud, environment: str, dropped: Dropped, options: Options, screen: Screen) -> None:
    """Close them to new jobs, and take them away; raises UserError for jobs that came since the plan was made."""
    found = removal.closed(cloud, dropped.going)
    if found and not _ends(options):
        error = _held(dropped.going, found)
        error.left = f"{', '.join(dropped.going)} DISABLED: no new jobs, and those they hold go on"
        raise error
    jobs.terminate(cloud, found, "Terminated by invoke register-env: its queue is no longer in the definition")
    _carry_out(cloud, environment, dropped.queues, screen)


def rest(cloud: Cloud, environment: str, dropped: Dropped, screen: Screen) -> None:
    """What is neither a queue nor a compute environment that is retired."""
    _carry_out(cloud, environment, dropped.rest, screen)


def _carry_out(cloud: Cloud, environment: str, steps: Sequence[Step], screen: Screen) -> None:
    for step in steps:
        with screen.step(f"{step.existing.kind} {step.existing.name}", indent=2) as line:
            leaving.carry_out(cloud, order.BY_NAME[step.existing.kind], step, environment)
            line.note = "deleted" if step.action == "delete" else step.why


def _ends(options: Options) -> bool:
    return options.terminate_jobs or options.end_queued


def _held(names: Sequence[str], found: Sequence[jobs.Job]) -> UserError:
    one = len(names) == 1
    return UserError(
        f"the queue{'' if one else 's'} {', '.join(names)} cannot go",
        f"{'it is' if one else 'they are'} no longer in the definition, but {'holds' if one else 'hold'} "
        f"{words.count(len(found), 'job')}, {found[0]} first",
        "Wait until they are over, or end them with --terminate-jobs (jobs on what is replaced end too); or put the "
        "queue back into the definition.",
    )
