"""Operands that are functions of the attempt, put together to others (pure)."""

from collections.abc import Callable, Sequence
from typing import Protocol

from nextflow.config.check.groovy.amounts import Unknowable, Value, make_amount
from nextflow.config.check.groovy.arithmetic import calculate, write
from nextflow.config.check.groovy.methods import call_method, take_item


class Scope(Protocol):
    """What names stand for; `get` raises Unknowable."""

    def get(self, path: Sequence[str]) -> Value: ...
    def call(self, path: Sequence[str], arguments: Sequence[Value]) -> Value: ...


Compiled = Callable[[Scope], Value]


def make_constant(value: Value) -> Compiled:
    return lambda _: value


def fill(parts: Sequence[Compiled]) -> Compiled:
    """Fill values into a text."""
    return lambda scope: "".join(write(part(scope)) for part in parts)


def get(path: Sequence[str]) -> Compiled:
    """Get what a name stands for, or a number of that name with a unit behind it: `params.gb.GB`."""

    def look_up(scope: Scope) -> Value:
        try:
            return scope.get(path)
        except Unknowable:
            if len(path) < 3:
                raise
            number = scope.get(path[:-1])
        return _give_unit(number, path[-1])

    return look_up


def call(path: Sequence[str], arguments: Sequence[Compiled]) -> Compiled:
    """Call a function, or a method of what a name stands for: `task.memory.toGiga()`."""

    def run(scope: Scope) -> Value:
        values = [argument(scope) for argument in arguments]
        if path[0] in ("task", "params") and len(path) > 2:
            return call_method(path[-1], scope.get(path[:-1]), values)
        return scope.call(path, values)

    return run


def with_item(inner: Compiled, index: Compiled) -> Compiled:
    return lambda scope: take_item(inner(scope), index(scope))


def with_method(inner: Compiled, name: str, arguments: Sequence[Compiled]) -> Compiled:
    return lambda scope: call_method(name, inner(scope), [argument(scope) for argument in arguments])


def with_unit(inner: Compiled, unit: str) -> Compiled:
    return lambda scope: _give_unit(inner(scope), unit)


def _give_unit(number: Value, unit: str) -> Value:
    if not isinstance(number, int | float) or isinstance(number, bool):
        raise Unknowable(f".{unit} of {number!r}")
    return make_amount(number, unit)


def combine(sign: str, left: Compiled, right: Compiled) -> Compiled:
    if sign == "||":
        return lambda scope: bool(left(scope)) or bool(right(scope))
    if sign == "&&":
        return lambda scope: bool(left(scope)) and bool(right(scope))
    if sign == "in":
        return lambda scope: left(scope) in (right(scope) or ())
    return lambda scope: calculate(sign, left(scope), right(scope))
