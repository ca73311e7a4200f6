"""What a build tells: to the screen, to the journal, and at its end to the timeline."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from kiln import typed, words
from kiln.journal import Journal
from kiln.screen import Line, Screen
from kiln.undo import Undone


@dataclass(frozen=True)
class Span:
    """A stretch of the build; `start` and `end` in seconds since its beginning, `depth` 1 for a step on a machine."""

    name: str
    start: float
    end: float
    depth: int = 0
    ok: bool = True


class Report:
    """What is told of a build as it goes; `left` could not be undone, `kept` stays on request, in words."""

    def __init__(self, screen: Screen, journal: Journal) -> None:
        self.screen, self.journal = screen, journal
        self.spans: list[Span] = []
        self.left: list[Undone] = []
        self.kept = ""
        self.machines: list[str] = []
        self._zero = time.monotonic()

    def now(self) -> float:
        """Seconds since the build began."""
        return time.monotonic() - self._zero

    @contextmanager
    def step(self, name: str) -> Iterator[Line]:
        """One stage of the build: a line on the screen, an event in the journal, a bar in the timeline."""
        start = self.now()
        self.journal.event("begin", stage=name)
        ok = False
        try:
            with self.screen.step(name) as line:
                yield line
            ok = True
        finally:
            self.spans.append(Span(name, start, self.now(), ok=ok))
            self.journal.event("end", stage=name, ok=ok, seconds=round(self.now() - start, 3))

    def remote_step(self, name: str, seconds: float, *, ok: bool, note: str = "") -> None:
        """A step that ended on the machine just now, with the seconds measured there."""
        line = self.screen.line(name, indent=4)
        line.note = note
        self.screen.finish(line, seconds, ok=ok)
        self.spans.append(Span(name, max(0.0, self.now() - seconds), self.now(), depth=1, ok=ok))
        self.journal.event("step", name=name, ok=ok, seconds=round(seconds, 3))

    def undone(self, outcome: Undone) -> None:
        """Say what was cleaned up, and loudly what could not be."""
        self.journal.event("undone", what=outcome.what, error=outcome.error)
        if outcome.error:
            self.left.append(outcome)
            self.screen.say(
                f"! {outcome.what} could not be removed: {outcome.error}\n  by hand: {typed.pasteable(outcome.by_hand)}"
            )

    def total(self) -> str:
        """Format the time since the build began."""
        return words.format_seconds(self.now())
