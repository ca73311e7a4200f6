"""The table of minutes that `make test` prints."""

import re
import subprocess
import sys
from pathlib import Path

from tests.support.minutes import table

ROOT = Path(__file__).parents[1]


def test_the_slowest_file_comes_first_and_quick_ones_are_one_line() -> None:
    lines = ["4.000\ttests/a.py", "300.000\ttests/b.py", "92.000\ttests/a.py", "2.500\ttests/c.py", "3.500\ttests/d.py"]
    assert table(lines) == ["   5.0  tests/b.py", "   1.6  tests/a.py", "   0.1  2 quicker files"]


def test_workers_tests_are_written_down_once(tmp_path: Path) -> None:
    tests = tmp_path / "test_two.py"
    tests.write_text("import pytest, time\n@pytest.mark.parametrize('n', range(2))\ndef test(n):\n    time.sleep(.1)\n")
    run = [sys.executable, "-m", "pytest", "-q", "-n", "2", "-p", "tests.support.minutes", "--minutes", "written"]
    env = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}
    done = subprocess.run([*run, str(tests)], cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    lines = (tmp_path / "written").read_text().splitlines()
    assert {line.partition("\t")[2] for line in lines} == {"test_two.py"}
    assert len([line for line in lines if float(line.partition("\t")[0]) >= 0.1]) == 2


def test_the_second_run_of_make_test_adds_to_the_file_that_the_first_has_written(tmp_path: Path) -> None:
    (options,) = re.findall(r"WRITTEN='(.*?)'", (ROOT / "Makefile").read_text())
    written = tmp_path / ".minutes"
    written.write_text("4.000\ttests/a.py\n")
    run = [sys.executable, "-m", "pytest", "-q", "-m", "not e2e", "-k", "the_slowest_file_comes_first"]
    done = subprocess.run(
        [*run, *options.replace(".minutes", str(written)).split()],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "tests/test_minutes.py" in written.read_text()
