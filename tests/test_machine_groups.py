"""Tests that share a machine run in one worker."""

import os
import subprocess
import sys
from pathlib import Path

from tests.support.machine_groups import GROUPS, group

ROOT = Path(__file__).parents[1]
WRITE = """
import os, pathlib, pytest
@pytest.mark.parametrize("n", range(3))
def test(n):
    with pathlib.Path(os.environ["SEEN"]).open("a") as lines:
        print(pathlib.Path(__file__).stem, os.environ["PYTEST_XDIST_WORKER"], file=lines)
"""


def test_every_file_of_machines_has_a_group_in_the_list() -> None:
    files = {path.stem for path in (ROOT / "tests" / "e2e").glob("test_*.py")} - {"test_storage"}
    assert {group(f"tests/e2e/{file}.py::test") for file in files} <= {*GROUPS}
    assert {group(f"tests/e2e/test_storage.py::test[{base}]") for base in ("al2", "al2023")} <= {*GROUPS}


def test_a_group_is_one_workers(tmp_path: Path) -> None:
    """Files that share a machine, beside a third that the other worker takes."""
    for name in ("test_sabotage", "test_bad_days_on_a_machine", "test_other"):
        (tmp_path / f"{name}.py").write_text(WRITE)
    run = [sys.executable, "-m", "pytest", "-n", "2", "-p", "tests.support.machine_groups", "--no-loadscope-reorder"]
    env = os.environ | {"PYTHONPATH": str(ROOT), "SEEN": str(tmp_path / "seen")}
    env = {name: value for name, value in env.items() if not name.startswith("PYTEST_")}
    subprocess.run([*run, str(tmp_path)], cwd=tmp_path, env=env, capture_output=True, check=True)
    seen = sorted({*(tmp_path / "seen").read_text().splitlines()})
    assert len(seen) == 3, seen  # a file's tests were never divided
    worker = {file: name for file, _, name in (line.partition(" ") for line in seen)}
    assert worker["test_sabotage"] == worker["test_bad_days_on_a_machine"] != worker["test_other"]
