"""Which machines an environment has no use for any more, and until when the others are kept (pure).

A machine goes when it has been idle for a while and the rest still has minvCpus. With minScaleDownDelayMinutes it stays
that long behind the end of its last job; the delay is not for a machine that has had no job yet, nor for those that an
infrastructure update replaces. Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_ComputeScalingPolicy.html
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Idle:
    """A machine without jobs since `since` (seconds since the epoch), or with some (None).

    `has_run`: it has had a job. `is_replaced`: an infrastructure update replaces it. `is_needed`: a job waits for it.
    """

    id: str
    vcpus: int
    since: float | None
    has_run: bool = False
    is_replaced: bool = False
    is_needed: bool = False


@dataclass(frozen=True)
class Surplus:
    """`next_at` is when there may be more to end (seconds since the epoch); None when time alone changes nothing."""

    ended: tuple[str, ...] = ()
    next_at: float | None = None


def find_surplus(machines: Iterable[Idle], floor: int, now: float, idle: float, kept: float) -> Surplus:
    """Find what to end: `floor` are the vCPUs that stay, `idle` and `kept` the seconds that a machine is waited for,
    `kept` being minScaleDownDelayMinutes or 0.
    """
    machines = tuple(machines)
    ended = [machine.id for machine in machines if machine.is_replaced and machine.since is not None]
    left = sum(machine.vcpus for machine in machines if not machine.is_replaced)
    next_at: list[float] = []
    for machine in sorted(machines, key=lambda machine: machine.since or 0.0):
        if machine.is_replaced or machine.since is None or machine.is_needed or left - machine.vcpus < floor:
            continue
        until = machine.since + (max(idle, kept) if machine.has_run else idle)
        if until <= now:
            ended.append(machine.id)
            left -= machine.vcpus
        else:
            next_at.append(until)
    return Surplus(tuple(ended), min(next_at, default=None))
