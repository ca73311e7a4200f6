"""Waiting for AWS by asking. boto3's EC2 waiters give up after ten minutes, which AMIs often outlast."""

import time
from collections.abc import Callable
from typing import TypeVar

from kiln.errors import UserError

T = TypeVar("T")


def now() -> float:
    """Seconds on the clock by which `until` waits."""
    return time.monotonic()


def until(
    probe: Callable[[], T | None],
    *,
    what: str,
    timeout: float | None,
    every: float = 1.0,
    longest: float = 15.0,
    hint: str = "",
) -> T:
    """The first answer of `probe` that is not None.

    Asks every `every` seconds at first, half as often again every time, at least every `longest` seconds. `timeout`
    is in seconds; None waits for ever. Raises UserError saying that `what` did not happen in time.
    """
    start, pause = time.monotonic(), every
    while True:
        answer = probe()
        if answer is not None:
            return answer
        waited = time.monotonic() - start
        if timeout is not None and waited + pause > timeout:
            raise UserError(f"{what} did not happen within {timeout:.0f} s", hint=hint)
        time.sleep(pause)
        pause = min(pause * 1.5, longest)


def pause(seconds: float) -> None:
    """Let time pass between two looks at the same thing, where only the second look tells."""
    time.sleep(seconds)
