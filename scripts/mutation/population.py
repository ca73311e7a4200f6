"""All mutants that cosmic-ray can make of a file, and where a mutant stands after its line has moved."""

import ast
import difflib
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from cosmic_ray import plugins
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.ast.ast_query import ASTQuery
from cosmic_ray.mutating import mutate_code

from scripts.mutation.mutant import Mutant

LONG = 30  # characters
ALIKE = 0.75  # of the characters of two lines, where names on the line have changed


def of(path: str, source: str) -> Iterator[Mutant]:
    """Every mutant of a file but those that no run of the program can tell from it."""
    lines, types = source.split("\n"), _annotations(source)
    nodes = list(ast_nodes(get_ast(source)))
    for name, operator in _operators():
        before: tuple[int, int] | None = None
        variant = occurrence = -1
        for node in nodes:
            for start, _ in operator.mutation_positions(node):
                occurrence += 1
                variant = variant + 1 if start == before else 0
                before = start
                text = lines[start[0] - 1]
                if start in types or _seen_by_nobody(text, start[1]):
                    continue
                indent = len(text) - len(text.lstrip())
                definition = ASTQuery(node).get_definition_name() or ""
                yield Mutant(path, start[0], start[1] - indent, definition, name, occurrence, variant, text.strip())


def apply(mutant: Mutant, source: str) -> str:
    """The file's text with the mutant in it."""
    mutated = mutate_code(source, plugins.get_operator(mutant.operator)(), mutant.occurrence)
    assert mutated not in {None, source}, mutant
    return str(mutated)


def compiles(mutant: Mutant, source: str) -> bool:
    """Whether the file is a program with the mutant in it; cosmic-ray takes the `*` of keyword arguments for a product.

    What Python warns of, such as a text compared by its identity, counts as none: ruff refuses it.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            compile(apply(mutant, source), mutant.path, "exec")
    except (SyntaxError, SyntaxWarning):
        return False
    return True


def changed(mutant: Mutant, text: str) -> Mutant:
    """The mutant with its line as it becomes."""
    old, new = text.split("\n"), apply(mutant, text).split("\n")
    return replace(mutant, mutated=next(b.strip() for a, b in zip(old, new, strict=False) if a != b))


class Tree:
    """The product's files as they are now."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._mutants = [mutant for path, text in sorted(texts.items()) for mutant in of(path, text)]

    def find(self, mutant: Mutant) -> Mutant | None:
        """The same change to the same line, wherever it is, else to the line that is most like it.

        Unless it is LONG it must be in the same file, a file or a function of that name: `@property` abounds.
        """
        kin = [other for other in self._mutants if any(_kinship(mutant, other))]
        exact = [other for other in (self._mutants if len(mutant.text) >= LONG else kin) if other.same == mutant.same]
        if exact:
            return max(exact, key=lambda other: (_kinship(mutant, other), -abs(mutant.line - other.line)))
        changed = [other for other in kin if (other.operator, other.variant) == (mutant.operator, mutant.variant)]
        best = max(changed, key=lambda other: _alike(mutant, other), default=None)
        return best if best and _alike(mutant, best) >= ALIKE else None

    def text(self, path: str) -> str:
        return self._texts[path]


def _kinship(mutant: Mutant, other: Mutant) -> tuple[bool, bool, bool]:
    """Whether two are in the same file, in a function of the same name, in a file of the same name."""
    same_name = mutant.path.rpartition("/")[2] == other.path.rpartition("/")[2]
    return mutant.path == other.path, bool(other.definition) and mutant.definition == other.definition, same_name


def _alike(one: Mutant, other: Mutant) -> float:
    """How much of two lines is the same (0 to 1), on each side of the change."""
    sides = ((one.text[: one.column], other.text[: other.column]), (one.text[one.column :], other.text[other.column :]))
    return min(difflib.SequenceMatcher(None, *side).ratio() for side in sides)


@cache
def _operators() -> list[tuple[str, Any]]:
    """Those that need no arguments."""
    kinds = {name: plugins.get_operator(name) for name in plugins.operator_names()}
    return [(name, kind()) for name, kind in sorted(kinds.items()) if not kind.arguments()]


def _seen_by_nobody(line: str, column: int) -> bool:
    """Nothing assigns to a frozen value (mypy holds that), and what stands under TYPE_CHECKING never runs."""
    return line[:column].endswith("frozen=") or "TYPE_CHECKING" in line


def _annotations(source: str) -> set[tuple[int, int]]:
    """Where annotations stand (line, column): the program only evaluates them."""
    found: set[tuple[int, int]] = set()
    for node in ast.walk(ast.parse(source)):
        for name in ("annotation", "returns"):
            part = getattr(node, name, None)
            if isinstance(part, ast.expr):
                found |= {(line, column) for line in range(part.lineno, (part.end_lineno or 0) + 1)
                          for column in range(part.col_offset, part.end_col_offset or 0)}  # fmt: skip
    return found
