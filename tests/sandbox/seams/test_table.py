"""Every seam with moto stands in the list, fits the moto that is installed, and there is no way round the list."""

import ast
from collections.abc import Iterable, Set
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from sandbox.seams.seam import Seam
from sandbox.seams.subclass import Subclass
from sandbox.seams.table import SEAMS, SUBCLASSES

ROOM = Path(__file__).parents[3] / "sandbox"


@pytest.mark.parametrize("seam", SEAMS, ids=str)
def test_what_is_replaced_is_there_and_called_alike(seam: Seam) -> None:
    seam.checked()
    assert seam.why


@pytest.mark.parametrize("subclass", SUBCLASSES, ids=lambda subclass: subclass.cls.__name__)
def test_what_is_overridden_is_there_and_called_alike(subclass: Subclass) -> None:
    subclass.check()
    assert subclass.why
    assert list(subclass.members())


@dataclass(frozen=True)
class Module:
    """A module of the sandbox: its path in the room, its nodes, and what it imports from moto, boto3 and botocore."""

    path: Path
    nodes: tuple[ast.AST, ...]
    foreign: frozenset[str]


@cache
def read_modules() -> tuple[Module, ...]:
    found = []
    for path in sorted(ROOM.rglob("*.py")):
        nodes = tuple(ast.walk(ast.parse(path.read_text())))
        found.append(Module(path.relative_to(ROOM), nodes, frozenset(foreign(nodes))))
    return tuple(found)


def test_nothing_else_sets_a_part_of_a_library() -> None:
    setting = {
        str(module.path)
        for module in read_modules()
        if any(sets_foreign(node, module.foreign) for node in module.nodes)
    }
    assert setting == {"seams/seam.py"}


def foreign(nodes: Iterable[ast.AST]) -> set[str]:
    """The names that a module imports from moto, boto3 and botocore."""
    return {
        (alias.asname or alias.name).partition(".")[0]
        for node in nodes
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
        if library_of(node, alias) in ("moto", "boto3", "botocore")
    }


def library_of(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> str:
    named = node.module if isinstance(node, ast.ImportFrom) else alias.name
    return (named or "").partition(".")[0]


def sets_foreign(node: ast.AST, names: Set[str]) -> bool:
    """Whether a statement is `setattr(…)`, or `name.attribute = …` of an imported name."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == "setattr"
    targets = node.targets if isinstance(node, ast.Assign) else []
    return any(
        isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id in names
        for target in targets
    )


def test_every_class_that_inherits_from_moto_is_in_the_list() -> None:
    listed = {part.__name__ for subclass in SUBCLASSES for part in subclass.cls.__mro__}
    inheriting = {
        node.name
        for module in read_modules()
        for node in module.nodes
        if isinstance(node, ast.ClassDef)
        for base in node.bases
        if isinstance(base, ast.Name) and base.id in module.foreign and not is_error(base.id)
    }
    assert {"Ec2", "Image", "Bucket"} <= listed
    assert inheriting <= listed


def is_error(name: str) -> bool:
    return name.endswith(("Exception", "Error"))
