"""SIGINT and SIGTERM become one exception, raised only where nothing is half-done."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from kiln.errors import Interrupted


class _State:
    """Signals belong to the process, and so does this."""

    held = 0
    pending: str | None = None


def _on_signal(number: int, frame: FrameType | None) -> None:
    name = signal.Signals(number).name
    if not _State.held:
        raise Interrupted(name)
    _State.pending = name


@contextmanager
def handle() -> Iterator[None]:
    """Turn SIGINT, SIGTERM and SIGHUP into `Interrupted` within the block; main thread only."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, _on_signal) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def hold(*, discard: bool = False) -> Iterator[None]:
    """No interrupt inside the block; one that came is raised behind it, or discarded where the block is clean-up."""
    _State.held += 1
    try:
        yield
    finally:
        _State.held -= 1
    if _State.held == 0:
        name, _State.pending = _State.pending, None
        if name and not discard:
            raise Interrupted(name)
