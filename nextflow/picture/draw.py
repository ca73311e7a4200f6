"""A sizing as a picture (pure): a row for a process, its memory and its time, as SVG."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from nextflow.picture import marks
from nextflow.picture.scale import MIB, SIZES, TIMES, Scale, make_scale, name_size, name_time
from nextflow.sizing.samples import Sample

_NAME, _PANEL, _ASK, _ROW, _TOP = 270, 370, 90, 36, 96
_WIDTH = _NAME + 2 * (_PANEL + _ASK) + 24


@dataclass(frozen=True)
class Amount:
    """What a process used, asked for at most, and should ask for; in bytes or seconds, None: unknown."""

    used: Sample
    asked: float | None
    chosen: float | None


@dataclass(frozen=True)
class Row:
    name: str
    tasks: int
    memory: Amount
    time: Amount


def draw(title: str, rows: Sequence[Row], percent: float) -> str:
    """Draw a process to a row, in their order; memory left and time right, both on logarithmic axes."""
    height = _TOP + _ROW * len(rows) + 44
    memory = _make_scale([row.memory for row in rows], SIZES, _NAME)
    time = _make_scale([row.time for row in rows], TIMES, _NAME + _PANEL + _ASK)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" viewBox="0 0 {_WIDTH} {height}"'
        ' font-family="DejaVu Sans, Arial, sans-serif">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{_WIDTH}" height="{height}" fill="white"/>',
        marks.write(12, 26, escape(title), size=16),
        *_draw_legend(percent),
    ]
    for order, row in enumerate(rows):
        parts += _draw_name(row, _TOP + _ROW * order, dark=order % 2 == 0)
    for scale, words, name in ((memory, "memory of a task", name_size), (time, "time of a task", name_time)):
        parts += _draw_axis(scale, words, name, height)
    for order, row in enumerate(rows):
        y = _TOP + _ROW * order + _ROW / 2 + 3
        parts += _draw_amount(row.memory, memory, y, percent, name_size)
        parts += _draw_amount(row.time, time, y, percent, name_time)
    return "\n".join([*parts, "</svg>", ""])


def _make_scale(amounts: Sequence[Amount], steps: Sequence[float], left: float) -> Scale:
    values = [value for amount in amounts for value in (amount.asked, amount.chosen) if value is not None]
    values += [value for amount in amounts if amount.used for value in (amount.used.values[0], amount.used.largest)]
    return make_scale([max(value, steps[0]) for value in values], steps, left + 10, left + _PANEL)


def _draw_legend(percent: float) -> list[str]:
    y, parts = 50, list[str]()
    sample = Sample((0.0, 1.0, 2.0, 3.0))
    parts += marks.draw_used(sample, (18.0, 28.0, 40.0, 62.0), y, 58.0)
    parts.append(marks.write(76, y + 4, f"used: dots are tasks, the box is their middle half, the tick {percent:g} %"))
    parts += [marks.draw_asked(_NAME + 280, y), marks.write(_NAME + 294, y + 4, "asked for")]
    words = "to ask for, in figures at the right"
    parts += [marks.draw_chosen(_NAME + 390, y + 3), marks.write(_NAME + 404, y + 4, words)]
    return parts


def _draw_name(row: Row, y: float, *, dark: bool) -> list[str]:
    name = row.name if len(row.name) <= 30 else "…" + row.name[-29:]
    band = [f'<rect x="0" y="{y + 3}" width="{_WIDTH}" height="{_ROW}" fill="#f4f4f4"/>'] if dark else []
    tasks = f"{row.tasks} task{'' if row.tasks == 1 else 's'}"
    return [*band, marks.write(12, y + 19, escape(name)), marks.write(12, y + 33, tasks, fill=marks.QUIET, size=10)]


def _draw_axis(scale: Scale, words: str, name: Callable[[float], str], height: float) -> list[str]:
    parts = [marks.write(scale.left, _TOP - 18, words, size=13)]
    for mark in scale.marks:
        x = scale.at(mark)
        parts.append(f'<line x1="{x:.1f}" y1="{_TOP - 8}" x2="{x:.1f}" y2="{height - 34}" stroke="#cccccc"/>')
        parts.append(marks.write(x, height - 18, name(mark), anchor="middle", fill=marks.QUIET, size=11))
    return parts


def _draw_amount(
    amount: Amount, scale: Scale, y: float, percent: float, name: Callable[[float], str]
) -> list[str]:  # fmt: skip
    parts: list[str] = []
    if amount.used:
        xs = [scale.at(max(value, scale.least)) for value in amount.used.values]
        parts += marks.draw_used(amount.used, xs, y, scale.at(amount.used.percentile(percent)))
    else:
        parts.append(marks.write(scale.left, y + 4, "unknown", fill=marks.QUIET))
    if amount.asked is not None:
        parts.append(marks.draw_asked(scale.at(amount.asked), y))
    if amount.chosen is not None:
        parts.append(marks.draw_chosen(scale.at(amount.chosen), y))
        parts.append(marks.write(scale.right + 12, y + 4, name(amount.chosen), fill=marks.CHOSEN))
    return parts


__all__ = ["MIB", "Amount", "Row", "draw"]
