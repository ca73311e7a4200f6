"""The script inside the image's build, function by function."""

import subprocess
import sys
from pathlib import Path

import pytest

from nextflow.container.parts import ROOM
from tests.support import bash

INSTALL = ROOM / "install" / "install.sh"


def run(folder: Path, call: str) -> "subprocess.CompletedProcess[str]":
    """Call a function of it; commands may be stand-ins in folder/tools."""
    functions = INSTALL.read_text().removesuffix("main\n").replace('cd "$(dirname "$0")/.."', f"cd {folder}")
    return bash.run(f"{functions}\n{call}", tools=folder / "tools")


def test_shellcheck_finds_nothing() -> None:
    assert INSTALL.read_text().endswith("\nmain\n")
    program = Path(sys.executable).with_name("shellcheck")
    done = subprocess.run([program, INSTALL], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize(("version", "code"), [("17", 0), ("25", 0), ("11", 1), ("1.8", 1), ("", 1)])
def test_nextflow_needs_java_17(tmp_path: Path, version: str, code: int) -> None:
    bash.tool(tmp_path / "tools", "java", f'echo "    java.specification.version = {version}" >&2')
    done = run(tmp_path, "check_java")
    assert done.returncode == code, done.stderr
    assert ("Java 17 or later" in done.stderr) == bool(code)


def test_a_download_with_another_sum_is_refused(tmp_path: Path) -> None:
    bash.tool(
        tmp_path / "tools", "curl", 'while [ $# -gt 1 ]; do [ "$1" = --output ] && printf x >"$2"; shift; done; :'
    )
    good = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"  # of x
    file = tmp_path / "file"
    assert run(tmp_path, f"fetch https://example.org/x {good} {file}").returncode == 0
    assert run(tmp_path, f"fetch https://example.org/x {good.replace('2', '3')} {file}").returncode == 1
    assert run(tmp_path, f"fetch https://example.org/x '' {file}").returncode == 1
