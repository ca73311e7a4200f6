"""The program as user data carries it, with one file system's module alone, by its own entry point."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Literal

import pytest

from provision.docker.storage_program import list_files
from tests.support.storage_machine import Machine
from userdata.minify import minify


@pytest.mark.parametrize("kind", ["lvm", "btrfs"])
def test_it_prepares_and_grows(machine: Machine, tmp_path: Path, kind: Literal["btrfs", "lvm"]) -> None:
    machine.settings(filesystem=kind)
    (tmp_path / "kiln_storage").mkdir()
    for file in list_files(kind):
        (tmp_path / "kiln_storage" / Path(file.path).name).write_bytes(minify(file))
    environment = machine.environment() | {"PYTHONPATH": str(tmp_path)}
    for command in ("prepare", "grow"):
        done = subprocess.run(
            [sys.executable, "-s", "-m", "kiln_storage", command],
            env=environment, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["outcome"] == "grown"
    assert len(machine.members()) == 2
    assert machine.end() == []
