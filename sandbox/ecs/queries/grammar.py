"""The grammar of the cluster query language: text to an expression. Pure.

    expression := both { ("or" | "||") both }           both := term { ("and" | "&&") term }
    term := ("not" | "!") term | "(" expression ")" | subject operator [argument | "[" argument {"," argument} "]"]

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-query-language.html. What it does not say:
"and" binds closer than "or", "not" closest; an argument in quotes may hold anything but its quote; a pattern ends at a
blank or at a parenthesis that was not opened in it.
"""

import re

from sandbox.ecs.queries.expressions import OPERATORS, SYMBOLS, And, BadExpression, Comparison, Expression, Not, Or

_OPERATOR = re.compile(r"==|!=|>=|<=|=~|!~|>|<|!(?:in|exists)\b|[a-z_]+")
_SUBJECT = re.compile(r"[A-Za-z][\w.:/\\-]*")
_QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_LITERAL = re.compile(r"(?:(?!&&|\|\|)[^\s\[\](),'\"])+")
_AND, _OR, _NOT = re.compile(r"&&|and\b"), re.compile(r"\|\||or\b"), re.compile(r"!|not\b")


def parse(text: str) -> Expression:
    """Parse an expression; raises BadExpression."""
    reader = _Reader(text)
    expression = reader.read_any()
    if not reader.is_at_end():
        raise reader.complain("its end, and or or")
    return expression


class _Reader:
    """A place in the text, which goes on as it is read."""

    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0

    def complain(self, expected: str) -> BadExpression:
        rest = self._text[self._at : self._at + 20] or "the end"
        return BadExpression(f"expected {expected} at character {self._at + 1}: {rest}")

    def is_at_end(self) -> bool:
        self._skip(re.compile(r"\s*"))
        return self._at == len(self._text)

    def read_any(self) -> Expression:
        terms = [self._read_both()]
        while self._take(_OR):
            terms.append(self._read_both())
        return terms[0] if len(terms) == 1 else Or(tuple(terms))

    def _read_both(self) -> Expression:
        terms = [self._read_term()]
        while self._take(_AND):
            terms.append(self._read_term())
        return terms[0] if len(terms) == 1 else And(tuple(terms))

    def _read_term(self) -> Expression:
        if self._take(_NOT):
            return Not(self._read_term())
        if not self._take(re.compile(r"\(")):
            return self._read_comparison()
        inner = self.read_any()
        if not self._take(re.compile(r"\)")):
            raise self.complain("a closing parenthesis")
        return inner

    def _read_comparison(self) -> Comparison:
        subject = self._take(_SUBJECT)
        if not subject:
            raise self.complain("a subject")
        before = self._at
        symbol = self._take(_OPERATOR)
        operator = SYMBOLS.get(symbol, symbol)
        if operator not in OPERATORS:
            self._at = before
            raise self.complain("an operator")
        if operator in ("exists", "not_exists"):
            return Comparison(subject, operator, ())
        if operator in ("in", "not_in"):
            return Comparison(subject, operator, self._read_list())
        pattern = operator in ("matches", "not_matches")
        return Comparison(subject, operator, (self._read_pattern() if pattern else self._read_argument(),))

    def _read_list(self) -> tuple[str, ...]:
        if not self._take(re.compile(r"\[")):
            raise self.complain("a list in brackets")
        arguments = [self._read_argument()]
        while self._take(re.compile(",")):
            arguments.append(self._read_argument())
        if not self._take(re.compile(r"\]")):
            raise self.complain("a closing bracket")
        return tuple(arguments)

    def _read_argument(self) -> str:
        if self.is_at_end():
            raise self.complain("an argument")
        quoted = self._skip(_QUOTED)
        if quoted:
            return quoted[1:-1]
        literal = self._skip(_LITERAL)
        if not literal:
            raise self.complain("an argument")
        return literal

    def _read_pattern(self) -> str:
        if self.is_at_end():
            raise self.complain("a pattern")
        quoted = self._skip(_QUOTED)
        if quoted:
            return quoted[1:-1]
        begin, depth = self._at, 0
        while self._at < len(self._text) and not self._text[self._at].isspace():
            character = self._text[self._at]
            if depth == 0 and (character == ")" or self._text[self._at :].startswith(("&&", "||"))):
                break
            depth += {"(": 1, ")": -1}.get(character, 0)
            self._at += 1
        return self._text[begin : self._at]

    def _take(self, pattern: re.Pattern[str]) -> str:
        """Read what the pattern matches here, behind blanks; "" and stay where it does not."""
        before = self._at
        self._skip(re.compile(r"\s*"))
        taken = self._skip(pattern)
        if not taken:
            self._at = before
        return taken

    def _skip(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        if match is None:
            return ""
        self._at = match.end()
        return match[0]
