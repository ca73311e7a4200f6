"""Reverse-order clean-up that says what it could not undo and never hides the first error."""

from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType

from kiln import signals


@dataclass(frozen=True)
class Undone:
    """One thing that was to be undone: `error` is empty when it was. `by_hand` is what a person can do instead."""

    what: str
    error: str = ""
    by_hand: str = ""


class Undo:
    """A stack of what must be undone, newest first, however the block ends.

        with Undo(report) as undo:
            with signals.hold():                       # no interrupt between the creation and its undo
                group = create_group()
                undo.push("security group", lambda: delete_group(group), by_hand=f"aws ec2 delete-security-group …")

    `report` is called with every outcome. Interrupts are held while it runs, so that a second Ctrl-C leaves nothing.
    """

    def __init__(self, report: Callable[[Undone], None] = lambda undone: None) -> None:
        self._report = report
        self._stack: list[tuple[str, Callable[[], None], str]] = []
        self.outcomes: list[Undone] = []

    def push(self, what: str, action: Callable[[], None], *, by_hand: str = "") -> None:
        """Remember how something is undone; `by_hand` is the command with which a person can do it."""
        self._stack.append((what, action, by_hand))

    def forget(self) -> list[str]:
        """Forget every entry without undoing it; returns what was forgotten, newest first."""
        forgotten = [what for what, _, _ in reversed(self._stack)]
        self._stack.clear()
        return forgotten

    def run_until(self, depth: int = 0) -> None:
        """Undo the newest entries until only `depth` are left."""
        with signals.hold(discard=True):
            while len(self._stack) > depth:
                what, action, by_hand = self._stack.pop()
                try:
                    action()
                    outcome = Undone(what)
                except Exception as error:
                    outcome = Undone(what, str(error) or type(error).__name__, by_hand)
                self.outcomes.append(outcome)
                self._report(outcome)

    @property
    def depth(self) -> int:
        """The number of entries that are not undone yet."""
        return len(self._stack)

    def __enter__(self) -> "Undo":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.run_until(0)
