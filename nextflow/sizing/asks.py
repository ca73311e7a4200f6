"""What a process should ask for: less where it asked for too much, more where it was killed (pure)."""

import math
from dataclasses import dataclass

from nextflow.sizing.ends import End
from nextflow.sizing.samples import Line, fit_line
from nextflow.sizing.usage import Usage

MIB = 1024 * 1024
MEMORY_STEP = 100  # MiB that memory is rounded up to
LEAST_MEMORY = 200  # MiB: bash, the AWS CLI and what stages files
MEMORY_SPARE = 1.1  # of the percentile: the next run's inputs are not this one's
RAISED = 1.5  # of what was not enough, at the least
TIME_SPARE = 2.0
LEAST_TIME = 60  # seconds: AWS Batch takes no shorter limit
IDLE = 0.05  # of a CPU: what of a part of one more is not counted


@dataclass(frozen=True)
class Ask:
    """What is chosen, None where nothing is known: CPUs, memory in MiB, time in seconds; `why` for people, a line each.

    `line` is memory in bytes by the bytes that a task reads, where that explains it.
    """

    process: str
    cpus: int | None
    memory: int | None
    time: int | None
    why: tuple[str, ...]
    line: Line | None = None


def choose(usage: Usage, percent: float) -> Ask:
    """Choose for a process by a percentile of what it used, and above what it was killed with."""
    why: list[str] = []
    if not usage.is_metered:
        why.append("not measured: its image has no ps, so that CPUs and memory are unknown")
    elif not usage.memory.is_enough_for(percent):
        number = len(usage.memory.values)
        why.append(
            f"{number} {'task is' if number == 1 else 'tasks are'} too few for {percent:g} %: the largest counts"
        )
    line = fit_line(usage.points)
    if line:
        why.append(f"memory follows what it reads: {_describe(line)} (r² {line.r_squared:.2f})")
    memory = _choose_memory(usage, percent, line, why)
    return Ask(usage.process, _choose_cpus(usage, percent), memory, _choose_time(usage, percent, why), tuple(why), line)


def _choose_cpus(usage: Usage, percent: float) -> int | None:
    return max(1, math.ceil(usage.cpus.percentile(percent) - IDLE)) if usage.cpus else None


def _choose_memory(usage: Usage, percent: float, line: Line | None, why: list[str]) -> int | None:
    """Never below the largest peak that was seen where reading explains it, nor below what was not enough."""
    needs: list[float] = []
    if usage.memory:
        needs.append(usage.memory.percentile(percent) * MEMORY_SPARE)
    if line:
        needs += [usage.memory.largest, line.at(max(read for read, _ in usage.points)) * MEMORY_SPARE]
    if usage.starved is not None:
        needs.append(usage.starved * RAISED)
        why.append(f"raised: {usage.ends[End.MEMORY]} × killed for memory with {usage.starved // MIB} MiB")
    return max(LEAST_MEMORY, _round_up(max(needs) / MIB, MEMORY_STEP)) if needs else None


def _choose_time(usage: Usage, percent: float, why: list[str]) -> int | None:
    needs = [usage.time.percentile(percent) * TIME_SPARE] if usage.time else []
    if usage.late is not None:
        needs.append(usage.late * RAISED)
        why.append(f"raised: {usage.ends[End.TIME]} × ended for time after {usage.late:.0f} s")
    return max(LEAST_TIME, _round_up(max(needs), 60)) if needs else None


def _round_up(number: float, step: int) -> int:
    # What a binary fraction adds is no step more.
    return math.ceil(round(number / step, 6)) * step


def _describe(line: Line) -> str:
    return f"{line.base / MIB:.0f} MiB and {line.slope * 1024:.1f} MiB for each GiB"
