"""Durations, amounts of memory and shares as Nextflow writes them, for people or raw.

Source: https://www.nextflow.io/docs/latest/reports.html#trace-file (trace.raw: "milliseconds" and "bytes"; for people
"1d 2h 3m 4.5s" and "2.6 MB", in steps of 1024). `-` and an empty field are unknown, which is not 0.
"""

import re
from datetime import UTC, datetime

_UNKNOWN = ("", "-", "null", "NA", "N/A", "None")
_PARTS = re.compile(r"(\d+(?:\.\d+)?) ?(ms|d|h|m|s)(?:[a-z]*)\b ?", re.I)
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_COLONS = re.compile(r"(?:(\d+)[ -])?(\d+):(\d\d):(\d\d(?:\.\d+)?)")
_AMOUNT = re.compile(r"(\d+(?:[.,]\d+)?) ?([KMGTPEZ]?)i?B?", re.I)
_STEPS = " KMGTPEZ"
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_TIMES = ("%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S")
_TOO_LATE = 1e11  # seconds: a number beyond it counts milliseconds


def is_unknown(text: str) -> bool:
    return text.strip() in _UNKNOWN


def read_seconds(text: str) -> float | None:
    """Read a duration in seconds: "13m 44s", "733ms", "1:02:03", or raw milliseconds. None for unknown.

    Raises ValueError for what is no duration.
    """
    text = text.strip()
    if is_unknown(text):
        return None
    if _NUMBER.fullmatch(text):
        return _not_negative(float(text)) / 1000
    if match := _COLONS.fullmatch(text):
        days, hours, minutes, seconds = match.groups(default="0")
        return int(days) * 86400 + int(hours) * 3600 + int(minutes) * 60 + float(seconds)
    parts = list(_PARTS.finditer(text))
    if not parts or "".join(part.group(0) for part in parts) != text:
        raise ValueError(f"{text!r} is no duration")
    return sum(float(part[1]) * _SECONDS[part[2].lower()] for part in parts)


def read_bytes(text: str) -> int | None:
    """Read an amount in bytes: "2.6 MB", "1 GB", or raw bytes. None for unknown; ValueError for what is no amount."""
    text = text.strip()
    if is_unknown(text):
        return None
    if _NUMBER.fullmatch(text):
        return int(_not_negative(float(text)))
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no amount of memory")
    return int(float(match[1].replace(",", ".")) * 1024 ** _STEPS.index(match[2].upper() or " "))


def read_share(text: str) -> float | None:
    """Read a percentage, with or without its sign. None for unknown; ValueError for what is none."""
    text = text.strip()
    return None if is_unknown(text) else _not_negative(float(text.rstrip("% ").replace(",", ".")))


def read_count(text: str) -> int | None:
    """Read a whole number. None for unknown; ValueError for what is none."""
    text = text.strip()
    return None if is_unknown(text) else int(float(text))


def read_instant(text: str) -> float | None:
    """Read a time in seconds since the epoch: raw milliseconds, or a date and time, taken as UTC. None: unknown."""
    text = text.strip()
    if is_unknown(text):
        return None
    if _NUMBER.fullmatch(text):
        number = float(text)
        return number / 1000 if number > _TOO_LATE else number
    for form in _TIMES:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC).timestamp()
        except ValueError:
            continue
    raise ValueError(f"{text!r} is no time")


def _not_negative(number: float) -> float:
    if number < 0:
        raise ValueError(f"{number:g} is negative")
    return number
