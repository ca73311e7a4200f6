"""Launch templates against the offline AWS in this process."""

import json
from pathlib import Path
from typing import Any

import pytest

from images.amis import choose
from launch_templates import commands
from tests.support.launch_templates import Define, Register, Registered


@pytest.fixture
def register() -> Register:
    """`invoke register-launch-template` with its ordinary options, any of which can be given."""
    ordinary: dict[str, Any] = {"plan": False, "set_default": False, "as_json": False}
    return lambda template, ami="", **options: commands.register(template, ami, None, choose, **(ordinary | options))


@pytest.fixture
def registered(register: Register, capsys: pytest.CaptureFixture[str]) -> Registered:
    """The same with --json: its exit code (as `code`) and its document."""

    def run(template: str, ami: str = "", **options: Any) -> dict[str, Any]:
        capsys.readouterr()
        code = register(template, ami, as_json=True, **options)
        return {"code": code, **json.loads(capsys.readouterr().out)}

    return run


@pytest.fixture
def definition(tmp_path: Path) -> Define:
    """A launch template definition named `small` with more lines; its path."""

    def write(more: str = "") -> str:
        path = tmp_path / "small.yaml"
        path.write_text(f"name: small\nimage: nextflow-al2023\ntask_credentials: job-role\n{more}")
        return str(path)

    return write
