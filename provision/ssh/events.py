"""What happens on a machine while a bundle of steps and checks runs."""

from dataclasses import dataclass

from kiln.errors import UserError
from provision.model.recipe import Check, Step

Task = Step | Check
LINES_SHOWN = 40


@dataclass(frozen=True)
class Began:
    """A step or check began on the machine."""

    task: Task


@dataclass(frozen=True)
class Output:
    """One line that the task wrote, without its line end; control characters are left in."""

    task: Task
    line: str


@dataclass(frozen=True)
class Ended:
    """A step or check ended: `code` is its exit code, None when the machine stopped in the middle of it.

    `seconds` were measured on the machine. `command` is the command that failed, "" where bash did not tell; `output`
    the last 200 lines; `full` the mount points that had less than 1 MiB left.
    """

    task: Task
    code: int | None
    seconds: float = 0.0
    command: str = ""
    output: tuple[str, ...] = ()
    full: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether it ended with exit code 0."""
        return self.code == 0

    @property
    def timed_out(self) -> bool:
        """Whether `timeout` ended it, by TERM (124) or by KILL (137); a script may use these codes itself."""
        return self.code in (124, 137) and self.seconds + 0.1 >= self.task.timeout

    def error(self) -> UserError:
        """Make the error of a task that failed: its name, how it ended, the command and its last 40 lines."""
        kind = "step" if isinstance(self.task, Step) else "check"
        if self.code is None:
            what = f'{kind} "{self.task.name}" was interrupted'
        elif self.timed_out:
            what = f'{kind} "{self.task.name}" exceeded its time limit of {self.task.timeout} s'
        else:
            what = f'{kind} "{self.task.name}" ended with exit code {self.code}'
        shown = ([f"$ {self.command}"] if self.command else []) + list(self.output[-LINES_SHOWN:])
        why, hint = self._reason()
        return UserError(what, why, hint, output="\n".join(shown))

    def _reason(self) -> tuple[str, str]:
        if self.full:
            return f"no space left on {', '.join(self.full)} of the machine", "Give the volume more GiB."
        if any("No space left on device" in line for line in self.output):
            return "a file system of the machine is full", "Give the volume more GiB."
        if self.code is None:
            return "the machine restarted, or the runner on it was killed, while it ran", ""
        return "", ""


@dataclass(frozen=True)
class Rebooting:
    """A step ended well, and the machine restarts behind it."""

    task: Task


@dataclass(frozen=True)
class Rejoining:
    """The connection was lost; the machine goes on, and the journal is followed from where it was."""

    why: str


Event = Began | Output | Ended | Rebooting | Rejoining
