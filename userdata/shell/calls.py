"""Simple commands: functions are followed, and texts and files that a command runs as a script."""

from dataclasses import replace

from userdata.shell import outputs, run_texts, writes
from userdata.shell.commands import Command, Place, unwrap
from userdata.shell.loops import recursion_of
from userdata.shell.python import Python, is_python
from userdata.shell.state import State
from userdata.shell.syntax import Node, Unreadable, is_shell, parse
from userdata.shell.words import UNKNOWN

_DEEPEST = 12  # functions that call one another
_BUILTINS = {"cd", "pushd", "shift", "set", "wait"}


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
        program = Python(self._note, self._start, self._inner, self._write)
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
        words = tuple(text for word in node["Args"] for text in self._words(word, place))
        words, place = unwrap(tuple(words), place)
        command = Command(words, place, line)
        self._note(command)
        return self._call(command, stdin)

    def _call(self, command: Command, stdin: str) -> str:
        words, place, line = command.words, command.place, command.line
        if not words:
            return stdin
        if words[0] in self._functions:
            return self._function(command, stdin)
        if program := run_texts.find_python(command, stdin, self._read):
            self.run_python(program, replace(place, depth=place.depth + 1, line=line))
        if not place.background and (foreign := run_texts.find_foreign(command, stdin, self._read)):
            self.foreign.append((line, foreign))
        text = run_texts.find_text(command, stdin, self._read)
        if text is not None:
            return self._script(text, command)
        if command.verb in _BUILTINS:
            self._builtin(command)
        for write in writes.of_command(command, stdin, self.files):
            self._write(write)
        return outputs.of_command(command, stdin, self.files)

    def _read(self, path: str) -> str | None:
        return self.files.get(self._absolute(path))

    def _function(self, command: Command, stdin: str) -> str:
        words, place = command.words, command.place
        if place.depth >= _DEEPEST:
            return ""
        before = self._arrays.get("@", [])
        self._give(words[1:])
        body = self._functions[words[0]]
        if loop := recursion_of(words[0], body):
            place = place.within(replace(loop, line=command.line))
        printed = self._stmt(body, replace(place, depth=place.depth + 1), stdin)
        self._give(before)
        return printed

    def _script(self, text: str, command: Command) -> str:
        before = self._arrays.get("@", [])
        if given := run_texts.list_arguments(command):
            self._give(given)
        printed = self._inner(text, command.place, command.line)
        self._give(before)
        return printed

    def _builtin(self, command: Command) -> None:
        """What cd, shift, set -- VALUE… and wait do."""
        words, verb = command.words, command.verb
        if verb in {"cd", "pushd"} and len(words) > 1:
            self._env["PWD"] = self._absolute(words[-1])
        elif verb == "shift":
            count = int(words[1]) if words[1:] and words[1].isdigit() else 1
            self._give(self._arrays.get("@", [])[count:])
        elif verb == "set" and "--" in words:
            self._give(words[words.index("--") + 1 :])
        elif verb == "wait" and not command.place.background:
            numbers = [int(word[4:]) for word in words if word.startswith("\0job")]
            if numbers or not [word for word in words[1:] if not word.startswith(("-", "%"))]:
                self.waits += [(number, command) for number in numbers or range(1, self._jobs + 1)]
