"""What is due later, by the sandbox's clock: it is done in time, in its order, whether anybody asks or not.

Where the clock is advanced, it goes from one due act to the next, so that what an act puts on the agenda follows when
it would have followed: a chain of delays runs through before the clock stands where it was advanced to.
"""

import heapq
import itertools
import logging
from collections.abc import Callable
from threading import Event, Thread
from typing import Any

from sandbox.world.clock import Clock

log = logging.getLogger("sandbox")
Act = Callable[[], None]
LOOK_AGAIN = 1.0  # seconds: the longest that the ticker waits


class Agenda:
    """The acts of one world; `lock` is held while one of them is done."""

    def __init__(self, clock: Clock, lock: Any) -> None:
        self._clock, self._lock = clock, lock
        self._acts: list[tuple[float, int, Act]] = []
        self._order = itertools.count()
        self._changed = Event()
        clock.stepping = self._step

    def add(self, seconds: float, act: Act) -> None:
        """Have `act` done once the clock has moved on by `seconds`."""
        with self._lock:
            heapq.heappush(self._acts, (self._clock.now() + seconds, next(self._order), act))
        self._changed.set()

    def do_due(self) -> None:
        """Do what has become due."""
        with self._lock:
            while self._acts and self._acts[0][0] <= self._clock.now():
                heapq.heappop(self._acts)[2]()

    def clear(self) -> None:
        self._acts.clear()

    def _step(self, seconds: float) -> None:
        with self._lock:
            end = self._clock.now() + seconds
            while self._acts and self._acts[0][0] <= end:
                due, _, act = heapq.heappop(self._acts)
                self._clock.move(max(0.0, due - self._clock.now()))
                act()
            self._clock.move(max(0.0, end - self._clock.now()))

    def tell_next(self) -> float | None:
        """Return the real seconds until something is due; None for an empty agenda or a clock that stands."""
        with self._lock:
            if not (self._acts and self._clock.rate):
                return None
            return max(0.0, self._acts[0][0] - self._clock.now()) / self._clock.rate

    def wait(self, at_most: float) -> None:
        """Wait until something is due, or the agenda changes, or `at_most` real seconds have passed."""
        self._changed.clear()
        next_due = self.tell_next()
        self._changed.wait(at_most if next_due is None else min(at_most, next_due))

    def wake(self) -> None:
        """End a wait."""
        self._changed.set()


class Ticker:
    """A thread that does what is due while it runs, and only while `is_on` says so."""

    def __init__(self, agenda: Agenda, is_on: Callable[[], bool]) -> None:
        self._agenda, self._is_on = agenda, is_on
        self._ended = False
        self._thread = Thread(target=self._run, name="ticker", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._ended = True
        self._agenda.wake()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended:
            self._agenda.wait(LOOK_AGAIN)
            try:
                if self._is_on() and not self._ended:
                    self._agenda.do_due()
            except Exception:  # the next act is due all the same
                log.exception("a fault of the sandbox")
