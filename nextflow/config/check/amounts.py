"""Amounts of memory and times, and what Groovy does with them (pure)."""

import math
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

STEPS = {"B": 1, "KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30, "TB": 1 << 40, "PB": 1 << 50}
SECONDS = {
    "ms": 0.001, "milli": 0.001, "millis": 0.001, "s": 1, "sec": 1, "second": 1, "seconds": 1, "m": 60, "min": 60,
    "minute": 60, "minutes": 60, "h": 3600, "hour": 3600, "hours": 3600, "d": 86400, "day": 86400, "days": 86400,
}  # fmt: skip
_MEMORY = re.compile(r"\s*(\d+(?:\.\d+)?)[\s.]*([KMGTP]?)i?B?\s*", re.IGNORECASE)
MIB = STEPS["MB"]


class Unknowable(Exception):
    """What only the run can tell."""


@dataclass(frozen=True, order=True)
class Memory:
    """Bytes."""

    size: float


@dataclass(frozen=True, order=True)
class Time:
    """Seconds."""

    seconds: float


Value = Any
"""A number, a text, a truth, a list, None, Memory or Time."""


def with_unit(number: float, unit: str) -> Memory | Time:
    """Make an amount of 8 and GB; raises Unknowable for a unit that is none."""
    if unit in STEPS:
        return Memory(number * STEPS[unit])
    if unit in SECONDS:
        return Time(number * SECONDS[unit])
    raise Unknowable(f".{unit} of a number")


def read_memory(value: Value) -> float | None:
    """Return the bytes of an amount, a text ('16 GB', '16.GB') or a number; None for None. Raises Unknowable."""
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    if isinstance(value, Memory):
        return value.size
    if isinstance(value, str) and (match := _MEMORY.fullmatch(value)):
        return float(match[1]) * STEPS[f"{match[2].upper()}B"]
    raise Unknowable(f"{value!r} is no amount of memory")


def find_rounding(size: float) -> float:
    """Return by how many bytes an amount may be more or less that was printed with one decimal: of whole MiB, none."""
    if size % MIB == 0:
        return 0
    unit = max(step for step in STEPS.values() if step <= max(size, 1))
    return 0.05 * unit


_OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "%": operator.mod,
    "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge, "==": operator.eq,
    "!=": operator.ne,
}  # fmt: skip


def calculate(sign: str, left: Value, right: Value) -> Value:
    """Calculate as Groovy does: amounts with numbers, with each other, and compared with texts."""
    kind = next((type(side) for side in (left, right) if isinstance(side, Memory | Time)), None)
    if kind is None or (sign in ("==", "!=") and None in (left, right)):
        return _plain(sign, left, right)
    numbers = [_bare(side) for side in (left, right)]
    result = _plain(sign, *numbers)
    both = all(isinstance(side, Memory | Time) for side in (left, right))
    return result if isinstance(result, bool) or (both and sign == "/") else kind(result)


def _plain(sign: str, left: Value, right: Value) -> Value:
    try:
        return _OPERATIONS[sign](left, right)
    except (TypeError, ZeroDivisionError, OverflowError, KeyError):
        raise Unknowable(f"{left!r} {sign} {right!r}") from None


def _bare(value: Value) -> Value:
    if isinstance(value, Memory):
        return value.size
    if isinstance(value, Time):
        return value.seconds
    return read_memory(value) if isinstance(value, str) else value


def round_up(number: float) -> int:
    return math.ceil(number)
