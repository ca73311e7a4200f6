"""The operands of expressions, made into functions of the attempt: amounts, texts, lists, names, calls (pure)."""

from collections.abc import Callable, Sequence
from typing import Protocol

from nextflow.config.check.amounts import Unknowable, Value, calculate, with_unit
from nextflow.config.check.tokens import Token


class Scope(Protocol):
    """What names stand for; `get` raises Unknowable."""

    def get(self, path: Sequence[str]) -> Value: ...
    def call(self, path: Sequence[str], arguments: Sequence[Value]) -> Value: ...


Compiled = Callable[[Scope], Value]
_END = Token("end", "")


class Operands:
    """Reads tokens from left to right."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens, self._at = tokens, 0

    def expression(self) -> Compiled:
        raise NotImplementedError

    def _operand(self) -> Compiled:
        token = self._next
        self._at += 1
        if token.text == "(" and token.kind == "sign":
            inner = self.expression()
            self._need(")")
            return self._member(inner)
        if token.text == "[" and token.kind == "sign":
            return self._list_or_map()
        if token.kind == "number":
            return self._with_units(float(token.text.rstrip("lLgGdDfFiI").replace("_", "")))
        if token.kind == "text":
            return lambda _: token.text
        if token.kind == "name":
            return self._named(token.text)
        raise Unknowable(f"{token.text or 'its end'} is not understood")

    def _list_or_map(self) -> Compiled:
        """`[1, 2]`, or `[cpus:16, memory:'1 GB']`."""
        names: list[str] = []
        items: list[Compiled] = []
        while not self._take("]"):
            if self._tokens[self._at + 1 : self._at + 2] == [Token("sign", ":")]:
                names.append(self._next.text)
                self._at += 2
            items.append(self.expression())
            if self._next.text != "]":
                self._need(",")
        if names and len(names) == len(items):
            return lambda scope: {name: item(scope) for name, item in zip(names, items, strict=True)}
        return lambda scope: [item(scope) for item in items]

    def _with_units(self, number: float) -> Compiled:
        value: Value = int(number) if number.is_integer() else number
        return self._member(lambda _: value)

    def _member(self, inner: Compiled) -> Compiled:
        """`8.GB`, `(8 * 2).GB`; the methods of values are Unknowable."""
        while self._next.text == "." and self._next.kind == "sign":
            self._at += 1
            unit = self._next.text
            self._at += 1
            if self._next.text == "(":
                raise Unknowable(f".{unit}() of a value")
            inner = _with_unit(inner, unit)
        return inner

    def _named(self, name: str) -> Compiled:
        if name in ("true", "false", "null"):
            return lambda _: {"true": True, "false": False, "null": None}[name]
        path = [name]
        while self._next.text in (".", "?.") and self._next.kind == "sign":
            self._at += 1
            path.append(self._next.text)
            self._at += 1
        if self._take("("):
            arguments = self._list(")")
            return self._member(lambda scope: scope.call(path, [argument(scope) for argument in arguments]))
        return lambda scope: scope.get(path)

    def _list(self, end: str) -> list[Compiled]:
        items: list[Compiled] = []
        while not self._take(end):
            items.append(self.expression())
            if self._next.text != end:
                self._need(",")
        return items

    @property
    def _next(self) -> Token:
        return self._tokens[self._at] if self._at < len(self._tokens) else _END

    def _take(self, text: str) -> bool:
        taken = self._next.text == text and self._next.kind in ("sign", "name")
        self._at += taken
        return taken

    def _need(self, text: str) -> None:
        if not self._take(text):
            raise Unknowable(f"{self._next.text or 'its end'} where {text} is expected")

    def expect_end(self) -> None:
        if self._next.kind != "end":
            raise Unknowable(f"{self._next.text} behind its end")


def _with_unit(inner: Compiled, unit: str) -> Compiled:
    def make(scope: Scope) -> Value:
        number = inner(scope)
        if not isinstance(number, int | float):
            raise Unknowable(f".{unit} of {number!r}")
        return with_unit(number, unit)

    return make


def combine(sign: str, left: Compiled, right: Compiled) -> Compiled:
    if sign == "||":
        return lambda scope: bool(left(scope)) or bool(right(scope))
    if sign == "&&":
        return lambda scope: bool(left(scope)) and bool(right(scope))
    if sign == "in":
        return lambda scope: left(scope) in (right(scope) or ())
    return lambda scope: calculate(sign, left(scope), right(scope))
