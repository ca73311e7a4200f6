"""Durations, amounts of memory and shares as Nextflow writes them, for people or raw.

Source: https://www.nextflow.io/docs/latest/reports.html#trace-file (trace.raw: "milliseconds" and "bytes"; for people
"1d 2h 3m 4.5s" and "2.6 MB", in steps of 1024). `-` and an empty field are unknown, which is not 0. A trace has
the same few words thousands of times: what is for people is remembered.
"""

import math
import re
from datetime import UTC, datetime
from functools import lru_cache

_UNKNOWN = ("", "-", "null", "NA", "N/A", "None", "nan", "NaN")
_SECONDS = {
    **dict.fromkeys(("ms", "milli", "millis"), 0.001), **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1.0),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 60.0),
    **dict.fromkeys(("h", "hour", "hours"), 3600.0), **dict.fromkeys(("d", "day", "days"), 86400.0),
}  # fmt: skip
_PARTS = re.compile(rf"(\d+(?:[.,]\d+)?) ?({'|'.join(_SECONDS)})(?![a-z]) ?", re.I)
_COLONS = re.compile(r"(?:(\d+)[ -])?(\d+):(\d\d):(\d\d(?:\.\d+)?)")
_AMOUNT = re.compile(r"(\d+(?:[.,]\d+)?) ?([KMGTPEZ]?)i?B?", re.I)
_STEPS = " KMGTPEZ"
_TOO_LATE = 1e11  # seconds: a number beyond it counts milliseconds
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAIVE_EPOCH = datetime(1970, 1, 1)  # what is subtracted from it has no zone either
_REMEMBERED = 1 << 15


class Negative(ValueError):
    """A number below 0, which counts nothing."""


def is_unknown(text: str) -> bool:
    return text.strip() in _UNKNOWN


def read_seconds(text: str) -> float | None:
    """Read a duration in seconds: "13m 44s", "733ms", "1:02:03", or raw milliseconds. None for unknown.

    Raises ValueError for what is no duration.
    """
    number = _read_raw(text) if text[-1:].isdecimal() else None
    return _read_duration(text) if number is None else number / 1000


def read_bytes(text: str) -> int | None:
    """Read an amount in bytes: "2.6 MB", "1 GB", or raw bytes. None for unknown; ValueError for what is no amount."""
    number = _read_raw(text) if text[-1:].isdecimal() else None
    return _read_amount(text) if number is None else int(number)


def read_share(text: str) -> float | None:
    """Read a percentage, with or without its sign. None for unknown; ValueError for what is none."""
    number = text.strip().rstrip("% ")
    if is_unknown(number):
        return None
    try:
        return _check(float(number.replace(",", ".")))
    except Negative:
        raise
    except ValueError:
        raise ValueError(f"{text!r} is no percentage") from None


@lru_cache(maxsize=_REMEMBERED)
def read_count(text: str) -> int | None:
    """Read a whole number. None for unknown; ValueError for what is none."""
    if is_unknown(text):
        return None
    try:
        return int(float(text))
    except (ValueError, OverflowError):
        raise ValueError(f"{text!r} is no number") from None


def read_instant(text: str) -> float | None:
    """Read a time in seconds since the epoch: raw milliseconds, or a date and time, taken as UTC. None: unknown."""
    if is_unknown(text):
        return None
    if text.isdecimal():
        number = float(text)
        return number / 1000 if number > _TOO_LATE else number
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"{text!r} is no time") from None
    return (instant - (_EPOCH if instant.tzinfo else _NAIVE_EPOCH)).total_seconds()


def _read_raw(text: str) -> float | None:
    """Read a bare number; None for anything else, an exponent's too where it is written for people."""
    try:
        return _check(float(text))
    except ValueError:
        if text.startswith("-"):
            raise
        return None


@lru_cache(maxsize=_REMEMBERED)
def _read_duration(text: str) -> float | None:
    text = text.strip()
    if is_unknown(text):
        return None
    if match := _COLONS.fullmatch(text):
        days, hours, minutes, seconds = match.groups(default="0")
        return int(days) * 86400 + int(hours) * 3600 + int(minutes) * 60 + float(seconds)
    if text[:1] == "-":
        _read_duration(text[1:])
        raise Negative(f"{text} is negative")
    parts = list(_PARTS.finditer(text))
    if not parts or "".join(part.group(0) for part in parts) != text:
        raise ValueError(f"{text!r} is no duration")
    return sum(float(part[1].replace(",", ".")) * _SECONDS[part[2].lower()] for part in parts)


@lru_cache(maxsize=_REMEMBERED)
def _read_amount(text: str) -> int | None:
    text = text.strip()
    if is_unknown(text):
        return None
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no amount of memory")
    return int(float(match[1].replace(",", ".")) * 1024 ** _STEPS.index(match[2].upper() or " "))


def _check(number: float) -> float:
    if number < 0:
        raise Negative(f"{number:g} is negative")
    if not number < math.inf:
        raise ValueError(f"{number:g} is no number")
    return number
