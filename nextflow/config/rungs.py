"""What a task asks for by its attempt: a ladder from the usual machines to larger ones, from Spot to On-Demand (pure).

The 2019 guide's rule is a task to a machine where a queue's machines are of a single type: the whole machine is asked
for. Of a queue with many types a task asks for a vCPU and its share of memory, and for twice as much when tried again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nextflow.config.places import STEP, Place

ATTEMPTS = 3


@dataclass(frozen=True)
class Rung:
    """An attempt: its queue, and what a task asks for that asks for nothing itself (memory in MiB)."""

    queue: str
    cpus: int
    memory: int


def climb(places: Sequence[Place], named: Sequence[str] = ()) -> tuple[Place, ...]:
    """Order the queues for attempts: those that are `named`, else from the smallest machines to the strongest.

    A queue with machines of the same size is stronger when it begins with On-Demand and the other with Spot. Of equal
    ones the queue `default` counts, else the first of the definition; so does its kind of machines.
    """
    if named:
        by_name = {place.queue: place for place in places}
        return tuple(by_name[name] for name in named if name in by_name)
    preferred = sorted(places, key=lambda place: (place.kind == "GPU", place.queue != "default"))
    alike = [place for place in preferred if place.kind == preferred[0].kind]
    steps: list[Place] = []
    for place in sorted(alike, key=_strength):
        if not steps or _is_stronger(place, steps[-1]):
            steps.append(place)
    return tuple(steps)


def list_rungs(places: Sequence[Place]) -> tuple[Rung, ...]:
    """Work out what attempts ask for on these queues, in their order; a last queue of many types is tried again."""
    rungs: list[Rung] = []
    for place in places:
        rungs.append(_ask(place, rungs))
    while len(rungs) < ATTEMPTS and not places[-1].is_uniform:
        rungs.append(_ask(places[-1], rungs))
    return tuple(rungs)


def find_share(sizes: Iterable[tuple[int, int]]) -> int:
    """Return the MiB that go with a vCPU on the leanest of machines (vCPUs, MiB), in whole steps."""
    return max(STEP, min(memory // vcpus for vcpus, memory in sizes) // STEP * STEP)


def _ask(place: Place, before: Sequence[Rung]) -> Rung:
    largest = place.largest
    if place.is_uniform:
        return Rung(place.queue, largest.vcpus, largest.memory)
    share = find_share((size.vcpus, size.memory) for size in place.sizes)
    wish = max(share, before[-1].memory * 2 if before else 0)
    cpus = before[-1].cpus if before else 1
    return Rung(place.queue, min(cpus, largest.vcpus), min(wish, largest.memory))


def _strength(place: Place) -> tuple[int, int, bool]:
    return place.largest.memory, place.largest.vcpus, not place.is_spot_first


def _is_stronger(place: Place, other: Place) -> bool:
    """Larger and not weaker in anything, or as large and On-Demand before Spot."""
    memory, vcpus, on_demand = _strength(place)
    memory_before, vcpus_before, on_demand_before = _strength(other)
    if (memory, vcpus) == (memory_before, vcpus_before):
        return on_demand and not on_demand_before
    return memory > memory_before and vcpus >= vcpus_before
