"""Runs a script as a machine would: bash, `set -euo pipefail`, nothing of the host's environment but PATH."""

import os
import subprocess
from pathlib import Path


def run(script: str, *, tools: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Exit code and output of a script; `tools` is a folder searched for commands before the host's own."""
    path = os.environ["PATH"] if tools is None else f"{tools}:{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-c", "set -euo pipefail\n" + script, "test"],
        env={"PATH": path, "LC_ALL": "C", **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def tool(folder: Path, name: str, script: str) -> None:
    """A stand-in for a command."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("#!/bin/bash\n" + script)
    (folder / name).chmod(0o755)
