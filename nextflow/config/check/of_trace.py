"""What the tasks of a trace asked for, by process and attempt (pure)."""

from collections.abc import Iterable

from nextflow.config.check.amounts import MIB, find_rounding, round_up
from nextflow.config.check.model import Ask
from nextflow.traces.task import Attempt


def list_asks(attempts: Iterable[Attempt]) -> list[Ask]:
    """List the largest ask of each process and attempt; unknown where the trace does not tell what was asked for."""
    largest: dict[tuple[str, int], Attempt] = {}
    for attempt in attempts:
        key = (attempt.process, attempt.attempt or 1)
        if key not in largest or _rank(attempt) > _rank(largest[key]):
            largest[key] = attempt
    return [_make_ask(number, attempt) for (_, number), attempt in sorted(largest.items(), key=lambda item: item[0])]


def _make_ask(number: int, attempt: Attempt) -> Ask:
    lacking = [name for name, value in (("cpus", attempt.cpus), ("memory", attempt.memory)) if value is None]
    memory = None if attempt.memory is None else attempt.memory // MIB
    return Ask(
        attempt.process, number, attempt.queue.rpartition("/")[2], attempt.cpus, memory,
        attempt.gpus or 0,
        spare=round_up(find_rounding(attempt.memory or 0) / MIB),
        unknown=f"the trace does not tell its {' and '.join(lacking)}" if lacking else "",
    )  # fmt: skip


def _rank(attempt: Attempt) -> tuple[int, int]:
    return attempt.memory or 0, attempt.cpus or 0
