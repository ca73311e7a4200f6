"""What each process used, over all the runs that were read (pure)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from nextflow.sizing.ends import End, find_end
from nextflow.sizing.samples import Sample
from nextflow.traces.task import Attempt

Number = TypeVar("Number", int, float)
MEASURING = (End.DONE, End.CACHED)


@dataclass(frozen=True)
class Usage:
    """One process. Amounts in bytes, times in seconds; asked: the largest that any attempt asked for, None: unknown.

    `starved` is the most memory that was not enough, `late` the longest time that was not enough.
    """

    process: str
    tasks: int
    attempts: int
    ends: Counter[End]
    cpus: Sample
    memory: Sample
    time: Sample
    read: Sample
    written: Sample
    points: tuple[tuple[float, float], ...]
    cpus_asked: int | None
    memory_asked: int | None
    time_asked: float | None
    starved: int | None
    late: float | None
    seconds: float
    seconds_lost: float

    @property
    def is_metered(self) -> bool:
        """Whether its image had what measures memory and CPUs (ps)."""
        return bool(self.memory or self.cpus)


def sum_up(attempts: Iterable[Attempt]) -> list[Usage]:
    """Sum up by process, in the order in which processes first occur."""
    by_process: dict[str, list[Attempt]] = defaultdict(list)
    for attempt in attempts:
        by_process[attempt.process].append(attempt)
    return [_sum_up_one(process, its) for process, its in by_process.items()]


def _sum_up_one(process: str, attempts: Sequence[Attempt]) -> Usage:
    ends = [find_end(attempt) for attempt in attempts]
    counted = [attempt for attempt, end in zip(attempts, ends, strict=True) if end in MEASURING]
    starved = [_size(attempt) for attempt, end in zip(attempts, ends, strict=True) if end is End.MEMORY]
    late = [attempt.time or attempt.realtime for attempt, end in zip(attempts, ends, strict=True) if end is End.TIME]
    lost = [attempt.realtime or attempt.duration for attempt, end in zip(attempts, ends, strict=True)
            if end not in (*MEASURING, End.ABORTED)]  # fmt: skip
    return Usage(
        process=process,
        tasks=len(counted) or len({(attempt.task_id, attempt.tag) for attempt in attempts}),
        attempts=len(attempts),
        ends=Counter(ends),
        cpus=Sample.of([attempt.cpus_used for attempt in counted]),
        memory=Sample.of([attempt.peak_memory for attempt in counted]),
        time=Sample.of([attempt.realtime for attempt in counted]),
        read=Sample.of([attempt.read for attempt in counted]),
        written=Sample.of([attempt.written for attempt in counted]),
        points=tuple((float(attempt.read), float(attempt.peak_memory)) for attempt in counted
                     if attempt.read is not None and attempt.peak_memory is not None),
        cpus_asked=_find_largest([attempt.cpus for attempt in attempts]),
        memory_asked=_find_largest([attempt.memory for attempt in attempts]),
        time_asked=_find_largest([attempt.time for attempt in attempts]),
        starved=_find_largest(starved),
        late=_find_largest(late),
        seconds=sum(attempt.realtime or 0.0 for attempt in counted),
        seconds_lost=sum(seconds or 0.0 for seconds in lost),
    )  # fmt: skip


def _size(attempt: Attempt) -> int | None:
    """The memory that was not enough: what it asked for, or at least what it was seen to use."""
    return _find_largest([attempt.memory, attempt.peak_memory])


def _find_largest(numbers: Iterable[Number | None]) -> Number | None:
    known = [number for number in numbers if number is not None]
    return max(known) if known else None
