"""What Groovy does with values: it calculates, compares, and fills them into texts (pure)."""

import operator
from collections.abc import Callable
from typing import Any

from nextflow.config.check.groovy.amounts import Memory, Time, Unknowable, Value, cut_off, read_memory

MOST_POWER = 64
_OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "**": operator.pow,
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
    if isinstance(result, bool) or (both and sign == "/"):
        return result
    return Time(result) if kind is Time else Memory(cut_off(result + 0.5 if sign == "/" else result))


def write(value: Value) -> str:
    """Write a value as it is filled into a text; raises Unknowable for what Groovy writes in ways of its own."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise Unknowable(f"{value!r} in a text")


def _plain(sign: str, left: Value, right: Value) -> Value:
    if sign == "+" and isinstance(left, str) != isinstance(right, str):
        return write(left) + write(right)
    if sign == "**" and not (isinstance(right, int | float) and abs(right) <= MOST_POWER):
        raise Unknowable(f"{left!r} ** {right!r}")
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
