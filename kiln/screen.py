"""What a person sees while Kiln works: one line per thing; live on a terminal, stamped lines elsewhere.

Progress goes to stderr; results go to stdout through `print_result`.
"""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TextIO

from kiln import words

_STAGE, _DEEP = 20, 60  # characters of a stage's name, and of a step's or check's below it


class Line:
    """The line of something under way: `note` is shown behind its time at the end, `live` while it runs."""

    def __init__(self, screen: "Screen", title: str, indent: int) -> None:
        self.title, self.indent, self.note, self._screen = title, indent, "", screen
        self.started = time.monotonic()

    def live(self, text: str) -> None:
        """Show a text behind the line while it runs, on a terminal."""
        self._screen.show_live(self, text)

    def say(self, text: str) -> None:
        """A line of its own, for what takes so long that people look later."""
        self._screen.say(f"{' ' * self.indent}… {text}")

    @property
    def elapsed(self) -> float:
        """Seconds since the line was begun."""
        return time.monotonic() - self.started


class Screen:
    """The person's terminal, or a file where the same lines are stamped; `quiet` shows nothing."""

    def __init__(self, stream: TextIO | None = None, *, live: bool | None = None, quiet: bool = False) -> None:
        self._stream = stream or sys.stderr
        self._is_live = self._stream.isatty() if live is None else live
        self._quiet = quiet
        self._status: Any = None
        if self._is_live:
            from rich.console import Console

            self._console = Console(file=self._stream, highlight=False, soft_wrap=True)

    def say(self, text: str = "") -> None:
        """Print lines as they are (stamped where nobody sees them appear)."""
        if self._quiet:
            return
        for line in text.split("\n"):
            shown = _fit(line, self._stream)
            if self._is_live:
                self._console.print(self._coloured(shown), markup=True)
            else:
                stamp = datetime.now(UTC).strftime("%H:%M:%SZ  ")
                print((stamp + shown).rstrip(), file=self._stream, flush=True)

    @contextmanager
    def step(self, title: str, *, indent: int = 0) -> Iterator[Line]:
        """A step with its time; ✓ at its end, ✗ when it raises."""
        line = Line(self, title, indent)
        self.begin(line)
        try:
            yield line
        except BaseException:
            self.finish(line, line.elapsed, ok=False)
            raise
        self.finish(line, line.elapsed)

    def line(self, title: str, indent: int = 0) -> Line:
        """Make a line that the caller finishes."""
        return Line(self, title, indent)

    def begin(self, line: Line) -> None:
        """Show that a line has begun, on a terminal."""
        if self._is_live and not self._quiet:
            self.show_live(line, "")

    def show_live(self, line: Line, text: str) -> None:
        """Show a line that runs, with the end of `text` behind it, on a terminal."""
        if not self._is_live or self._quiet:
            return
        from rich.markup import escape
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        if self._status is None:
            columns = (
                SpinnerColumn(),
                TextColumn("{task.description}"),
                TimeElapsedColumn(),
                TextColumn("{task.fields[tail]}"),
            )
            self._status = Progress(*columns, console=self._console, transient=True)
            self._status.start()
            self._status.add_task("", tail="")
        task = self._status.tasks[0]
        title = " " * line.indent + line.title
        if task.description != title:
            self._status.reset(task.id)
        self._status.update(task.id, description=title, tail=escape(text[-60:]))

    def finish(self, line: Line, elapsed: float, *, ok: bool = True) -> None:
        """Print a line that has ended: ✓ or ✗, its title, its seconds, its note."""
        if self._status is not None:
            self._status.stop()
            self._status = None
        mark = "✓" if ok else "✗"
        width = _DEEP if line.indent else _STAGE
        title = f"{' ' * line.indent}{mark} {line.title:<{width}}"
        self.say(f"{title} {words.format_seconds(elapsed):>11}   {line.note}".rstrip())

    def _coloured(self, text: str) -> str:
        from rich.markup import escape

        safe = escape(text)
        for mark, colour in (("✓", "green"), ("✗", "red"), ("!", "yellow")):
            if safe.lstrip().startswith(mark + " "):
                return safe.replace(mark, f"[{colour}]{mark}[/]", 1)
        return safe


def print_result(text: str) -> None:
    """A result, on stdout."""
    print(_fit(text, sys.stdout), flush=True)


def _fit(text: str, stream: TextIO) -> str:
    """What the stream cannot encode as \\u…: half a character of a file, or ✓ on a terminal of another time."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)


def print_json(document: Any) -> None:
    """A result for programs, on stdout; what JSON has no type for as its text."""
    print_result(json.dumps(document, indent=1, default=str))
