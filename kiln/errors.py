"""What a user can mend, in one place: what happened, why, and what to try."""

from enum import IntEnum


class Exit(IntEnum):
    """The exit codes of every task."""

    DONE = 0
    USER_ERROR = 1
    SOMETHING_TO_DO = 2  # a plan with changes, findings to look at
    BUG = 3
    INTERRUPTED = 130


class UserError(Exception):
    """A failure that the person can mend. Anything else that is raised is a bug in Kiln.

    `what` names the failed thing in one line, `why` gives the reason, `hint` what to try. `output` is text to show
    as it is, such as the last lines of a failed command; `left` what the failed work left behind, and where its log is.
    """

    def __init__(self, what: str, why: str = "", hint: str = "", *, output: str = "") -> None:
        super().__init__(what)
        self.what, self.why, self.hint, self.output = what, why, hint, output
        self.left = ""

    def __str__(self) -> str:
        return "\n".join(text for text in (self.what, self.why, self.hint) if text)


def shown_by(reference: str) -> str:
    """The hint to a reference definition; "" where `reference` is ""."""
    return f"{reference} shows every key with its meaning and unit." if reference else ""


class Problem(UserError):
    """A definition that cannot be used: every problem in it at once, each with its path in the file.

    `reference` is the file that shows every key of such a definition, "" where it is not known.
    """

    def __init__(self, source: str, problems: list[str], reference: str = "") -> None:
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__(f"{source}: {count}", hint=shown_by(reference))
        self.source, self.problems = source, tuple(problems)
        self.output = "\n".join(problems)


class Interrupted(BaseException):
    """SIGINT or SIGTERM arrived: the work is undone, then the process ends with exit code 130.

    Not an Exception, as with KeyboardInterrupt, so that no handler of ordinary failures swallows it. `left` is what the
    interrupted work left behind, and where its log is.
    """

    def __init__(self, signal_name: str) -> None:
        super().__init__(signal_name)
        self.signal_name = signal_name
        self.left = ""


def note_left(error: BaseException, left: str) -> None:
    """Note on an error what the failed work left behind; an error that is not Kiln's carries it as a note (PEP 678)."""
    if isinstance(error, UserError | Interrupted):
        error.left = left
    else:
        error.add_note(left)


def left_by(error: BaseException) -> str:
    """What `note_left` noted on an error, or ""."""
    if isinstance(error, UserError | Interrupted):
        return error.left
    return "\n".join(getattr(error, "__notes__", ()))
