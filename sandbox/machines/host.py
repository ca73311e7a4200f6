"""Running this host's commands."""

import os
import subprocess
from collections.abc import Mapping, Sequence

from sandbox.world.hypervisor import MachineError


def run(command: Sequence[str], *, stdin: bytes | None = None, env: Mapping[str, str] | None = None) -> str:
    """Standard output of `command`; a failure is a MachineError with the end of what it said."""
    return run_bytes(command, stdin=stdin, env=env).decode(errors="replace")


def run_bytes(command: Sequence[str], *, stdin: bytes | None = None, env: Mapping[str, str] | None = None) -> bytes:
    """The same for output that is no text."""
    try:
        done = subprocess.run(
            list(command),
            check=False,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            env={**os.environ, **env} if env else None,
        )
    except FileNotFoundError as error:
        raise MachineError(f"{command[0]} is not installed") from error
    if done.returncode:
        said = (done.stderr + done.stdout).decode(errors="replace").strip()
        raise MachineError(f"{' '.join(command)[:400]}: exit code {done.returncode}\n{said[-2000:]}")
    return done.stdout


def as_root(command: Sequence[str]) -> list[str]:
    """The command, through sudo when this process is not root."""
    return list(command) if os.geteuid() == 0 else ["sudo", "-n", *command]


def may_be_root() -> bool:
    """Whether as_root works without a question."""
    if os.geteuid() == 0:
        return True
    try:
        return subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False
