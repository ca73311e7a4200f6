"""What the configuration asks for of sized processes: queue, CPUs, memory and time by attempt (pure)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kiln.errors import UserError
from nextflow.config.places import Place
from nextflow.config.rungs import Rung
from nextflow.sizing.advice import ProcessAdvice


@dataclass(frozen=True)
class ProcessAsk:
    """A process by its whole name. Values by attempt, the last of which stays; () leaves what all processes have.

    `memory` in MiB; `time` in seconds of the first attempt.
    """

    name: str
    queue: tuple[str, ...] = ()
    cpus: int | None = None
    memory: tuple[int, ...] = ()
    time: int | None = None


def place_processes(
    processes: Iterable[ProcessAdvice], places: Sequence[Place], rungs: Sequence[Rung]
) -> tuple[ProcessAsk, ...]:  # fmt: skip
    """Find queues for sized processes; raises UserError where a process is larger than every machine."""
    return tuple(_place(process, places, rungs) for process in processes)


def _place(process: ProcessAdvice, places: Sequence[Place], rungs: Sequence[Rung]) -> ProcessAsk:
    memory = _list_memory(process, places)
    attempts = max(len(rungs), len(memory))
    queues = tuple(_find_queue(process, memory, places, rungs, attempt) for attempt in range(attempts))
    usual = tuple(rungs[min(attempt, len(rungs) - 1)].queue for attempt in range(attempts))
    own = queues if queues != usual else ()
    return ProcessAsk(process.name, own, process.cpus, memory, process.time_seconds)


def _list_memory(process: ProcessAdvice, places: Sequence[Place]) -> tuple[int, ...]:
    """Later attempts ask for no more than the largest machine gives."""
    if process.memory_mib is None:
        return ()
    most = max(place.largest.memory for place in places)
    later = min(process.excess_memory_mib or process.memory_mib, most)
    return tuple(dict.fromkeys((process.memory_mib, max(later, process.memory_mib))))


def _find_queue(
    process: ProcessAdvice, memory: Sequence[int], places: Sequence[Place], rungs: Sequence[Rung], attempt: int
) -> str:
    """The attempt's own queue, or the first behind it with a machine that is large enough."""
    rung = rungs[min(attempt, len(rungs) - 1)]
    cpus = process.cpus or rung.cpus
    asked = memory[min(attempt, len(memory) - 1)] if memory else rung.memory
    begin = next(number for number, place in enumerate(places) if place.queue == rung.queue)
    for place in places[begin:]:
        if place.holds(cpus, asked):
            return place.queue
    largest = max((place.largest for place in places), key=lambda size: size.memory)
    raise UserError(
        f"no machine of the environment holds the process {process.name}",
        f"it asks for {cpus} vCPUs and {asked} MiB; the largest, {largest.name}, has {largest.vcpus} and gives "
        f"{largest.memory} MiB to tasks",
        "Allow larger instance_types in the environment's definition, or ask for less.",
    )
