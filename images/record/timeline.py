"""A picture of where the time went (pure): spans → SVG."""

from collections.abc import Sequence
from html import escape

from images.record.report import Span
from kiln import words

_ROW, _LEFT, _WIDTH, _TOP = 22, 400, 640, 46
_STAGE, _STEP, _FAILED = "#2f6f9f", "#8fb8d4", "#c0392b"


def draw(title: str, spans: Sequence[Span]) -> str:
    """An SVG with one bar per span in order of start; stages dark, steps on a machine light, failures red."""
    ordered = sorted(spans, key=lambda span: (span.start, span.depth))
    total = max((span.end for span in ordered), default=1.0) or 1.0
    height = _TOP + _ROW * len(ordered) + 30
    width = _LEFT + _WIDTH + 110
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        ' font-family="DejaVu Sans, Arial, sans-serif" font-size="12">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
        f'<text x="12" y="24" font-size="15" fill="#222">{escape(title)}</text>',
    ]
    parts += _grid(total, height)
    for row, span in enumerate(ordered):
        parts += _bar(span, _TOP + row * _ROW, total)
    return "\n".join([*parts, "</svg>", ""])


def _grid(total: float, height: int) -> list[str]:
    step = next((s for s in (5, 10, 15, 30, 60, 120, 300, 600, 1800) if total / s <= 10), 3600)
    lines = []
    for mark in range(0, int(total) + 1, step):
        x = _LEFT + _WIDTH * mark / total
        lines.append(f'<line x1="{x:.1f}" y1="{_TOP - 6}" x2="{x:.1f}" y2="{height - 24}" stroke="#ddd"/>')
        label = f"{mark} s" if step < 60 else f"{mark // 60} min"
        lines.append(f'<text x="{x:.1f}" y="{height - 8}" text-anchor="middle" fill="#666">{label}</text>')
    return lines


def _bar(span: Span, y: float, total: float) -> list[str]:
    x = _LEFT + _WIDTH * span.start / total
    length = max(1.5, _WIDTH * (span.end - span.start) / total)
    colour = _FAILED if not span.ok else _STEP if span.depth else _STAGE
    name = span.name if len(span.name) <= 56 else span.name[:55] + "…"
    seconds = words.format_seconds(span.end - span.start)
    return [
        f'<text x="{12 + 14 * span.depth}" y="{y + 14:.1f}" fill="#222">{escape(name)}</text>',
        f'<rect x="{x:.1f}" y="{y + 3:.1f}" width="{length:.1f}" height="{_ROW - 7}" rx="2" fill="{colour}"/>',
        f'<text x="{x + length + 5:.1f}" y="{y + 14:.1f}" fill="#444">{seconds}</text>',
    ]
