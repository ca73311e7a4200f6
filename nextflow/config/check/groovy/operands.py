"""The operands of expressions, made into functions of the attempt: amounts, texts, lists, names, calls (pure)."""

import re
from collections.abc import Sequence

from nextflow.config.check.groovy.amounts import Unknowable, Value
from nextflow.config.check.groovy.compiled import (
    Compiled,
    call,
    fill,
    get,
    make_constant,
    with_item,
    with_method,
    with_unit,
)
from nextflow.config.check.groovy.tokens import Token, split

_END = Token("end", "")
_FILLED_IN = re.compile(r"\$\{([^{}]*)\}|\$([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)")  # in texts: ${1 + 2}, $params.x


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
            return self._member(self._list_or_map())
        if token.kind == "number":
            return self._with_units(float(token.text.rstrip("lLgGdDfFiI").replace("_", "")))
        if token.kind == "text":
            return make_constant(token.text)
        if token.kind == "filled":
            return self._filled(token.text)
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

    def _filled(self, text: str) -> Compiled:
        """`"${4 * task.attempt} GB"`."""
        parts, end = list[Compiled](), 0
        for match in _FILLED_IN.finditer(text):
            parts += [make_constant(text[end : match.start()]), self._inner(match[1] or match[2])]
            end = match.end()
        plain = _FILLED_IN.sub("", text)
        if "$" in plain or "\\" in plain:
            raise Unknowable(f"{text} is not understood")
        return fill([*parts, make_constant(text[end:])])

    def _inner(self, source: str) -> Compiled:
        try:
            inner = type(self)(split(source))
        except ValueError as error:
            raise Unknowable(str(error)) from None
        value = inner.expression()
        inner.expect_end()
        return value

    def _with_units(self, number: float) -> Compiled:
        value: Value = int(number) if number.is_integer() else number
        return self._member(make_constant(value))

    def _member(self, inner: Compiled) -> Compiled:
        """`8.GB`, `(8 * 2).GB`, `[1, 2][0]`, `[1, 2].min()`."""
        while True:
            if self._take("["):
                inner = with_item(inner, self.expression())
                self._need("]")
            elif self._take("."):
                name = self._take_any()
                inner = with_method(inner, name, self._list(")")) if self._take("(") else with_unit(inner, name)
            else:
                return inner

    def _named(self, name: str) -> Compiled:
        if name in ("true", "false", "null"):
            return make_constant({"true": True, "false": False, "null": None}[name])
        path = [name]
        while self._next.text in (".", "?.") and self._next.kind == "sign":
            self._at += 1
            path.append(self._take_any())
        if self._take("("):
            return self._member(call(path, self._list(")")))
        if path == ["params"] and self._take("["):
            path.append(self._take_any())
            self._need("]")
        return self._member(get(path))

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

    def _take_any(self) -> str:
        text = self._next.text
        self._at += 1
        return text

    def _need(self, text: str) -> None:
        if not self._take(text):
            raise Unknowable(f"{self._next.text or 'its end'} where {text} is expected")

    def expect_end(self) -> None:
        if self._next.kind != "end":
            raise Unknowable(f"{self._next.text} behind its end")
