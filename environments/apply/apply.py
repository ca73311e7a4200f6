"""Carry a plan out: in the order that AWS needs, and so that the next run can finish what this one began.

Everything is tagged as it is made, and known again by its name and tags: nothing else is remembered between runs.
"""

from collections.abc import Sequence

from cloud.session import Cloud
from environments.apply import removal, resources
from environments.kinds.batch import compute_environments, job_queues, waiting
from environments.kinds.batch.existing_environment import ExistingEnvironment
from environments.kinds.order import KINDS
from environments.model.kind import AnyKind
from environments.model.resource import Key
from environments.plan.plan import Plan
from environments.plan.steps import Step
from environments.rollout import blue_green, retirement
from environments.rollout.blue_green import Turn
from environments.rollout.options import Options
from environments.rollout.situation import list_own_queues
from environments.screens.rollout import describe_decision
from kiln.screen import Screen


def apply(cloud: Cloud, plan: Plan, options: Options, screen: Screen) -> None:
    """Do what the plan says. At its end every compute environment and queue is VALID; else UserError says which is
    not, why, and what to do. Nothing is done where jobs hold what is to be removed, and nobody agreed to end them."""
    removal.refuse_jobs(plan.removals, options)
    ids: dict[Key, str] = {step.key: step.existing.id for step in plan.steps if step.existing}
    turns: list[Turn] = []
    own = list_own_queues(plan.situation.queues, plan.spec.name)
    for kind in KINDS:
        if kind is compute_environments:
            with blue_green.take_back_on_failure(cloud, plan.spec.name, turns):
                _carry_out_all(cloud, kind, plan, ids, options, screen, turns)
                _wait_for_environments(cloud, plan, ids, screen)
                blue_green.swap(cloud, blue_green.list_affected(plan.situation.queues, own, turns), turns)
        else:
            _carry_out_all(cloud, kind, plan, ids, options, screen, turns)
    queues = plan.of(job_queues)
    waiting.queues_valid(cloud, [step.desired.name for step in queues if _touched(step)])
    removal.remove_queues(cloud, plan.spec.name, plan.removals, options, screen)
    olds = (*(old for turn in turns for old in turn.olds), *plan.removals.retired)
    removed = {step.existing.name for step in plan.removals.queues}
    _retire(cloud, plan.spec.name, olds, [name for name in own if name not in removed], options, screen)
    removal.remove_rest(cloud, plan.spec.name, plan.removals, screen)


def _carry_out_all(
    cloud: Cloud, kind: AnyKind, plan: Plan, ids: dict[Key, str], options: Options, screen: Screen, turns: list[Turn]
) -> None:
    for step in plan.of(kind):
        if step.something_to_do:
            with screen.step(f"{step.desired.kind} {step.desired.name}", indent=2) as line:
                ids[step.key] = resources.carry_out(cloud, kind, step, ids, options)
                line.note = describe_decision(step.decision) or step.action
            if olds := _olds(step):
                turns.append(Turn(step.desired.name, ids[step.key], olds, created=step.action == "replace"))


def _olds(step: Step) -> tuple[ExistingEnvironment, ...]:
    """List what a compute environment takes over from: its predecessor, and what earlier roll-outs left."""
    if step.action == "replace" and isinstance(step.existing, ExistingEnvironment):
        return (step.existing, *step.leftovers)
    return step.leftovers


def _wait_for_environments(cloud: Cloud, plan: Plan, ids: dict[Key, str], screen: Screen) -> None:
    """Wait for those that this run touched, and those that an earlier run left CREATING or UPDATING."""
    steps = plan.of(compute_environments)
    names = [ids[step.key].rpartition("/")[2] for step in steps if _touched(step)]
    if not names:
        return
    with screen.step("compute environments", indent=2) as line:
        waiting.environments_valid(cloud, names)
        line.note = "VALID"


def _retire(
    cloud: Cloud,
    environment: str,
    olds: Sequence[ExistingEnvironment],
    queues: Sequence[str],
    options: Options,
    screen: Screen,
) -> None:
    """Drain and delete what a successor took over from, and what is no longer in the definition."""
    for old in olds:
        with screen.step(f"{compute_environments.KIND} {old.aws_name}", indent=2) as line:
            retirement.retire(cloud, environment, old, queues, options, line)


def _touched(step: Step) -> bool:
    return step.something_to_do or bool(step.existing and step.existing.moving)
