"""Running this host's commands, and making what is kept in a cache that several processes share."""

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

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


def made_once(place: Path, make: Callable[[Path], None]) -> Path:
    """`place`, a directory of a cache; where it is missing, `make` fills a new one, which then takes its name.

    All of it or nothing; a second process that needs it waits instead of making it too.
    """
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        with (place.parent / f".{place.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not place.exists():
                with _fresh_directory(place) as unfinished:
                    make(unfinished)
    return place


@contextmanager
def _fresh_directory(place: Path) -> Iterator[Path]:
    unfinished = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=place.parent))
    unfinished.chmod(0o755)
    try:
        yield unfinished
        unfinished.rename(place)
    finally:
        if unfinished.exists():
            shutil.rmtree(unfinished, ignore_errors=True)
