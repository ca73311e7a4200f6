"""A recommendation in words."""

from collections.abc import Callable

from kiln import words
from nextflow.recommendation.names import shorten
from nextflow.recommendation.recommend import Asks, describe_exits
from nextflow.sizing.asks import MIB, Ask
from nextflow.sizing.ends import End
from nextflow.sizing.samples import Sample
from nextflow.sizing.usage import Usage

UNKNOWN = "?"
Put = Callable[[float | None], str]
"""An amount, or that it is unknown, as text."""


def render_asks(sized: Asks) -> str:
    """Render the processes: what they asked for, what they used, what to ask for."""
    head = ("process", "tasks", "CPUs asked, used → ask", f"memory asked, {sized.percent:g} %, most → ask",
            f"time asked, {sized.percent:g} %, most → ask", "reads", "writes")  # fmt: skip
    names = shorten([usage.process for usage in sized.usages])
    rows = [_make_row(usage, ask, sized.percent, names[usage.process])
            for usage, ask in zip(sized.usages, sized.asks, strict=True)]  # fmt: skip
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    lines = [
        f"{words.count(sized.tasks, 'task')} of {_count(len(sized.usages), 'process', 'processes')} in "
        f"{words.count(sized.runs, 'run')}; {UNKNOWN} is unknown"
    ]
    for row, ask, usage in zip((head, *rows), (None, *sized.asks), (None, *sized.usages), strict=True):
        lines.append("  " + "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())
        lines += [f"      {why}" for why in (ask.why if ask else ())]
        if usage and (ends := describe_exits(usage)):
            nothing = usage.attempts - usage.ends[End.DONE] - usage.ends[End.CACHED]
            lines.append(f"      {nothing} of {usage.attempts} attempts came to nothing: {ends}")
    return "\n".join([*lines, *(f"! {note}" for note in sized.notes)])


def _make_row(usage: Usage, ask: Ask, percent: float, name: str) -> tuple[str, ...]:
    cpus = f"{_show(usage.cpus_asked)}, {f'{usage.cpus.mean:.1f}' if usage.cpus else UNKNOWN} → {_show(ask.cpus)}"
    to_ask = None if ask.memory is None else ask.memory * MIB
    memory = _row_of(usage.memory, percent, usage.memory_asked, to_ask, _size)
    time = _row_of(usage.time, percent, usage.time_asked, ask.time, _seconds)
    return (name, str(usage.tasks), cpus, memory, time,
            _size(usage.read.percentile(percent) if usage.read else None),
            _size(usage.written.percentile(percent) if usage.written else None))  # fmt: skip


def _row_of(sample: Sample, percent: float, asked: float | None, ask: float | None, put: Put) -> str:
    usual, most = (sample.percentile(percent), sample.largest) if sample else (None, None)
    return f"{put(asked)}, {put(usual)}, {put(most)} → {put(ask)}"


def _show(number: int | None) -> str:
    return UNKNOWN if number is None else str(number)


def _size(count: float | None) -> str:
    return UNKNOWN if count is None else words.format_size(count)


def _seconds(value: float | None) -> str:
    return UNKNOWN if value is None else words.format_seconds(value)


def _count(number: int, noun: str, nouns: str) -> str:
    return f"{number} {noun if number == 1 else nouns}"
