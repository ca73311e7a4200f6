"""Find why AWS Batch cannot update a compute environment in place (pure)."""

from dataclasses import dataclass

from environments.kinds.batch import jobs
from environments.kinds.batch.existing_environment import ExistingEnvironment
from environments.kinds.batch.jobs import Job
from environments.rollout.change import Change
from environments.rollout.options import DRAIN_MINUTES, Options
from environments.rollout.situation import Situation

# The allocation strategies with which AWS Batch replaces the machines of a compute environment in place. An allow list:
# a strategy that AWS adds later goes blue/green until somebody has read that it can be updated, and adds it here.
UPDATABLE = frozenset({
    # "Perform infrastructure updates", AWS Batch User Guide
    "BEST_FIT_PROGRESSIVE", "SPOT_CAPACITY_OPTIMIZED", "SPOT_PRICE_CAPACITY_OPTIMIZED",
    # ComputeResourceUpdate, allocationStrategy, AWS Batch API Reference, names these beside the three above
    "BEST_FIT_PROGRESSIVE_ORDERED", "SPOT_CAPACITY_OPTIMIZED_PRIORITIZED",
})  # fmt: skip
# Members of CreateComputeEnvironment that UpdateComputeEnvironment does not have, or does not change.
FIXED = ("spotIamFleetRole", "serviceRole")


@dataclass(frozen=True)
class OtherServiceRole:
    """The compute environment has a service role that is not AWS Batch's service-linked one."""


@dataclass(frozen=True)
class FixedStrategy:
    """Its allocation strategy, now or afterwards, is not one of UPDATABLE."""

    strategy: str


@dataclass(frozen=True)
class FixedField:
    """A field of FIXED differs."""

    field: str


@dataclass(frozen=True)
class LongWait:
    """--drain-timeout is longer than AWS Batch lets jobs run on during an update in place."""


@dataclass(frozen=True)
class LongJobs:
    """Jobs on its machines that may run for longer than --drain-timeout, `minutes`: an update would end them."""

    jobs: tuple[Job, ...]
    minutes: int


Obstacle = OtherServiceRole | FixedStrategy | FixedField | LongWait | LongJobs


def find_obstacle(change: Change, options: Options, situation: Situation, now: float) -> Obstacle | None:
    """Find what stands against an update in place; `now` in seconds since the epoch.

    Source: "Perform infrastructure updates", AWS Batch User Guide: an update needs the service-linked role and certain
    allocation strategies, before and after. It ends the jobs that run for longer than jobExecutionTimeoutMinutes.
    """
    desired, existing = change.desired, change.existing
    if existing.fields["serviceRole"] != "service-linked":
        return OtherServiceRole()
    for strategy in (existing.fields["allocationStrategy"], desired.fields["allocationStrategy"]):
        if strategy not in UPDATABLE:
            return FixedStrategy(strategy)
    differing = {difference.field for difference in change.differences}
    for field in FIXED:
        if field in differing:
            return FixedField(field)
    return None if options.terminate_jobs else _too_long(existing, options, situation, now)


def _too_long(existing: ExistingEnvironment, options: Options, situation: Situation, now: float) -> Obstacle | None:
    """Whether an update in place would end jobs."""
    if options.drain_minutes > DRAIN_MINUTES:
        return LongWait()
    running = jobs.on(situation.placed, [existing.cluster])
    long = jobs.outlasting(running, options.drain_minutes, now)
    return LongJobs(tuple(long), options.drain_minutes) if long else None
