"""Kiln as a person types it: a process of its own in a folder of its own."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Cli:
    """`invoke` with this clone's tasks, in `folder`; `variables` are set on top of this process's own."""

    folder: Path
    variables: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        """Run to its end; fails the test, with all that it printed, when it ends with another exit code."""
        done = subprocess.run(
            self.command(*words), cwd=self.folder, env=self.environment(), capture_output=True, text=True, check=False
        )
        assert done.returncode == code, f"invoke {' '.join(words)}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def begin(self, *words: str) -> "subprocess.Popen[str]":
        """Start it; its stderr is a pipe of lines."""
        return subprocess.Popen(
            self.command(*words),
            cwd=self.folder,
            env=self.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    @staticmethod
    def command(*words: str) -> list[str]:
        return [sys.executable, "-m", "invoke", "--search-root", str(ROOT), *words]

    def environment(self) -> dict[str, str]:
        return dict(os.environ) | dict(self.variables)
