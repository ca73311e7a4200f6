"""One mutant, tried: its nearest tests run in a process of their own, with a time limit."""

import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from scripts.mutation import population
from scripts.mutation.mutant import Mutant

# What tests import and no mutant changes is imported once, before the processes part.
OTHERS = (
    "pytest", "boto3", "botocore.session", "paramiko", "fabric", "pydantic", "hypothesis", "hypothesis.strategies",
    "moto", "moto.backends", "moto.ec2.models", "moto.iam.models", "moto.s3.models", "moto.ssm.models", "flask",
    "rich.progress", "rich.console", "cryptography.hazmat.primitives.serialization", "sandbox.inprocess",
)  # fmt: skip


class Limits:
    """How long the tests of a module may take: five times as long as without a mutant, and half a minute."""

    def __init__(self, root: Path) -> None:
        sys.path.insert(0, str(root))
        for name in OTHERS:
            __import__(name)
        self._root = root
        self._seconds: dict[tuple[str, ...], float] = {}

    def of(self, tests: Sequence[str]) -> float:
        """Seconds. Raises RuntimeError where the tests fail without a mutant."""
        if (key := tuple(tests)) not in self._seconds:
            began = time.monotonic()
            if (outcome := _outcome(self._root, tests, 900)) != "survived":
                raise RuntimeError(f"without a mutant: {outcome}: {' '.join(tests)}")
            self._seconds[key] = 30 + 5 * (time.monotonic() - began)
        return self._seconds[key]


def run(root: Path, mutant: Mutant, limits: Limits, tests: Sequence[str]) -> str:
    """killed, survived (as without any test) or too long; the file is as it was afterwards."""
    if not tests:
        return "survived"
    limit, file = limits.of(tests), root / mutant.path
    text, stamp = file.read_text(), file.stat().st_mtime
    try:
        file.write_text(population.apply(mutant, text))
        os.utime(file, (stamp + mutant.occurrence + 2, stamp + mutant.occurrence + 2))  # else Python takes its .pyc
        return _outcome(root, tests, limit)
    finally:
        file.write_text(text)
        os.utime(file, (stamp, stamp))


def _outcome(root: Path, tests: Sequence[str], limit: float) -> str:
    sys.stdout.flush()
    if not (child := os.fork()):
        _become_pytest(root, tests)
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        if (ended := os.waitpid(child, os.WNOHANG))[0]:
            return "survived" if os.waitstatus_to_exitcode(ended[1]) == 0 else "killed"
        time.sleep(0.05)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "too long"


def _become_pytest(root: Path, tests: Sequence[str]) -> None:
    """Never returns."""
    code = 70
    try:
        os.setsid()
        os.chdir(root)
        output = os.open(root / "last-run.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        for stream in (0, 1, 2):
            os.dup2(output if stream else os.open(os.devnull, os.O_RDONLY), stream)
        import pytest

        code = int(pytest.main(["-q", "-x", "-m", "not e2e", "-p", "no:xdist", *tests]))
    finally:
        os._exit(code)
