"""Which machines a run should have: a workload type for what is usual, and an excess type for what overflows (pure).

The 2019 guide's rule is a task to a machine, in environments of a single type. Where several tasks on a larger machine
are cheaper, that is told beside it.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nextflow.sizing.asks import Ask
from nextflow.sizing.usage import Usage

HOUR = 3600.0
EXCESS = 2  # times the workload type's vCPUs


@dataclass(frozen=True)
class Machine:
    """An instance type: `memory` is the MiB that it registers; prices are US dollars an hour, None: unknown."""

    name: str
    vcpus: int
    memory: int
    is_measured: bool
    price: float | None
    spot_price: float | None = None

    @property
    def family(self) -> str:
        return self.name.partition(".")[0]

    def holds(self, cpus: int, memory: int) -> int:
        """Return how many tasks of that size (MiB) it can run at once."""
        return min(self.vcpus // max(cpus, 1), self.memory // max(memory, 1))


@dataclass(frozen=True)
class Pair:
    """The types of the two queues; `excess` is None where nothing larger is offered."""

    workload: Machine
    excess: Machine | None

    def count_machines(self, max_vcpus: int) -> int:
        return max_vcpus // self.workload.vcpus


@dataclass(frozen=True)
class Need:
    """What the largest ask of the processes needs; `processes` are those that name it."""

    cpus: int
    memory: int


def find_need(asks: Iterable[Ask]) -> Need:
    """Return the CPUs and MiB that hold every process; what is unknown asks for AWS Batch's and Nextflow's least."""
    known = list(asks)
    return Need(max((ask.cpus or 1 for ask in known), default=1), max((ask.memory or 1 for ask in known), default=1))


def list_too_large(asks: Iterable[Ask], machines: Sequence[Machine]) -> list[Ask]:
    """List the processes that no machine holds."""
    return [ask for ask in asks if not any(machine.holds(ask.cpus or 1, ask.memory or 1) for machine in machines)]


def choose_pair(need: Need, machines: Sequence[Machine]) -> Pair | None:
    """Choose the cheapest type that holds the need, and the next of its family with twice as much; None: none holds it.

    Of equal prices the smaller counts, then the name.
    """
    fitting = [machine for machine in machines if machine.holds(need.cpus, need.memory)]
    if not fitting:
        return None
    workload = min(fitting, key=_rank)
    larger = [machine for machine in machines if machine.vcpus >= EXCESS * workload.vcpus
              and machine.memory > workload.memory]  # fmt: skip
    own = [machine for machine in larger if machine.family == workload.family]
    return Pair(workload, min(own or larger, key=_rank, default=None))


def _rank(machine: Machine) -> tuple[float, int, int, str]:
    return (math.inf if machine.price is None else machine.price, machine.vcpus, machine.memory, machine.name)


@dataclass(frozen=True)
class Cost:
    """US dollars for the whole run on one type; None where a price is unknown."""

    machine: Machine
    on_demand: float | None
    spot: float | None


def price_alone(usages: Sequence[Usage], pair: Pair) -> Cost:
    """Price a task to a machine: what does not fit the workload type runs on the excess type."""
    hours = [(usage.seconds / HOUR, _place(usage, pair)) for usage in usages]
    lost = find_share_lost(usages)
    on_demand = _sum([None if machine.price is None else time * machine.price for time, machine in hours])
    spot = _sum([None if machine.spot_price is None else time * machine.spot_price for time, machine in hours])
    return Cost(pair.workload, on_demand, None if spot is None else spot * (1 + lost))


def price_packed(usages: Sequence[Usage], asks: Sequence[Ask], machines: Sequence[Machine]) -> Cost | None:
    """Price several tasks to a machine on the type where that costs least; None where no type holds every process."""
    need, lost = find_need(asks), find_share_lost(usages)
    costs = []
    for machine in machines:
        if machine.holds(need.cpus, need.memory) and machine.price is not None:
            hours = sum(
                usage.seconds / HOUR / machine.holds(ask.cpus or 1, ask.memory or 1)
                for usage, ask in zip(usages, asks, strict=True)
            )
            spot = None if machine.spot_price is None else hours * machine.spot_price * (1 + lost)
            costs.append(Cost(machine, hours * machine.price, spot))
    return min(costs, key=lambda cost: (cost.on_demand or 0.0, _rank(cost.machine)), default=None)


def find_share_lost(usages: Iterable[Usage]) -> float:
    """Return the time that attempts which came to nothing took, as a share of those that counted."""
    known = list(usages)
    seconds = sum(usage.seconds for usage in known)
    return sum(usage.seconds_lost for usage in known) / seconds if seconds else 0.0


def count_overflow(usages: Iterable[Usage], pair: Pair) -> int:
    """Count the tasks whose peak is more than the workload type registers."""
    limit = pair.workload.memory * 1024 * 1024
    return sum(sum(1 for peak in usage.memory.values if peak > limit) for usage in usages)


def _place(usage: Usage, pair: Pair) -> Machine:
    fits = not usage.memory or usage.memory.largest <= pair.workload.memory * 1024 * 1024
    return pair.workload if fits or pair.excess is None else pair.excess


def _sum(amounts: Sequence[float | None]) -> float | None:
    known = [amount for amount in amounts if amount is not None]
    return math.fsum(known) if len(known) == len(amounts) else None
