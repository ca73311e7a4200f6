"""Simple commands: functions are followed, and texts and files that a command runs as a script."""

import re
from dataclasses import replace

from userdata.shell import outputs, writes
from userdata.shell.commands import Command, Place, unwrap
from userdata.shell.loops import recursion_of
from userdata.shell.python import Python, is_python
from userdata.shell.state import State
from userdata.shell.syntax import Node, Unreadable, is_shell, parse
from userdata.shell.words import UNKNOWN

_DEEPEST = 12  # functions that call one another
_PYTHON = re.compile(r"python[\d.]*")
_SHELLS = {"sh", "bash", "dash", "ash", "ksh"}


class Calls(State):
    """The part of a walk that knows what commands do."""

    def run(self, text: str, place: Place | None = None) -> str:
        """Walk a script; returns what it prints, as far as that is known. Raises Unreadable."""
        return self._stmts(parse(text).get("Stmts", []), place or Place(), "")

    def run_quietly(self, text: str) -> None:
        """Walk a text that may be no shell."""
        self._inner(text, Place(), 1)

    def run_python(self, text: str, place: Place | None = None) -> None:
        """Follow a program in Python; one that does not parse is among `unread`."""
        program = Python(self._note, self._start, self._inner)
        try:
            program.follow(text, place or Place())
        except Unreadable as error:
            line = place.line if place and place.line else error.line
            self.unread.append(Unreadable(line, error.why, by_bash=False))

    def _start(self, words: tuple[str, ...], place: Place, line: int) -> None:
        """A program that is started by its words, without a shell."""
        words, place = unwrap(words, place)
        command = Command(words, place, line)
        self._note(command)
        self._call(command, "")

    def _inner(self, text: str, place: Place, line: int) -> str:
        """A text that a command runs: sh -c, eval, a here-document for bash, a file that was written before."""
        if is_python(text):
            self.run_python(text, replace(place, depth=place.depth + 1, line=line))
        if place.depth >= _DEEPEST or not is_shell(text):
            return ""
        try:
            return self.run(text, replace(place, depth=place.depth + 1, line=line))
        except Unreadable as error:
            if UNKNOWN not in text:
                self.unread.append(Unreadable(line, error.why, by_bash=error.by_bash))
            return ""

    def _callexpr(self, node: Node, place: Place, stdin: str, line: int, pipeline: str) -> str:
        assigned = node.get("Assigns", ())
        if not node.get("Args"):
            self._assign(assigned, place)
            return ""
        for assign in assigned:
            self._text(assign.get("Value"), place)
        words = tuple(self._text(word, place) for word in node["Args"])
        split = node["Args"][0].get("Parts", [{}])[0].get("Type") == "ParamExp" and " " in words[0]
        words = (*words[0].split(), *words[1:]) if split else words  # a command in a variable
        words, place = unwrap(words, place)
        command = Command(words, place, line)
        self._note(command)
        return self._call(command, stdin)

    def _call(self, command: Command, stdin: str) -> str:
        words, place, line = command.words, command.place, command.line
        if not words:
            return stdin
        if words[0] in self._functions:
            if place.depth >= _DEEPEST:
                return ""
            for number, word in enumerate(words[1:], start=1):
                self._env[str(number)] = word
            body = self._functions[words[0]]
            loop = recursion_of(words[0], body)
            loops = (*place.loops, replace(loop, line=line)) if loop else place.loops
            return self._stmt(body, replace(place, depth=place.depth + 1, loops=loops), stdin)
        if program := _program_of(command, stdin, self.files.get(self._absolute(words[-1]), "")):
            self.run_python(program, replace(place, depth=place.depth + 1, line=line))
        text = self._text_run(command, stdin)
        if text is not None:
            return self._inner(text, place, line)
        if command.verb in {"cd", "pushd"} and len(words) > 1:
            self._env["PWD"] = self._absolute(words[-1])
        if command.verb == "wait" and not place.background:
            numbers = [int(word[4:]) for word in words if word.startswith("\0job")]
            if numbers or not [word for word in words[1:] if not word.startswith(("-", "%"))]:
                self.waits += [(number, command) for number in numbers or range(1, self._jobs + 1)]
        for write in writes.of_command(command, stdin, self.files):
            self._write(write)
        return outputs.of_command(command, stdin, self.files)

    def _text_run(self, command: Command, stdin: str) -> str | None:
        """The text that a command runs as a script, if it does and if the text is known."""
        words, verb = command.words, command.verb
        if verb == "eval":
            return " ".join(words[1:])
        if verb == "trap" and len(words) > 2 and " " in words[1]:
            return words[1]
        if verb == "su":
            return words[words.index("-c") + 1] if "-c" in words[:-1] else None
        if verb in _SHELLS:
            options = [number for number, word in enumerate(words) if number and word.startswith("-") and "c" in word
                       and not word.startswith("--")]  # fmt: skip
            if options and options[0] + 1 < len(words):
                return words[options[0] + 1]
            named = [word for word in words[1:] if not word.startswith("-")]
            return self.files.get(self._absolute(named[0])) if named and "-s" not in words else stdin or None
        if verb in {"source", "."} and len(words) > 1:
            return self.files.get(self._absolute(words[1]))
        return self.files.get(self._absolute(words[0]))


def _program_of(command: Command, stdin: str, file: str) -> str:
    """The program that `python3 -c`, `python3 - <<EOF` or `python3 FILE` runs, as far as it is known."""
    words = command.words
    if not _PYTHON.fullmatch(command.verb):
        return ""
    if "-c" in words[:-1]:
        return words[words.index("-c") + 1]
    return stdin if len(words) == 1 or "-" in words else file
