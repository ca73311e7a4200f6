"""Attempts of a process, counted as they are read: a run may have a million, so that none of them is kept."""

from array import array
from collections import Counter
from dataclasses import dataclass, field

from nextflow.sizing.ends import End, find_end
from nextflow.traces.task import Attempt

MEASURING = (End.DONE, End.CACHED)
MOST_READ = 300  # GiB of input and index: what is more was read several times


def _numbers() -> "array[float]":
    return array("d")


@dataclass
class Tally:
    """What the attempts of one process add up to. Amounts in bytes, times in seconds, CPUs as a number of them.

    `former` is how many attempts went before those that came to their end; `lost` and `wasted` are seconds of attempts
    that came to nothing: with their machine, or by their own end.
    """

    ends: Counter[End] = field(default_factory=Counter)
    exits: Counter[tuple[End, int | None]] = field(default_factory=Counter)
    cpus: "array[float]" = field(default_factory=_numbers)
    memory: "array[float]" = field(default_factory=_numbers)
    time: "array[float]" = field(default_factory=_numbers)
    read: "array[float]" = field(default_factory=_numbers)
    written: "array[float]" = field(default_factory=_numbers)
    scratch: "array[float]" = field(default_factory=_numbers)
    disk: "array[float]" = field(default_factory=_numbers)
    points: "tuple[array[float], array[float]]" = field(default_factory=lambda: (_numbers(), _numbers()))
    failed: set[tuple[str, str]] = field(default_factory=set)
    largest: dict[str, float] = field(default_factory=dict)
    former: int = 0
    lost: float = 0.0
    wasted: float = 0.0

    def add(self, attempt: Attempt) -> None:
        end = find_end(attempt)
        self.ends[end] += 1
        if end not in (*MEASURING, End.ABORTED):
            self.exits[end, attempt.exit_code] += 1
        for name in ("cpus", "memory", "time", "gpus"):
            self._keep_largest(name, getattr(attempt, name))
        if end in MEASURING:
            self._measure(attempt)
        else:
            self._lose(attempt, end)

    def _measure(self, attempt: Attempt) -> None:
        for numbers, value in (
            (self.cpus, attempt.cpus_used), (self.memory, attempt.peak_memory), (self.time, attempt.lasted),
            (self.read, attempt.read), (self.written, attempt.written), (self.disk, attempt.disk),
            (self.scratch, find_scratch(attempt)),
        ):  # fmt: skip
            if value is not None:
                numbers.append(value)
        self.former += max(0, (attempt.attempt or 1) - 1)
        if attempt.read is not None and attempt.peak_memory is not None:
            self.points[0].append(attempt.read)
            self.points[1].append(attempt.peak_memory)

    def _lose(self, attempt: Attempt, end: End) -> None:
        self.failed.add((attempt.task_id, attempt.tag))
        if end is End.ABORTED:
            return
        seconds = attempt.lasted or 0.0
        if end in (End.LOST, End.TERMINATED):
            self.lost += seconds
        else:
            self.wasted += seconds
        if end is End.MEMORY:
            self._keep_largest("starved", attempt.memory)
            self._keep_largest("starved", attempt.peak_memory)
        if end is End.TIME:
            self._keep_largest("late", attempt.time)
            self._keep_largest("late", attempt.lasted)

    def _keep_largest(self, name: str, value: float | None) -> None:
        if value is not None and value > self.largest.get(name, -1.0):
            self.largest[name] = value


def find_scratch(attempt: Attempt) -> float | None:
    """Return the bytes that a task has on its disk at the most, as far as is known: what it reads and what it writes.

    rchar and wchar count pipes too, and what is read again; read_bytes and write_bytes what a disk gave and took, which
    is nothing where files were in memory or on a network: of two that know something, the smaller.
    """
    read = _least(attempt.read, attempt.read_by_disk)
    written = _least(attempt.written, attempt.written_by_disk)
    if read is None and written is None:
        return None
    return min(read or 0, MOST_READ * 1024**3) + (written or 0)


def _least(first: int | None, second: int | None) -> int | None:
    if first and second:
        return min(first, second)
    return first or second or (first if second is None else second)
