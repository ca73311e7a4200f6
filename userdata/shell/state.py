"""What is known on the way through a script: variables, functions, files, and what was met so far."""

import posixpath
from collections.abc import Callable, Sequence
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
    foreign: list[tuple[int, str]] = field(default_factory=list)
    """Line and text of programs in languages that are not followed, where the script waits for their end."""
    complete: bool = True
    """Whether all was followed; False where a script is too entangled for that."""
    _env: dict[str, str] = field(default_factory=dict)
    _arrays: dict[str, list[str]] = field(default_factory=dict)
    """Values of arrays by name, the keys of NAME under !NAME, and what a script or function is given under @."""
    _opened: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Files by their descriptor, and how they are written."""
    _functions: dict[str, Node] = field(default_factory=dict)
    _jobs: int = 0

    def _stmt(self, stmt: Node, place: Place, stdin: str) -> str:
        raise NotImplementedError

    def _stmts(self, stmts: list[Node], place: Place, stdin: str) -> str:
        return "".join(self._stmt(stmt, place, stdin) for stmt in stmts or ())

    def _assign(self, assigns: Any, place: Place) -> None:
        for assign in assigns:
            name = (assign.get("Name") or {}).get("Value")
            if name and assign.get("Array"):
                self._assign_array(name, assign, place)
            elif name and not assign.get("Naked"):
                value = self._text(assign.get("Value"), place)
                self._env[name] = self._env.get(name, "") + value if assign.get("Append") else value

    def _assign_array(self, name: str, assign: Node, place: Place) -> None:
        elements = assign["Array"].get("Elems", ())
        values = [text for element in elements for text in self._words(element.get("Value"), place)]
        keys = [self._text(element["Index"], place) for element in elements if element.get("Index")]
        before = self._arrays.get(name, []) if assign.get("Append") else []
        self._arrays[name], self._arrays[f"!{name}"] = [*before, *values], keys
        self._env[name] = " ".join(self._arrays[name])

    def _give(self, values: Sequence[str]) -> None:
        """Set $1, $2 …, $@ and $*."""
        for number in range(1, len(self._arrays.get("@", ())) + 1):
            self._env.pop(str(number), None)
        self._arrays["@"] = self._arrays["*"] = list(values)
        self._env |= {str(number): value for number, value in enumerate(values, start=1)}
        self._env["@"] = self._env["*"] = " ".join(values)

    def _words(self, word: Node | None, place: Place) -> list[str]:
        """The words that one becomes: "$@" and "${NAME[@]}" are as many as there are, $NAME is split at its blanks."""
        parts = (word or {}).get("Parts", [])
        if len(parts) == 1 and parts[0]["Type"] == "DblQuoted":
            inner = parts[0].get("Parts", [])
            if len(inner) == 1 and inner[0]["Type"] == "ParamExp" and _index(inner[0]) == "@":
                return self._elements(inner[0])
        if len(parts) == 1 and parts[0]["Type"] == "ParamExp":
            if _index(parts[0]):
                return self._elements(parts[0])
            return self._text(word, place).split(" ")
        return [self._text(word, place)]

    def _elements(self, part: Node) -> list[str]:
        name = part["Param"]["Value"]
        values = self._arrays.get(f"!{name}" if part.get("Excl") else name, [])
        start = text_of(((part.get("Slice") or {}).get("Offset")), {}, lambda _: "")
        return values[max(int(start) - (name == "@"), 0) :] if start.isdigit() else values

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


def _index(part: Node) -> str:
    """@ or * where a parameter stands for all values of an array, else ""."""
    name = part.get("Param", {}).get("Value", "")
    index = name if name in {"@", "*"} else text_of(part.get("Index"), {}, lambda _: "") if part.get("Index") else ""
    return index if index in {"@", "*"} else ""
