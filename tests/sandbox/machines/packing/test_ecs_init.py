"""The package ecs-init of the stand-in images."""

import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.machines.base_disks import KINDS, _key
from sandbox.machines.packing import ecs_init
from sandbox.machines.rootfs import RootFs
from sandbox.world.hypervisor import MachineError

BASE = RootFs(Path("tar"), Path("kernel"), "key")


def test_the_program_runs_where_there_is_nothing_but_the_package(tmp_path: Path) -> None:
    ecs_init.lay_out(tmp_path / "package")
    program = tmp_path / "package" / ecs_init.PROGRAM
    log = tmp_path / "log"
    environment = {"ECS_LOGFILE": str(log), "ECS_AVAILABLE_LOGGING_DRIVERS": '["nosuch"]'}
    done = subprocess.run([sys.executable, "-SE", str(program)], env=environment, check=False, cwd="/")
    assert done.returncode == 1
    assert "Invalid logging drivers: nosuch" in log.read_text()
    assert not list(program.rglob("__init__.pyc"))


def test_what_the_agent_loads_is_quick_to_load(tmp_path: Path) -> None:
    """Each of these takes a part of a second under software emulation."""
    ecs_init.lay_out(tmp_path / "package")
    slow = "{'http.client', 'email', 'ssl', 'dataclasses', 'inspect', 'logging', 'urllib.request', 'asyncio'}"
    script = f"import sys, sandbox.machines.ecs_agent.start; sys.exit(str({slow} & set(sys.modules) or ''))"
    done = subprocess.run([sys.executable, "-SEc", script], capture_output=True, check=False, text=True,
                          cwd=tmp_path / "package" / ecs_init.PROGRAM)  # fmt: skip
    assert done.stderr.strip() == ""


def test_another_agent_takes_its_place_and_makes_another_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = _key(KINDS["al2023"], BASE)
    (tmp_path / "agent").write_bytes(b"\x7fELF")
    monkeypatch.setenv(ecs_init.VARIABLE, str(tmp_path / "agent"))
    ecs_init.lay_out(tmp_path / "package")
    other = tmp_path / "package" / f"{ecs_init.PROGRAM}-other"
    assert other.read_bytes() == b"\x7fELF"
    assert other.stat().st_mode & 0o111
    assert _key(KINDS["al2023"], BASE) != before


def test_another_agent_that_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ecs_init.VARIABLE, str(tmp_path / "missing"))
    with pytest.raises(MachineError, match="KILN_SANDBOX_ECS_AGENT names no file"):
        ecs_init.lay_out(tmp_path / "package")
