"""Waits that grow: how long after the n-th failure the next attempt comes."""

from __future__ import annotations

import random


class Backoff:
    """From `least` seconds, times `factor` each time, to at most `most`; `jitter` is the share that chance may add."""

    def __init__(self, least: float, most: float, factor: float, jitter: float = 0.2) -> None:
        self.least, self.most, self.factor, self.jitter = least, most, factor, jitter
        self._next = least

    def take(self) -> float:
        """The next wait in seconds."""
        wait = self._next
        self._next = min(self._next * self.factor, self.most)
        return min(wait * (1 + random.random() * self.jitter), self.most)  # noqa: S311  no secret

    def reset(self) -> None:
        """Begin again with the least wait."""
        self._next = self.least
