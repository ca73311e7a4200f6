"""Expressions of the cluster query language, as values."""

from dataclasses import dataclass

SYMBOLS = {
    "==": "equals", "!=": "not_equals", ">=": "greater_than_equal", "<=": "less_than_equal", ">": "greater_than",
    "<": "less_than", "=~": "matches", "!~": "not_matches", "!in": "not_in", "!exists": "not_exists",
}  # fmt: skip
OPERATORS = frozenset(SYMBOLS.values()) | {"in", "exists"}


class BadExpression(ValueError):
    """What is wrong with the expression, and where."""


@dataclass(frozen=True)
class Comparison:
    """`operator` is one of OPERATORS, by its name; `arguments` are none (exists), one, or those of a list."""

    subject: str
    operator: str
    arguments: tuple[str, ...]


@dataclass(frozen=True)
class Not:
    term: "Expression"


@dataclass(frozen=True)
class And:
    terms: tuple["Expression", ...]


@dataclass(frozen=True)
class Or:
    terms: tuple["Expression", ...]


Expression = Comparison | Not | And | Or
