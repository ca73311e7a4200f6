"""Which machines a run should have: a workload type for what is usual, and an excess type for what overflows (pure).

The 2019 guide's rule is a task to a machine, in environments of a single type.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nextflow.sizing.asks import Ask

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
    gpus: int = 0

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
    """The CPUs and MiB that hold every process; `by` are the processes that need the most of either."""

    cpus: int
    memory: int
    by: tuple[str, ...] = ()


def find_need(asks: Iterable[Ask]) -> Need:
    """Return what holds every process; what is unknown asks for AWS Batch's and Nextflow's least."""
    known = list(asks)
    cpus = max((ask.cpus or 1 for ask in known), default=1)
    memory = max((ask.memory or 1 for ask in known), default=1)
    by = tuple(ask.process for ask in known if ask.cpus == cpus or ask.memory == memory)
    return Need(cpus, memory, by)


def list_too_large(asks: Iterable[Ask], machines: Sequence[Machine]) -> list[Ask]:
    """List the processes that no machine holds."""
    return [ask for ask in asks if not any(machine.holds(ask.cpus or 1, ask.memory or 1) for machine in machines)]


def choose_pair(
    need: Need, machines: Sequence[Machine], most: int = 0, max_vcpus: float = math.inf
) -> Pair | None:  # fmt: skip
    """Choose the cheapest type that holds the need, and a larger one of its family; None: none holds it.

    The larger has twice as many vCPUs at least, and `most` MiB (what the largest task needs) where a type has so much.
    Of equal prices the smaller counts, then the name. `max_vcpus` bounds the workload type: a larger one would never
    start; AWS Batch passes its bound by a machine where it must, and a task that overflows is the exception.
    """
    fitting = [machine for machine in machines if machine.vcpus <= max_vcpus and machine.holds(need.cpus, need.memory)]
    if not fitting:
        return None
    workload = min(fitting, key=rank)
    larger = [machine for machine in machines if machine.vcpus >= EXCESS * workload.vcpus
              and machine.memory > workload.memory]  # fmt: skip
    own = [machine for machine in larger if machine.family == workload.family]
    for choice in (own, larger):
        if enough := [machine for machine in choice if machine.memory >= most]:
            return Pair(workload, min(enough, key=rank))
    return Pair(workload, max(own or larger, key=lambda machine: (machine.memory, machine.name), default=None))


def rank(machine: Machine) -> tuple[float, int, int, str]:
    return (math.inf if machine.price is None else machine.price, machine.vcpus, machine.memory, machine.name)
