"""What a process should ask for: less where it asked for too much, more where it was killed (pure)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from nextflow.sizing.advice import ProcessAdvice
from nextflow.sizing.ends import End
from nextflow.sizing.samples import Line
from nextflow.sizing.usage import Usage

MIB = 1024 * 1024
MEMORY_STEP = 100  # MiB that memory is rounded up to
LEAST_MEMORY = 500  # MiB: on AWS Batch the task's container stages files, by four AWS CLIs at a time
MEMORY_SPARE = 1.1  # of the percentile: the next run's inputs are not this one's
RAISED = 1.5  # of what was not enough, at the least
TIME_SPARE = 2.0
LEAST_TIME = 300  # seconds: on AWS Batch staging counts too, even that of an empty file
STAGING = 50 * MIB  # bytes a second that files come and go with
IDLE = 0.05  # of a CPU: what of a part of one more is not counted


@dataclass(frozen=True)
class Ask:
    """What is chosen, None where nothing is known: CPUs, memory in MiB, time in seconds; `why` for people, a line each.

    `most` is the MiB that its largest task needs, on a later attempt. `line` is memory in bytes by the bytes that a
    task reads, where that explains it.
    """

    process: str
    cpus: int | None
    memory: int | None
    time: int | None
    why: tuple[str, ...]
    most: int | None = None
    line: Line | None = None


def choose(usage: Usage, percent: float) -> Ask:
    """Choose for a process by a percentile of what it used, and above what it was killed with."""
    why = list(_describe_measuring(usage, percent))
    memory = _choose_memory(usage, percent, why)
    time = _choose_time(usage, percent, why)
    most = None if memory is None else max(memory, _round_memory(usage.memory.largest) if usage.memory else 0)
    return Ask(usage.process, _choose_cpus(usage), memory, time, tuple(why), most, usage.line)


def advise(asks: Sequence[Ask], limit: int | None = None) -> tuple[ProcessAdvice, ...]:
    """Advise what a configuration should say; `limit` is the MiB that a machine of the excess queue registers.

    A later attempt gets twice as much as the first, or what the largest task needs, as far as the machine has it.
    """
    advice = []
    for ask in asks:
        excess = None if ask.memory is None else max(2 * ask.memory, ask.most or 0)
        if excess is not None and limit is not None:
            excess = max(min(excess, limit // MEMORY_STEP * MEMORY_STEP), ask.memory or 0)
        if (ask.cpus, ask.memory, ask.time) != (None, None, None):
            advice.append(ProcessAdvice(ask.process, ask.cpus, ask.memory, excess, ask.time))
    return tuple(advice)


def _describe_measuring(usage: Usage, percent: float) -> list[str]:
    if not usage.finished:
        return ["no task of it completed: what it needs is not known"]
    if not usage.is_metered:
        return ["not measured (its image has no ps, or its tasks were too short): CPUs and memory are unknown, not 0"]
    why = [f"{usage.missing} former attempts have no row in the trace"] if usage.missing else []
    number = len(usage.memory.values)
    if usage.memory.is_enough_for(percent):
        return why
    few = f"{number} {'task is' if number == 1 else 'tasks are'} too few for {percent:g} %: the largest counts"
    return [*why, few]


def _choose_cpus(usage: Usage) -> int | None:
    """What is busy on the average: CPUs are a weight, so that a task which needs more for a while gets it (ECS)."""
    return max(1, math.ceil(usage.cpus.mean - IDLE)) if usage.cpus else None


def _choose_memory(usage: Usage, percent: float, why: list[str]) -> int | None:
    """Never below the largest peak that was seen where reading explains it, nor below what was not enough."""
    needs: list[float] = []
    if usage.memory:
        needs.append(usage.memory.percentile(percent) * MEMORY_SPARE)
    if usage.memory and usage.line:
        needs += [usage.memory.largest, usage.line.at(usage.most_read) * MEMORY_SPARE]
        why.append(f"memory follows what it reads: {_describe(usage.line)} (r² {usage.line.r_squared:.2f})")
    if killed := usage.ends[End.MEMORY]:
        enough = max(usage.starved or 0, usage.memory.largest if usage.memory and usage.starved is None else 0)
        needs += [enough * RAISED] if enough else []
        with_ = f" with {enough / MIB:.0f} MiB" if enough else ", and how much it had is not known"
        why.append(f"{'raised: ' if enough else ''}{killed} × killed for memory{with_}")
    return max(LEAST_MEMORY, _round_up(max(needs) / MIB, MEMORY_STEP)) if needs else None


def _choose_time(usage: Usage, percent: float, why: list[str]) -> int | None:
    """Above the longest task too: what is ended for time has done nothing, and would be ended again."""
    staging = usage.scratch.percentile(percent) / STAGING if usage.scratch else 0.0
    needs: list[float] = []
    if usage.time:
        longest = max(usage.time.percentile(percent) * TIME_SPARE, usage.time.largest * RAISED)
        needs.append(longest + staging)
    if late := usage.ends[End.TIME]:
        needs += [] if usage.late is None else [usage.late * RAISED]
        after = "" if usage.late is None else f" after {usage.late:.0f} s"
        why.append(f"{'raised: ' if after else ''}{late} × ended for time{after}")
    return max(LEAST_TIME, _round_up(max(needs), 60)) if needs else None


def _round_memory(used: float) -> int:
    return max(LEAST_MEMORY, _round_up(used * MEMORY_SPARE / MIB, MEMORY_STEP))


def _round_up(number: float, step: int) -> int:
    # What a binary fraction adds is no step more.
    return math.ceil(round(number / step, 6)) * step


def _describe(line: Line) -> str:
    return f"{line.base / MIB:.0f} MiB and {line.slope * 1024:.1f} MiB for each GiB"
