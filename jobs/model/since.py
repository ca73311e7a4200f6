"""--since: a time ago, or a time of the day, as people write them (pure)."""

import re
from datetime import UTC, datetime, timedelta

from kiln.errors import UserError

_UNITS = {
    "s": "seconds", "sec": "seconds", "m": "minutes", "min": "minutes", "h": "hours", "d": "days", "day": "days",
    "days": "days", "w": "weeks",
}  # fmt: skip
_AGO = re.compile(rf"([0-9]{{1,5}})\s*({'|'.join(sorted(_UNITS, key=len, reverse=True))})(\s+ago)?", re.IGNORECASE)
_TRY = "Try --since 2h, --since 3d, --since 2026-11-28 or --since 2026-11-28T14:00 (UTC)."


def parse(text: str, now: datetime) -> datetime:
    """Parse a time ago (2h, 30 min, 3 d) or a date with or without a time; returns it in UTC.

    A time without a zone is UTC's. Raises UserError for what is neither, and for what lies before `now` by nothing.
    """
    moment = _parse(text.strip(), now)
    if moment is None:
        raise UserError(f"--since {text} is no time", "it takes a time ago with its unit, or a date", _TRY)
    if moment >= now:
        why = f"now it is {now:%Y-%m-%d %H:%M} UTC, and no job is younger than that"
        raise UserError(f"--since {text} lies in the future", why, _TRY)
    return moment


def _parse(text: str, now: datetime) -> datetime | None:
    if match := _AGO.fullmatch(text):
        return now - timedelta(**{_UNITS[match[2].lower()]: int(match[1])})
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):  # the latter where UTC's year is none: 9999-12-31T23:59-14:00
        return None
