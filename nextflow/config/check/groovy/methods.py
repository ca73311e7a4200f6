"""Methods of values, and those of Math, as closures of configurations use them (pure)."""

import math
from collections.abc import Callable, Sequence
from typing import Any

from nextflow.config.check.groovy.amounts import STEPS, Memory, Unknowable, Value

_MATH: dict[str, Callable[..., Value]] = {
    "min": min, "max": max, "pow": lambda base, exponent: float(base) ** exponent, "abs": abs,
    "ceil": lambda number: float(math.ceil(number)), "floor": lambda number: float(math.floor(number)),
    "round": lambda number: math.floor(number + 0.5),
}  # fmt: skip
_IN_UNITS = {"toBytes": "B", "toKilo": "KB", "toMega": "MB", "toGiga": "GB"}


def call_math(name: str, arguments: Sequence[Value]) -> Value:
    """Call `Math.pow(2, 3)`; raises Unknowable for what is not understood."""
    return _call(f"Math.{name}", _MATH.get(name), arguments)


def call_method(name: str, value: Value, arguments: Sequence[Value]) -> Value:
    """Call a value's method: the least of a list, an amount in GB, a whole division. Raises Unknowable."""
    if name in ("min", "max") and isinstance(value, list) and value and not arguments:
        return _call(name, _MATH[name], [value])
    if name in _IN_UNITS and isinstance(value, Memory) and not arguments:
        return int(value.size // STEPS[_IN_UNITS[name]])
    if name == "intdiv" and len(arguments) == 1:
        return _call(name, lambda left, right: int(left / right), [value, *arguments])
    raise Unknowable(f".{name}() of {value!r}")


def take_item(value: Value, index: Value) -> Value:
    """Take `[1, 2][0]` or `[a: 1]['a']`; raises Unknowable for what is not there."""
    try:
        return value[index]
    except (TypeError, LookupError):
        raise Unknowable(f"{value!r}[{index!r}]") from None


def _call(name: str, function: Callable[..., Value] | None, arguments: Sequence[Any]) -> Value:
    try:
        if function is not None:
            return function(*arguments)
    except (TypeError, ValueError, ArithmeticError):
        pass
    raise Unknowable(f"{name}(…)")
