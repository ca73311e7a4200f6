"""What could not be looked at: a state of its own, beside what is well and what is wrong."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from cloud import errors

Facts = TypeVar("Facts")


@dataclass(frozen=True)
class Unchecked:
    """`what` could not be looked at, and `why`."""

    what: str
    why: str

    def __str__(self) -> str:
        return f"not checked: {self.what}: {self.why}"


class Looks:
    """Looks that a plan can do without. What the credentials do not allow is noted, and the others go on."""

    def __init__(self) -> None:
        self.unchecked: list[Unchecked] = []

    def at(self, what: str, nothing: Facts, look: Callable[[], Facts]) -> Facts:
        """Return what `look` returns; `nothing` where the credentials may not see it."""
        try:
            return look()
        except Exception as error:
            if errors.code(error) not in errors.DENIED:
                raise
            denied = errors.translate(error)
            self.unchecked.append(Unchecked(what, f"{denied.what}: {denied.why}" if denied else str(error)))
            return nothing
