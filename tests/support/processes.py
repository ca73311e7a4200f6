"""Signals to all that a test has started."""

import os
import signal
from contextlib import suppress
from pathlib import Path


def kill_session(session: int) -> None:
    """SIGKILL to every process of a session, whatever process group it has moved to."""
    signal_session(session, signal.SIGKILL)


def signal_session(session: int, number: signal.Signals) -> None:
    """Send a signal to every process of a session."""
    for process in list_session(session):
        with suppress(OSError):
            os.kill(process, number)


def list_session(session: int) -> list[int]:
    """The processes of a session that have not ended."""
    living = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state, _, _, its_session = (process / "stat").read_text().rpartition(")")[2].split()[:4]
            if int(its_session) == session and state != "Z":
                living.append(int(process.name))
    return living
