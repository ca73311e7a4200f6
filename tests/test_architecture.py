"""The house's table of rooms, held against the code's imports."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {
    "kiln": set(),
    "cloud": {"kiln"},
    "provision": {"kiln", "cloud"},
    "userdata": {"kiln", "provision"},
    "images": {"kiln", "cloud", "provision", "userdata"},
    "launch_templates": {"kiln", "cloud", "provision", "userdata"},
    "environments": {"kiln", "cloud", "provision", "images", "launch_templates"},
    "sandbox": set(),
    "cli": {"kiln", "cloud", "images", "launch_templates", "environments", "sandbox"},
}


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
