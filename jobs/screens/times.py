"""Times as people read them (pure)."""

from datetime import datetime

from kiln import words


def render_time(moment: datetime | None) -> str:
    """2026-11-28 09:30:12Z; "" for none."""
    return f"{moment:%Y-%m-%d %H:%M:%SZ}" if moment else ""


def render_span(begin: datetime | None, end: datetime | None, now: datetime) -> str:
    """How long something took, or has taken so far; "" for what has not begun."""
    if begin is None:
        return ""
    return words.format_seconds(max(0.0, ((end or now) - begin).total_seconds()))
