"""The house's table of rooms, held against the code's imports."""

import ast
import re
from pathlib import Path

import pytest

from tests.support.rooms import INNER, MAY_IMPORT

ROOT = Path(__file__).parent.parent
MOST_MODULES = 16  # in a folder: what a reader takes in


def imported(path: Path) -> set[str]:
    """The top-level names that a file imports, inside functions too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module.partition(".")[0])
    return found


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_what_it_may(room: str) -> None:
    files = sorted((ROOT / room).rglob("*.py"))
    assert files
    for path in files:
        ours = imported(path) & (set(MAY_IMPORT) | {"tests", "tasks", "benchmarks"})
        assert ours <= MAY_IMPORT[room] | {room}, path.relative_to(ROOT)


def inner_room(module: Path, top: Path) -> str:
    return "/".join(module.relative_to(top).parts[:-1])


def inner_imports(path: Path, top: str) -> set[str]:
    """The inner rooms of the top room `top` from which a file imports a module or a name."""
    rooms = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.partition(".")[0] == top:
            for alias in node.names:
                module = ROOT / node.module.replace(".", "/")
                named = module / f"{alias.name}.py" if module.is_dir() else module
                rooms.add(inner_room(named, ROOT / top))
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names if alias.name.partition(".")[0] == top]
            rooms |= {inner_room(ROOT / name.replace(".", "/"), ROOT / top) for name in names}
    return rooms


@pytest.mark.parametrize("top", INNER)
def test_an_inner_room_imports_only_what_it_may(top: str) -> None:
    table = INNER[top]
    rooms = {inner_room(path, ROOT / top) for path in (ROOT / top).rglob("*.py") if path.name != "__init__.py"}
    assert rooms == set(table)
    for path in sorted((ROOT / top).rglob("*.py")):
        room = inner_room(path, ROOT / top)
        if path.name != "__init__.py":
            assert inner_imports(path, top) <= table[room] | {room}, path.relative_to(ROOT)


@pytest.mark.parametrize("top", INNER)
def test_no_import_between_inner_rooms_runs_back_up(top: str) -> None:
    """The table is written from the bottom up, so it has no circle."""
    below: set[str] = set()
    for room, may in INNER[top].items():
        assert may <= below, room
        below.add(room)


@pytest.mark.parametrize("top", INNER)
def test_no_folder_holds_more_modules_than_a_reader_takes_in(top: str) -> None:
    for folder in [ROOT / top, *(path for path in (ROOT / top).rglob("*") if path.is_dir())]:
        modules = [path for path in folder.glob("*.py") if path.name != "__init__.py"]
        assert len(modules) <= MOST_MODULES, folder.relative_to(ROOT)


def test_every_room_stands_in_the_table() -> None:
    rooms = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"benchmarks"}
    assert rooms == set(MAY_IMPORT)


def test_the_list_of_tasks_imports_neither_boto3_nor_fabric() -> None:
    script = (
        "import sys, tasks; sys.exit(bool({'boto3', 'botocore', 'fabric', 'paramiko', 'pydantic'} & set(sys.modules)))"
    )
    import subprocess
    import sys

    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False).returncode == 0


def test_no_file_is_too_long_for_a_reader() -> None:
    long = {str(p.relative_to(ROOT)): n for room in MAY_IMPORT for p in (ROOT / room).rglob("*.py")
            if (n := len(p.read_text().splitlines())) > 300}  # fmt: skip
    assert long == {}


def test_what_tests_share_is_in_tests_support() -> None:
    """Fixtures of several rooms in its plugins, everything else in its modules: no file imports a conftest.py."""
    lines = [(path, line) for path in sorted((ROOT / "tests").rglob("*.py")) for line in path.read_text().splitlines()]
    assert [place for place in lines if re.match(r"\s*(from|import) [\w.]*conftest\b", place[1])] == []
