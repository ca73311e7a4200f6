"""What a canary's container reported: lines `kiln-canary NAME STATE WORDS` among all others (pure)."""

from collections.abc import Iterable
from dataclasses import dataclass

from jobs.canary.script import MARK

_STATES = ("ok", "failed", "info")


@dataclass(frozen=True)
class Line:
    """`state` is ok, failed or info."""

    state: str
    words: str


def read(lines: Iterable[str]) -> dict[str, Line]:
    """Read what was reported, by name; of a name that comes again (progress) the last."""
    reported: dict[str, Line] = {}
    for line in lines:
        mark, _, rest = line.partition(" ")
        name, _, rest = rest.partition(" ")
        state, _, words = rest.partition(" ")
        if mark == MARK and state in _STATES:
            reported[name] = Line(state, words.strip())
    return reported
