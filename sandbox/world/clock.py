"""The sandbox's one clock: propagation delays, dwell times and expiries are all read from it."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Lock


class Clock:
    """Starts at the machine's own time; a test may advance it, or let it run `rate` times as fast; 0: it stands."""

    def __init__(self, rate: float = 1.0) -> None:
        self.rate = rate
        # What has to happen on the way, where an agenda goes by this clock.
        self.stepping: Callable[[float], None] | None = None
        self._began = time.time()
        self._base = time.monotonic()
        self._offset = 0.0
        self._lock = Lock()

    def now(self) -> float:
        """Return seconds since the epoch."""
        with self._lock:
            return self._began + (time.monotonic() - self._base) * self.rate + self._offset

    def utcnow(self) -> datetime:
        """Return the same as a naive UTC datetime, which is how moto keeps its times."""
        return datetime.fromtimestamp(self.now(), UTC).replace(tzinfo=None)

    def run(self, rate: float) -> None:
        """Go on from now, `rate` times as fast as the machine's own."""
        with self._lock:
            base = time.monotonic()
            self._offset += (base - self._base) * self.rate
            self._base, self.rate = base, rate

    def advance(self, seconds: float) -> None:
        """Move on by `seconds`, and do on the way what becomes due; ValueError when negative."""
        if seconds < 0:
            raise ValueError("the clock goes forwards only")
        if self.stepping:
            self.stepping(seconds)
        else:
            self.move(seconds)

    def move(self, seconds: float) -> None:
        """Move on without anything happening on the way."""
        with self._lock:
            self._offset += seconds
