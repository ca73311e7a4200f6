"""What a run costs on machines: a task to a machine, and several where that is cheaper (pure).

Only the time that tasks run is counted: machines start, and wait for work, in time of their own.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from nextflow.sizing.asks import MIB, Ask
from nextflow.sizing.machines import Machine, Pair, find_need, rank
from nextflow.sizing.usage import Usage

HOUR = 3600.0
TOGETHER = 16  # tasks on a machine at the most: a full disk, or Spot that takes the machine, ends all of them


@dataclass(frozen=True)
class Cost:
    """US dollars for the run on machines of a type, None where a price is unknown.

    `lost` and `lost_on_spot` are the shares of that for attempts that came to nothing. `overflow` is how many tasks run
    a second time, on the excess type. `tasks` is how many tasks a machine runs at once, of the process
    of which it runs the most.
    """

    machine: Machine
    on_demand: float | None
    spot: float | None
    lost: float
    lost_on_spot: float
    overflow: int
    hours: float
    tasks: int = 1


def price_alone(usages: Sequence[Usage], asks: Sequence[Ask], pair: Pair) -> Cost:
    """Price a task to a machine: what needs more than the workload type registers runs again on the excess type."""
    limits = [pair.workload.memory] * len(usages)
    return _price(usages, asks, limits, [1] * len(usages), pair.workload, pair.excess)


def price_packed(
    usages: Sequence[Usage], asks: Sequence[Ask], machines: Sequence[Machine], pair: Pair, max_vcpus: int, runs: int = 1
) -> Cost | None:  # fmt: skip
    """Price several tasks to a machine, on the type where that costs least, for so many runs.

    None where no price is known of a type that `max_vcpus` leaves room for.
    """
    need = find_need(asks)
    limits = [ask.memory or pair.workload.memory for ask in asks]
    costs = [
        _price(usages, asks, limits, count_together(machine, usages, asks, runs), machine, machine)
        for machine in machines
        if machine.price is not None and machine.vcpus <= max_vcpus and machine.holds(need.cpus, need.memory)
    ]
    return min(costs, key=lambda cost: (round(cost.on_demand or 0.0, 4), rank(cost.machine)), default=None)


def count_together(machine: Machine, usages: Sequence[Usage], asks: Sequence[Ask], runs: int = 1) -> list[int]:
    """Count how many tasks of the processes a machine runs at once: no more than one of so many runs has."""
    return [
        max(1, min(machine.holds(ask.cpus or 1, ask.memory or 1), TOGETHER, math.ceil(usage.tasks / runs)))
        for usage, ask in zip(usages, asks, strict=True)
    ]


def _price(
    usages: Sequence[Usage],
    asks: Sequence[Ask],
    limits: Sequence[int],
    shares: Sequence[int],
    machine: Machine,
    excess: Machine | None,
) -> Cost:
    """`limits` are the MiB that the processes' tasks have at first; `shares` how many of them a machine holds."""
    useful, again, wasted, lost, overflow = 0.0, 0.0, 0.0, 0.0, 0
    for usage, limit, share in zip(usages, limits, shares, strict=True):
        above = usage.memory.count_above(limit * MIB)
        overflow += above
        mean = usage.time.mean if usage.time else 0.0
        useful += (usage.seconds - above * mean) / HOUR / share
        again += above * mean / HOUR
        wasted += (above * mean + usage.seconds_wasted) / HOUR / share
        lost += usage.seconds_lost / HOUR / share
    larger = excess or machine
    price = [_multiply(useful, machine.price), _multiply(again, larger.price), _multiply(wasted, machine.price)]
    spot = [_multiply(useful, machine.spot_price), _multiply(again, larger.spot_price),
            _multiply(wasted + lost, machine.spot_price)]  # fmt: skip
    done = useful + again
    return Cost(
        machine, _add(price), _add(spot), _share(wasted, done), _share(wasted + lost, done), overflow,
        done + wasted, max(shares, default=1),
    )  # fmt: skip


def _multiply(hours: float, price: float | None) -> float | None:
    return None if price is None else hours * price


def _add(amounts: Sequence[float | None]) -> float | None:
    known = [amount for amount in amounts if amount is not None]
    return math.fsum(known) if len(known) == len(amounts) else None


def _share(lost: float, done: float) -> float:
    return lost / (lost + done) if lost + done else 0.0
