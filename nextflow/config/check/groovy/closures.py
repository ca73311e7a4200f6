"""A closure of a configuration, or a value, made into a function of the attempt (pure).

Not all of Groovy: what configurations do with attempts. Anything else is Unknowable, which only the run can tell.
"""

from nextflow.config.check.groovy.amounts import Memory, Unknowable, Value, read_memory
from nextflow.config.check.groovy.arithmetic import calculate
from nextflow.config.check.groovy.compiled import Compiled, Scope, combine
from nextflow.config.check.groovy.operands import Operands
from nextflow.config.check.groovy.tokens import Token, split

_NUMBERS = {"int", "Integer", "long", "Long", "short", "BigInteger"}
_FRACTIONS = {"float", "Float", "double", "Double", "BigDecimal"}
NOTHING = object()  # what a condition gives that does not hold
LEVELS: tuple[tuple[str, ...], ...] = (("||",), ("&&",), ("==", "!="), ("<", ">", "<=", ">=", "in"), ("+", "-"),
                                       ("*", "/", "%"), ("**",))  # fmt: skip


def compile_value(source: str) -> Compiled:
    """Compile a value as `nextflow config -flat` prints it: a closure in braces, or an expression.

    Raises Unknowable for what is not understood.
    """
    try:
        tokens = split(source)
    except ValueError as error:
        raise Unknowable(str(error)) from None
    if tokens[:1] == [Token("sign", "{")] and tokens[-1:] == [Token("sign", "}")]:
        tokens = tokens[1:-1]
        if tokens[:1] == [Token("sign", "->")]:
            tokens = tokens[1:]
    parser = Parser(tokens)
    try:
        value = parser.statements()
        parser.expect_end()
    except RecursionError:
        raise Unknowable("it is too deep") from None
    return lambda scope: None if (made := value(scope)) is NOTHING else made


class Parser(Operands):
    """Reads statements and expressions; the ends of lines are not minded."""

    def statements(self) -> Compiled:
        """`if (…) … else …`, `return …`, and an expression: the value of the first that gives a value."""
        steps: list[Compiled] = []
        is_condition = True
        while self._next.kind != "end" and self._next.text != "}":
            if not is_condition:
                raise Unknowable(f"{self._next.text} behind a value")
            is_condition = self._next.text == "if"
            steps.append(self._statement())
            while self._take(";"):
                pass

        def run(scope: Scope) -> Value:
            values = (step(scope) for step in steps)
            return next((value for value in values if value is not NOTHING), NOTHING)

        return run

    def _statement(self) -> Compiled:
        if not self._take("if"):
            self._take("return")
            return self.expression()
        self._need("(")
        condition = self.expression()
        self._need(")")
        then = self._branch()
        other = self._branch() if self._take("else") else _do_nothing

        def choose(scope: Scope) -> Value:
            return (then if condition(scope) else other)(scope)

        return choose

    def _branch(self) -> Compiled:
        if self._take("{"):
            value = self.statements()
            self._need("}")
        else:
            value = self._statement()
        while self._take(";"):
            pass
        return value

    def expression(self) -> Compiled:
        condition = self._binary(0)
        if self._take("?"):
            then = self.expression()
            self._need(":")
            other = self.expression()
            return lambda scope: then(scope) if condition(scope) else other(scope)
        if self._take("?:"):
            default = self.expression()
            return lambda scope: condition(scope) or default(scope)
        return condition

    def _binary(self, level: int) -> Compiled:
        if level == len(LEVELS):
            return self._unary()
        left = self._binary(level + 1)
        while (sign := self._next.text) in LEVELS[level] and self._next.kind in ("sign", "name"):
            self._at += 1
            left = combine(sign, left, self._binary(level + 1))
        return left

    def _unary(self) -> Compiled:
        if self._take("!"):
            denied = self._unary()
            return lambda scope: not denied(scope)
        if self._take("-"):
            value = self._unary()
            return lambda scope: calculate("*", value(scope), -1)
        value = self._operand()
        while self._take("as"):
            value = _cast(value, self._take_type())
        return value

    def _take_type(self) -> str:
        """The last part of a type's name."""
        self._at += 1
        while self._take("."):
            self._at += 1
        return self._tokens[self._at - 1].text if self._at <= len(self._tokens) else ""


def _cast(value: Compiled, type_: str) -> Compiled:
    return lambda scope: _cast_to(type_, value(scope))


def _cast_to(type_: str, value: Value) -> Value:
    """Make another type of a value: `'8' as int`. Raises Unknowable where that is not known to work."""
    if type_ in _NUMBERS | _FRACTIONS and isinstance(value, str | int | float):
        try:
            return float(value) if type_ in _FRACTIONS else int(value)
        except (ValueError, OverflowError):
            raise Unknowable(f"{value!r} as {type_}") from None
    if type_ == "MemoryUnit" and value is not None:
        return Memory(read_memory(value) or 0)
    if type_ in ("String", "CharSequence") and isinstance(value, str):
        return value
    raise Unknowable(f"{value!r} as {type_}")


def _do_nothing(_: Scope) -> Value:
    return NOTHING
