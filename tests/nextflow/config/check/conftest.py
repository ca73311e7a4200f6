"""What both kinds of files are checked with."""

from pathlib import Path
from typing import Any

import pytest

from kiln.errors import Exit
from nextflow.config.check import command
from sandbox.inprocess import Sandbox


@pytest.fixture
def check(sandbox: Sandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    def run(content: str | bytes, env: str = "salmon", code: int = Exit.DONE) -> str:
        file = tmp_path / "file"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        capsys.readouterr()
        assert command.check(str(file), env, None, as_json=False) == code, capsys.readouterr().out
        return capsys.readouterr().out

    return run
