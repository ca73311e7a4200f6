"""What the other modules need of the machine: files, commands, log lines, waiting.

KILN_ROOT stands before every path; unset on a machine, a folder in tests.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import Callable, TypeVar

ROOT = os.environ.get("KILN_ROOT", "")
STATE = ROOT + "/run/kiln-storage"  # of this boot
KEPT = ROOT + "/var/lib/kiln-storage"  # of this instance; never part of an image

T = TypeVar("T")


class Failed(Exception):
    """What went wrong, as one line for the journal."""


def log(text: str) -> None:
    """One line of the journal. To stderr: standard output is for results."""
    print(text, file=sys.stderr, flush=True)


def run(*command: str, tolerate: bool = False) -> str:
    """Standard output of a command; `Failed` with the end of its stderr, or "" where that is tolerated."""
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=600)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Failed(f"{command[0]}: {error}") from error
    if done.returncode == 0:
        return done.stdout.decode(errors="replace").strip()
    if tolerate:
        return ""
    errors = done.stderr.decode(errors="replace").strip().splitlines()
    raise Failed(f"{' '.join(command)}: exit code {done.returncode}: {errors[-1] if errors else ''}")


def read(path: str) -> str:
    """The text of a file, stripped; "" where there is none."""
    try:
        with open(path) as file:
            return file.read().strip()
    except OSError:
        return ""


def write(path: str, text: str) -> None:
    """All of it or nothing, also when the power goes."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".new", "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".new", path)


def until(probe: Callable[[], T | None], seconds: float, what: str, every: float = 0.5, longest: float = 5.0) -> T:
    """The first answer of `probe` that is not None; `Failed` when there is none within `seconds`."""
    end = time.monotonic() + seconds
    while True:
        answer = probe()
        if answer is not None:
            return answer
        if time.monotonic() + every > end:
            raise Failed(f"{what} did not happen within {seconds:.0f} s")
        time.sleep(every)
        every = min(every * 1.5, longest)
