"""What is to be done for one resource: what is wanted beside what is there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from cloud.session import Cloud
from environments.kinds import order
from environments.kinds.batch import compute_environments
from environments.kinds.ec2 import launch_templates as templates
from environments.model import ownership
from environments.model.resource import Desired, Difference, Existing, Key
from environments.rollout import blue_green
from environments.rollout import decision as rollout
from environments.rollout.decision import Options
from kiln.errors import UserError

Action = Literal["create", "update", "replace", "unchanged", "foreign"]


@dataclass(frozen=True)
class Step:
    """One resource: what is wanted, what is there (None: nothing), and what is to be done.

    `foreign` is not Kiln's: used as it is, whatever differs. `joins`: it gets this environment's tag. `why` says why a
    compute environment is updated or replaced as it is; `leftovers` are others of one definition, left by a roll-out.
    """

    action: Action
    desired: Desired
    existing: Existing | None = None
    changes: tuple[Difference, ...] = ()
    joins: bool = False
    why: str = ""
    leftovers: tuple[Existing, ...] = ()

    @property
    def something_to_do(self) -> bool:
        return self.action not in ("unchanged", "foreign") or self.joins or bool(self.leftovers)

    @property
    def key(self) -> Key:
        return self.desired.kind, self.desired.name


def step(desired: Desired, existing: Existing | None, environment: str) -> Step:
    """What is to be done for one resource (pure); raises UserError where nothing can be."""
    kind = order.BY_NAME[desired.kind]
    if existing is None:
        if desired.foreign:
            raise UserError(
                f"there is no {desired.kind} {desired.name}",
                f"{environment} uses it as something that exists already",
                "Make it, or let Kiln make it: see environments/reference.yaml.",
            )
        return Step("create", desired)
    changes = tuple(kind.diff(desired, existing))
    if not desired.tags and not desired.foreign:
        return Step("unchanged", desired, existing)
    if desired.foreign or not _is_kilns(desired, existing):
        return Step("foreign", desired, existing, changes)
    users = ownership.users(existing.tags)
    if desired.exclusive and users and environment not in users:
        raise UserError(
            f"the {desired.kind} {desired.name} belongs to the environment {', '.join(users)}",
            f"{environment} would change it",
            "Give it another name in one of the two definitions, or use another region.",
        )
    joins = ownership.key(environment) not in existing.tags
    if desired.kind == compute_environments.KIND:
        return replace(_compute(desired, existing, changes), joins=joins)
    return Step("update" if changes else "unchanged", desired, existing, changes, joins=joins)


def _is_kilns(desired: Desired, existing: Existing) -> bool:
    if desired.kind == templates.KIND:
        return templates.is_kilns(desired.extra["plan"].found)
    return bool(ownership.users(existing.tags))


def _compute(desired: Desired, existing: Existing, changes: tuple[Difference, ...]) -> Step:
    """In place where AWS Batch can, and by another beside it where it cannot."""
    leftovers = tuple(existing.extra["others"])
    simple = {*compute_environments.SCALING, compute_environments.MEMORY, compute_environments.STATUS}
    if all(change.field in simple for change in changes):
        return Step("update" if changes else "unchanged", desired, existing, changes, leftovers=leftovers)
    decision = rollout.decide(desired, existing, changes)
    action: Action = "update" if decision.way == "in place" else "replace"
    return Step(action, desired, existing, changes, why=f"{decision.way}: {decision.why}", leftovers=leftovers)


def rolled_out(cloud: Cloud, environment: str, steps: Sequence[Step], options: Options) -> tuple[Step, ...]:
    """The roll-outs among the steps, decided with an eye on the queues and on the jobs that run now."""
    if not any(step.why or step.leftovers for step in steps):
        return tuple(steps)
    standing = blue_green.look(cloud, environment)
    return tuple(_rolled(step, environment, standing, options) for step in steps)


def _rolled(step: Step, environment: str, standing: blue_green.Standing, options: Options) -> Step:
    for old in step.leftovers:
        blue_green.refuse_strangers(standing.queues, environment, old)
    if not step.why or step.existing is None:
        return step
    now = datetime.now(UTC).timestamp()
    decision = rollout.decide(step.desired, step.existing, step.changes, options, standing.placed, now)
    why = f"{decision.way}: {decision.why}"
    if decision.way == "in place":
        return replace(step, why=why)
    blue_green.refuse_strangers(standing.queues, environment, step.existing)
    told = blue_green.told(step.desired, step.existing, standing)
    return replace(step, action="replace", why=f"{why}; {told}")
