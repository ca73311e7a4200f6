"""Numbers as people read them."""

import re
from datetime import UTC, datetime

_STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def format_seconds(value: float) -> str:
    """1.4 s, 48.0 s, 6 min 12 s, 2 h 5 min."""
    if value < 60:
        return f"{value:.1f} s"
    whole = round(value)
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def format_size(count: float) -> str:
    """Bytes with a binary unit: 512 B, 1.4 MiB, 30.0 GiB."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if abs(count) < 1024:
            return f"{count:.0f} B" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1024
    return f"{count:.1f} TiB"


def format_age(then: datetime, now: datetime | None = None) -> str:
    """40 s old, 12 min old, 5 h old, 3 days old."""
    value = max(0, int(((now or datetime.now(UTC)) - then).total_seconds()))
    for limit, unit, divisor in ((60, "s", 1), (3600, "min", 60), (86400, "h", 3600)):
        if value < limit:
            return f"{value // divisor} {unit} old"
    days = value // 86400
    return f"{days} day{'s' if days != 1 else ''} old"


def count(number: float, noun: str) -> str:
    """1 volume, 3 volumes."""
    return f"{number} {noun}" + ("" if number == 1 else "s")


def show_signs(text: str) -> str:
    """Write what others' programs wrote so that it steers no terminal: ESC as \\x1b; lines and tabs stay."""
    return _STEERING.sub(lambda sign: repr(sign[0])[1:-1], text)
