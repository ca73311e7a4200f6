"""The signs of the picture. They differ in shape and lightness, so that nobody needs their colours to tell them apart.

Colours: Okabe and Ito, "Color Universal Design" (2008), which people with any kind of colour blindness can tell apart.
"""

from collections.abc import Sequence

from nextflow.sizing.samples import Sample

USED, ASKED, CHOSEN, INK, QUIET = "#56B4E9", "#E69F00", "#0072B2", "#222222", "#666666"
_DOTS = 60  # of a process at most: of more tasks so many equally spaced ones
_BOX = 10


def draw_used(sample: Sample, xs: Sequence[float], y: float, percentile: float) -> list[str]:
    """Draw the tasks as dots, the middle half of them as a box, the percentile as a tick. `xs` belong to the values."""
    low, high = xs[len(xs) // 4], xs[(3 * len(xs)) // 4]
    parts = [
        f'<line x1="{xs[0]:.1f}" y1="{y}" x2="{xs[-1]:.1f}" y2="{y}" stroke="{USED}" stroke-width="1.5"/>',
        f'<rect x="{low:.1f}" y="{y - _BOX / 2}" width="{max(high - low, 1.0):.1f}" height="{_BOX}" fill="{USED}" '
        'fill-opacity="0.45"/>',
    ]
    step = max(1, len(xs) // _DOTS)
    for order, x in enumerate(sorted({round(x, 1) for x in (*xs[::step], xs[-1])})):
        parts.append(f'<circle cx="{x}" cy="{y + (order % 3 - 1) * 2.5}" r="1.8" fill="{INK}" fill-opacity="0.5"/>')
    parts.append(
        f'<line x1="{percentile:.1f}" y1="{y - 8}" x2="{percentile:.1f}" y2="{y + 8}" stroke="{INK}" stroke-width="2"/>'
    )
    return parts


def draw_asked(x: float, y: float) -> str:
    """Draw a hollow diamond."""
    return (
        f'<path d="M {x:.1f} {y - 7} l 6 7 l -6 7 l -6 -7 z" fill="white" fill-opacity="0.6" stroke="{ASKED}" '
        'stroke-width="2.5"/>'
    )


def draw_chosen(x: float, y: float) -> str:
    """Draw a full triangle that hangs above the row, with a line down through it."""
    return (
        f'<path d="M {x - 6:.1f} {y - 14} h 12 l -6 8 z" fill="{CHOSEN}"/>'
        f'<line x1="{x:.1f}" y1="{y - 8}" x2="{x:.1f}" y2="{y + 11}" stroke="{CHOSEN}" stroke-width="1.5" '
        'stroke-dasharray="4 2"/>'
    )


def write(x: float, y: float, text: str, *, anchor: str = "start", fill: str = INK, size: int = 12) -> str:
    """Write a text that is escaped already."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}" font-size="{size}">{text}</text>'
