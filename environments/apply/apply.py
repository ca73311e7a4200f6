"""Carrying a plan out: in the order that AWS needs, and so that the next run can finish what this one began.

Everything is tagged as it is made, and found again by its name and tags: nothing else is remembered between runs.
"""

from collections.abc import Sequence
from dataclasses import replace

from cloud.session import Cloud
from environments.apply import drop
from environments.kinds import order
from environments.kinds.batch import compute_environments, job_queues
from environments.kinds.batch import settling as settle
from environments.model import ownership
from environments.model.resource import Desired, Difference, Existing, Key, Kind, resolved
from environments.plan.plan import Plan
from environments.plan.steps import Step
from environments.rollout import blue_green
from environments.rollout import decision as rollout
from environments.rollout.blue_green import Turn
from environments.rollout.decision import Options
from kiln.screen import Screen


def apply(cloud: Cloud, plan: Plan, options: Options, screen: Screen) -> None:
    """Do what the plan says. At its end every compute environment and queue is VALID; else UserError says which is
    not, why, and what to do. Nothing is done where jobs hold what is to go, and nobody agreed to end them."""
    drop.refuse_jobs(plan.dropped, options)
    ids: dict[Key, str] = {step.key: step.existing.id for step in plan.steps if step.existing}
    turns: list[Turn] = []
    for kind in order.KINDS:
        if kind.KIND == compute_environments.KIND:
            with blue_green.or_back(cloud, plan.spec.name, turns):
                _carry_out_all(cloud, kind, plan, ids, options, screen, turns)
                _wait_for_environments(cloud, plan, ids, screen)
                blue_green.swap(cloud, plan.spec.name, turns)
        else:
            _carry_out_all(cloud, kind, plan, ids, options, screen, turns)
    queues = plan.of(order.BY_NAME[job_queues.KIND])
    settle.queues_valid(cloud, [step.desired.name for step in queues if _touched(step)])
    drop.queues(cloud, plan.spec.name, plan.dropped, options, screen)
    _retire(cloud, plan, (*(old for turn in turns for old in turn.olds), *plan.dropped.retiring), options, screen)
    drop.rest(cloud, plan.spec.name, plan.dropped, screen)


def _carry_out_all(
    cloud: Cloud, kind: Kind, plan: Plan, ids: dict[Key, str], options: Options, screen: Screen, turns: list[Turn]
) -> None:
    for step in plan.of(kind):
        if step.something_to_do:
            with screen.step(f"{step.desired.kind} {step.desired.name}", indent=2) as line:
                ids[step.key] = _carry_out(cloud, kind, step, ids, options)
                line.note = step.why or step.action
            if olds := _olds(step):
                turns.append(Turn(step.desired.name, ids[step.key], olds, created=step.action == "replace"))


def _olds(step: Step) -> tuple[Existing, ...]:
    """What a compute environment takes over from: its predecessor, and what earlier roll-outs left."""
    replaced = (step.existing,) if step.action == "replace" and step.existing else ()
    return (*replaced, *step.leftovers)


def _carry_out(cloud: Cloud, kind: Kind, step: Step, ids: dict[Key, str], options: Options) -> str:
    """The id of the resource afterwards."""
    desired = with_ids(step.desired, ids)
    if step.existing is None:
        return kind.create(cloud, desired)
    found, arn = step.existing, step.existing.id
    if step.action == "replace":
        return blue_green.create(cloud, desired, found)
    if step.why:
        arn = rollout.in_place(cloud, desired, found, step.changes, options)
    elif step.action == "update":
        if kind.KIND == compute_environments.KIND:
            settle.environment_at_rest(cloud, found.extra["name"])
        arn = kind.update(cloud, desired, found, _with_ids(step, desired))
    if step.joins:
        key = ownership.key(_environment(step))
        kind.tag(cloud, found, {key: step.desired.tags[key]})
    return arn


def with_ids(desired: Desired, ids: dict[Key, str]) -> Desired:
    """The same with the ids of what has been made meanwhile."""
    return replace(desired, fields=resolved(desired.fields, ids), extra=resolved(desired.extra, ids))


def _with_ids(step: Step, desired: Desired) -> list[Difference]:
    return [replace(each, after=desired.fields.get(each.field, each.after)) for each in step.changes]


def _environment(step: Step) -> str:
    return ownership.users(step.desired.tags)[0]


def _wait_for_environments(cloud: Cloud, plan: Plan, ids: dict[Key, str], screen: Screen) -> None:
    """Those that this run touched, and those that a run before left CREATING or UPDATING."""
    steps = plan.of(order.BY_NAME[compute_environments.KIND])
    names = [ids[step.key].rpartition("/")[2] for step in steps if _touched(step)]
    if not names:
        return
    with screen.step("compute environments", indent=2) as line:
        settle.environments_valid(cloud, names)
        line.note = "VALID"


def _retire(cloud: Cloud, plan: Plan, olds: Sequence[Existing], options: Options, screen: Screen) -> None:
    """Drain and delete what a successor took over from, and what is no longer in the definition."""
    queues = blue_green.own_queues(cloud, plan.spec.name) if olds else []
    for old in olds:
        with screen.step(f"{compute_environments.KIND} {old.extra['name']}", indent=2) as line:
            rollout.retire(cloud, plan.spec.name, old, queues, options, line)


def _touched(step: Step) -> bool:
    moving = step.existing is not None and step.existing.extra.get("status") in settle.MOVING
    return step.something_to_do or moving
