"""What is to be done for one resource (pure)."""

from dataclasses import dataclass
from typing import Literal

from environments.kinds.batch.compute_request import DesiredEnvironment
from environments.kinds.batch.existing_environment import ExistingEnvironment
from environments.model.resource import Desired, Difference, Existing, Key
from environments.plan.comparison import Comparison
from environments.rollout.change import Change
from environments.rollout.decision import BlueGreen, Decision, decide
from environments.rollout.options import Options
from environments.rollout.situation import Situation, refuse_strangers

Action = Literal["create", "update", "replace", "unchanged", "foreign"]


@dataclass(frozen=True)
class Step:
    """One resource: as the definition asks for it, as AWS has it (None: nothing), and what is to be done.

    `foreign` is not Kiln's: used as it is, whatever differs. `joins`: it gets this environment's tag. `decision` says
    how a compute environment is rolled out; None where that touches no machine. `leftovers` are others of the same
    definition, left by an earlier roll-out.
    """

    action: Action
    desired: Desired
    existing: Existing | None = None
    changes: tuple[Difference, ...] = ()
    joins: bool = False
    decision: Decision | None = None
    leftovers: tuple[ExistingEnvironment, ...] = ()

    @property
    def something_to_do(self) -> bool:
        return self.action not in ("unchanged", "foreign") or self.joins or bool(self.leftovers)

    @property
    def key(self) -> Key:
        return self.desired.key


def plan_step(compared: Comparison, options: Options, situation: Situation, now: float) -> Step:
    """Decide what is to be done for one resource; `now` in seconds since the epoch.

    Raises UserError where somebody else's queue holds on to a compute environment that is to go.
    """
    for leftover in compared.leftovers:
        refuse_strangers(situation.queues, situation.environment, leftover)
    decision = None
    desired, existing = compared.desired, compared.existing
    if compared.needs_rollout and isinstance(desired, DesiredEnvironment) and isinstance(existing, ExistingEnvironment):
        decision = decide(Change(desired, existing, compared.changes), options, situation, now)
    return Step(
        _action(compared, decision), compared.desired, compared.existing, compared.changes,
        joins=compared.joins, decision=decision, leftovers=compared.leftovers,
    )  # fmt: skip


def _action(compared: Comparison, decision: Decision | None) -> Action:
    if compared.existing is None:
        return "create"
    if compared.foreign:
        return "foreign"
    if isinstance(decision, BlueGreen):
        return "replace"
    return "update" if compared.changes else "unchanged"
