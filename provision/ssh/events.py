"""What happens on a machine while a bundle runs: the journal of provision/ssh/runner.sh, read as it grows."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kiln.errors import UserError
from provision.model.recipe import Check, Step

Task = Step | Check
LINES_KEPT = 200
LINES_SHOWN = 40


@dataclass(frozen=True)
class Began:
    task: Task


@dataclass(frozen=True)
class Output:
    """One line that the task wrote, without its line end; control characters are left in."""

    task: Task
    line: str


@dataclass(frozen=True)
class Ended:
    """`code` is the exit code, None when the machine stopped in the middle. `seconds` were measured on the machine.

    `command` is the command that failed, "" where bash did not tell; `output` the last 200 lines; `full` the mount
    points that had less than 1 MiB left.
    """

    task: Task
    code: int | None
    seconds: float = 0.0
    command: str = ""
    output: tuple[str, ...] = ()
    full: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return self.code == 0

    @property
    def timed_out(self) -> bool:
        """Whether `timeout` ended it, by TERM (124) or by KILL (137); a script may use these codes itself."""
        return self.code in (124, 137) and self.seconds + 0.1 >= self.task.timeout

    def error(self) -> UserError:
        """What to tell of a task that failed: its name, how it ended, the command and its last 40 lines."""
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
    task: Task


@dataclass(frozen=True)
class Rejoining:
    """The connection was lost; the machine goes on, and the journal is followed from where it was."""

    why: str


Event = Began | Output | Ended | Rebooting | Rejoining


class JournalReader:
    """Turns the journal's bytes, however they are cut, into events. `offset` is how many of them were read."""

    def __init__(self, tasks: Sequence[Task]) -> None:
        self.tasks = tasks
        self.offset = 0
        self.current: Task | None = None
        self.finished = self.rebooting = False
        self._partial = b""
        self._forget()

    def _forget(self) -> None:
        self._output: deque[str] = deque(maxlen=LINES_KEPT)
        self._command: list[str] = []
        self._full: list[str] = []

    def feed(self, data: bytes) -> Iterator[Event]:
        """The events that became complete with `data`, which may hold NUL bytes as a sign of life."""
        data = data.replace(b"\0", b"")
        self.offset += len(data)
        *lines, self._partial = (self._partial + data).split(b"\n")
        for raw in lines:
            line = raw.decode(errors="replace")
            if line.startswith("|"):
                yield from self._wrote(line[1:])
            elif line.startswith("$"):
                self._command.append(line[1:])
            elif line.endswith(" ."):
                yield from self._event(*line[:-2].split(" "))

    def _wrote(self, line: str) -> Iterator[Event]:
        self._output.append(line)
        if self.current:
            yield Output(self.current, line)

    def _event(self, kind: str, number: str = "", *fields: str) -> Iterator[Event]:
        if kind == "done":
            self.finished, self.rebooting = True, False
            return
        task = self.tasks[int(number)]
        match kind:
            case "begin":
                self.current, self.rebooting = task, False
                self._forget()
                yield Began(task)
            case "cut":
                yield from self._wrote("[kiln: more output than is kept; its end follows]")
            case "full":
                self._full.append(" ".join(fields))
            case "end":
                yield self._ended(task, int(fields[0]), int(fields[1]) / 100)
            case "interrupted":
                yield self._ended(task, None, 0.0)
            case "reboot":
                self.rebooting = True
                yield Rebooting(task)

    def _ended(self, task: Task, code: int | None, seconds: float) -> Ended:
        ended = Ended(task, code, seconds, "\n".join(self._command), tuple(self._output), tuple(self._full))
        self.current = None
        self._forget()
        return ended
