"""The journal of provision/ssh/runner.sh, read as it grows."""

from collections import deque
from collections.abc import Iterator, Sequence

from provision.ssh.events import Began, Ended, Event, Output, Rebooting, Task

LINES_KEPT = 200


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
