"""Starts the storage program as processes of their own, each a copy of one that has loaded boto3 already."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parents[2]


class Starter:
    """`environment` is that of the machine whose processes they are; `folder` takes what they print."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self._out, self._err = folder / "stdout", folder / "stderr"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.storage_process"],
            cwd=ROOT, env=dict(os.environ) | environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def run(self, command: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
        """Run to its end, with nothing else in its environment; a negative exit code is the signal that ended it."""
        assert self._process.stdin
        assert self._process.stdout
        order = {"command": command, "environment": environment, "out": str(self._out), "err": str(self._err)}
        print(json.dumps(order), file=self._process.stdin, flush=True)
        code = int(self._process.stdout.readline())
        return subprocess.CompletedProcess(command, code, self._out.read_text(), self._err.read_text())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(timeout=20)
