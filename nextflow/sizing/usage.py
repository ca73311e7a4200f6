"""What each process used, over all the runs that were read (pure)."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from nextflow.sizing.ends import End
from nextflow.sizing.samples import Line, Sample, fit_line
from nextflow.sizing.tally import MEASURING, Tally
from nextflow.traces.task import Attempt


@dataclass(frozen=True)
class Usage:
    """One process. Amounts in bytes, times in seconds; asked: the largest that any attempt asked for, None: unknown.

    `starved` is the most memory that was not enough, `late` the longest time that was not enough. `exits` counts
    attempts that came to nothing, by why and their exit code (None: no exit code). `scratch` is what a task has on the
    disk, and `disk` what it asked for. `line` is memory by the bytes that a task reads, where that explains it, and
    `most_read` the most that any task read. `missing` is how many attempts there were that the trace has no row of.
    """

    process: str
    tasks: int
    finished: int
    attempts: int
    ends: Counter[End]
    exits: Counter[tuple[End, int | None]]
    cpus: Sample
    memory: Sample
    time: Sample
    read: Sample
    written: Sample
    scratch: Sample
    disk: Sample
    line: Line | None
    most_read: float
    cpus_asked: int | None
    memory_asked: int | None
    time_asked: float | None
    gpus_asked: int | None
    starved: int | None
    late: float | None
    missing: int
    seconds_lost: float
    seconds_wasted: float

    @property
    def is_metered(self) -> bool:
        """Whether its image had what measures memory and CPUs (ps)."""
        return bool(self.memory or self.cpus)

    @property
    def seconds(self) -> float:
        """How long its tasks ran, those that came to their end; those of which no time is known as the others."""
        known = self.time.total
        return known * self.finished / len(self.time.values) if self.time else 0.0


def sum_up(attempts: Iterable[Attempt]) -> list[Usage]:
    """Sum up by process, in the order in which processes first occur."""
    tallies: defaultdict[str, Tally] = defaultdict(Tally)
    for attempt in attempts:
        tallies[attempt.process].add(attempt)
    return [_make_usage(process, tally) for process, tally in tallies.items()]


def _make_usage(process: str, tally: Tally) -> Usage:
    finished = sum(tally.ends[end] for end in MEASURING)
    return Usage(
        process=process,
        tasks=finished or len(tally.failed),
        finished=finished,
        attempts=tally.ends.total(),
        ends=tally.ends,
        exits=tally.exits,
        cpus=Sample.of(tally.cpus, finished),
        memory=Sample.of(tally.memory, finished),
        time=Sample.of(tally.time, finished),
        read=Sample.of(tally.read, finished),
        written=Sample.of(tally.written, finished),
        scratch=Sample.of(tally.scratch, finished),
        disk=Sample.of(tally.disk, finished),
        line=fit_line(*tally.points),
        most_read=max(tally.read, default=0.0),
        cpus_asked=_whole(tally.largest.get("cpus")),
        memory_asked=_whole(tally.largest.get("memory")),
        time_asked=tally.largest.get("time"),
        gpus_asked=_whole(tally.largest.get("gpus")),
        starved=_whole(tally.largest.get("starved")),
        late=tally.largest.get("late"),
        missing=max(0, tally.former - tally.exits.total()),
        seconds_lost=tally.lost,
        seconds_wasted=tally.wasted,
    )


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)
