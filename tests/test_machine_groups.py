"""Tests that share a machine run in one worker."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from sandbox.command import process
from tests.support.machine_groups import GROUPS, group

ROOT = Path(__file__).parents[1]
WRITE = """
import os, pathlib, pytest
@pytest.mark.parametrize("n", range(3))
def test(n):
    with pathlib.Path(os.environ["SEEN"]).open("a") as lines:
        print(pathlib.Path(__file__).stem, os.environ["PYTEST_XDIST_WORKER"], file=lines)
"""

WAIT = """
import os, pathlib, threading
from sandbox.command import process
def test_offline_aws(tmp_path_factory):
    home = tmp_path_factory.mktemp("sandbox")
    process.start(home, machines=False)
    pathlib.Path(os.environ["SEEN"]).write_text(str(home))
    threading.Event().wait()
"""
RUN = [sys.executable, "-m", "pytest", "-n", "2", "-p", "tests.support.machine_groups", "--no-loadscope-reorder"]
CAN_INTERRUPT = ["env", "--default-signal=INT"]  # also where a shell began all of this in the background


def variables(seen: Path) -> dict[str, str]:
    mine = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return mine | {"PYTHONPATH": str(ROOT), "SEEN": str(seen)}


def test_every_file_of_machines_has_a_group_in_the_list() -> None:
    files = {path.stem for path in (ROOT / "tests" / "e2e").glob("test_*.py")} - {"test_storage"}
    assert {group(f"tests/e2e/{file}.py::test") for file in files} <= {*GROUPS}
    assert {group(f"tests/e2e/test_storage.py::test[{base}]") for base in ("al2", "al2023")} <= {*GROUPS}


def test_a_group_is_one_workers(tmp_path: Path) -> None:
    """Files that share a machine, beside a third that the other worker takes."""
    for name in ("test_sabotage", "test_bad_days_on_a_machine", "test_other"):
        (tmp_path / f"{name}.py").write_text(WRITE)
    env = variables(tmp_path / "seen")
    subprocess.run([*RUN, str(tmp_path)], cwd=tmp_path, env=env, capture_output=True, check=True)
    seen = sorted({*(tmp_path / "seen").read_text().splitlines()})
    assert len(seen) == 3, seen  # a file's tests were never divided
    worker = {file: name for file, _, name in (line.partition(" ") for line in seen)}
    assert worker["test_sabotage"] == worker["test_bad_days_on_a_machine"] != worker["test_other"]


def test_what_an_interrupted_worker_has_started_is_stopped(tmp_path: Path) -> None:
    """As .ci/run interrupts it at its limit: the first process alone."""
    (tmp_path / "test_sabotage.py").write_text(WAIT)
    seen, out = tmp_path / "seen", tmp_path / "out"
    with out.open("w") as written:
        tests = subprocess.Popen(
            [*CAN_INTERRUPT, *RUN, str(tmp_path)], cwd=tmp_path, env=variables(seen), stdout=written, stderr=written
        )  # fmt: skip
    last = time.monotonic() + 120
    while not (seen.exists() and seen.read_text()):
        assert tests.poll() is None, out.read_text()
        assert time.monotonic() < last, out.read_text()
        time.sleep(0.1)
    home = Path(seen.read_text())
    assert process.status(home)
    tests.send_signal(signal.SIGINT)
    tests.wait(120)
    assert process.status(home) is None, out.read_text()
