"""What the tasks of a trace asked for, by process and attempt (pure)."""

from collections.abc import Iterable

from nextflow.config.check.groovy.amounts import MIB, find_rounding, read_asked, read_cpus, round_up
from nextflow.config.check.model import Ask
from nextflow.traces.task import Attempt

Size = tuple[int, int, int]


def list_asks(attempts: Iterable[Attempt]) -> list[Ask]:
    """List what each process asks for by attempt and queue: of several asks those that no other outdoes in everything.

    Unknown where the trace does not tell what was asked for.
    """
    largest: dict[tuple[str, int, str], dict[Size, Attempt]] = {}
    for attempt in attempts:
        kept = largest.setdefault((attempt.process, attempt.attempt or 1, attempt.queue.rpartition("/")[2]), {})
        size = attempt.memory or 0, attempt.cpus or 0, attempt.gpus or 0
        if not any(_outdoes(other, size) for other in kept):
            for other in [other for other in kept if _outdoes(size, other)]:
                del kept[other]
            kept[size] = attempt
    return [
        _make_ask(number, queue, attempt)
        for (_, number, queue), kept in sorted(largest.items(), key=lambda item: item[0])
        for _, attempt in sorted(kept.items(), reverse=True, key=lambda item: item[0])
    ]  # fmt: skip


def _outdoes(size: Size, other: Size) -> bool:
    return all(mine >= its for mine, its in zip(size, other, strict=True))


def _make_ask(number: int, queue: str, attempt: Attempt) -> Ask:
    lacking = [name for name, value in (("cpus", attempt.cpus), ("memory", attempt.memory)) if value is None]
    return Ask(
        attempt.process, number, queue,
        None if attempt.cpus is None else read_cpus(attempt.cpus),
        None if attempt.memory is None else int(read_asked(attempt.memory) // MIB),
        attempt.gpus or 0,
        spare=round_up(find_rounding(attempt.memory or 0) / MIB),
        unknown=f"the trace does not tell its {' and '.join(lacking)}" if lacking else "",
    )  # fmt: skip
