"""What is known on the way through a script: variables, functions, files, and what was met so far."""

import posixpath
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from userdata.shell.commands import Command, Place, Write
from userdata.shell.syntax import Node, Unreadable
from userdata.shell.words import UNKNOWN, text_of


@dataclass
class State:
    """What was met on the way; several scripts of one machine can be walked one after another.

    `files` are the texts of files that are known: brought along, or written by a script. `jobs` are places in the
    background, by number, and `waits` those that a `wait` of the foreground waits for.
    """

    files: dict[str, str] = field(default_factory=dict)
    commands: list[Command] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)
    waits: list[tuple[int, Command]] = field(default_factory=list)
    """Job numbers (0: all so far, below the second's) that a `wait` in the foreground waits for."""
    unread: list[Unreadable] = field(default_factory=list)
    """Texts inside the script that could not be read; their line is the script's."""
    complete: bool = True
    """Whether all was followed; False where a script is too entangled for that."""
    _env: dict[str, str] = field(default_factory=dict)
    _functions: dict[str, Node] = field(default_factory=dict)
    _jobs: int = 0

    def _stmt(self, stmt: Node, place: Place, stdin: str) -> str:
        raise NotImplementedError

    def _stmts(self, stmts: list[Node], place: Place, stdin: str) -> str:
        return "".join(self._stmt(stmt, place, stdin) for stmt in stmts or ())

    def _assign(self, assigns: Any, place: Place) -> None:
        for assign in assigns:
            name = (assign.get("Name") or {}).get("Value")
            if name and not assign.get("Naked"):
                value = self._text(assign.get("Value"), place)
                self._env[name] = self._env.get(name, "") + value if assign.get("Append") else value

    def _note(self, command: Command) -> None:
        self.commands.append(command)

    def _write(self, write: Write) -> None:
        write = replace(write, path=self._absolute(write.path))
        self.writes.append(write)
        if write.how == "append":
            self.files[write.path] = self.files.get(write.path, "") + write.text
        elif write.how == "replace":
            self.files[write.path] = write.text

    def _absolute(self, path: str) -> str:
        """A path as it is meant behind `cd`; what begins with a variable stays as it is."""
        if not path or path[0] in "$~&" or path.startswith(UNKNOWN):
            return path
        return posixpath.normpath(posixpath.join(self._env.get("PWD", ""), path)).replace("//", "/")

    def _text(self, word: Node | None, place: Place) -> str:
        return text_of(word, self._env, self._substitute(place))

    def _substitute(self, place: Place) -> Callable[[Node], str]:
        def substitute(node: Node) -> str:
            printed = self._stmts(node.get("Stmts", []), place, "").rstrip("\n")
            return printed or UNKNOWN

        return substitute
