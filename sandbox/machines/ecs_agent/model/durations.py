"""Durations as Go writes and reads them ("1m30s"): the form of the agent's settings and of its messages.

Source: package time of Go, ParseDuration and Duration.String.
"""

from __future__ import annotations

import re

_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_PART = re.compile(r"(\d+\.?\d*|\.\d+)(ns|us|µs|ms|h|m|s)")


def parse(text: str) -> float | None:
    """Seconds; None for what is no duration."""
    sign = -1.0 if text.startswith("-") else 1.0
    rest = text.lstrip("+-") if text[:1] in ("+", "-") else text
    if rest == "0":
        return 0.0
    if not rest or _PART.sub("", rest):
        return None
    return sign * sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(rest))


def write(seconds: float) -> str:
    """As Go prints it: "4m0s", "1m5.03s", "250ms"."""
    if 0 < seconds < 1:
        return f"{_trim(round(seconds * 1000, 3))}ms"
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    said = f"{_trim(round(rest, 6))}s"
    if hours:
        return f"{hours}h{minutes}m{said}"
    return f"{minutes}m{said}" if minutes else said


def _trim(number: float) -> str:
    return f"{number:.6f}".rstrip("0").rstrip(".")
