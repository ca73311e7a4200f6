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
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if int((process / "stat").read_text().rpartition(")")[2].split()[3]) == session:
                os.kill(int(process.name), number)
