"""Whose turn it is to boot: a machine that boots takes a processor whole, so that many at once would all be late."""

import time
from collections.abc import Callable
from threading import Condition

LOOK_AGAIN = 0.5  # seconds between two looks at whether a machine that waits is still asked for


class Turns:
    """At most `most` machines boot at a time; a boot that does not end holds its turn for `longest` seconds."""

    def __init__(self, most: int, longest: float = 120.0, now: Callable[[], float] = time.monotonic) -> None:
        self._most, self._longest, self._now = most, longest, now
        self._begun: dict[str, float] = {}
        self._changed = Condition()

    def take(self, name: str, is_asked_for: Callable[[], bool]) -> bool:
        """Wait for a turn; False when the machine is asked for no longer."""
        with self._changed:
            while is_asked_for():
                if len(self._list_booting()) < self._most:
                    self._begun[name] = self._now()
                    return True
                self._changed.wait(LOOK_AGAIN)
        return False

    def end(self, name: str) -> None:
        """The machine has booted, or is gone."""
        with self._changed:
            self._begun.pop(name, None)
            self._changed.notify_all()

    def _list_booting(self) -> list[str]:
        late = self._now() - self._longest
        return [name for name, begun in self._begun.items() if begun > late]
