"""A person who pastes what Kiln prints: bash reads the commands, and this process carries out what bash makes of them.

The offline AWS is this process's own. A build is planned only, for without machines there is nothing to build on;
commands that need a machine (`PARSED`) go no further than invoke's parser.
"""

import io
import re
import shlex
import subprocess
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from invoke.parser import Parser
from invoke.program import Program

import tasks
from kiln import typed
from tests.support import aws_cli

PARSED = {"ssh", "test-ami", "sandbox.env"}
_ANSWERED = {"register-env": ("--yes",), "destroy-env": ("--yes",), "build-ami": ("--plan",)}
_WELL = (0, 2)  # done, or something to do
_SHELL = """
record() { printf '%s\\0' $(( $# )) "$@" >> "$RECORD"; }
aws() { record aws "$@"; }
invoke() { record invoke "$@"; }
"""
_START = re.compile(r'(?:for \w+ in |eval "\$\(invoke sandbox\.env\)"|(?<![\w/$-])aws (?!sso|configure|cli))')


@dataclass(frozen=True)
class Printed:
    """What a task printed, with its exit code."""

    code: int
    text: str


def commands(text: str) -> list[str]:
    """The commands in what Kiln prints, in their order, every one once; chains (`a && b`, `for …; done`) are whole."""
    found: list[str] = []
    for line in text.splitlines():
        place = 0
        while match := _next(line, place):
            found.append(match)
            place = line.index(match, place) + len(match)
    return list(dict.fromkeys(found))


def _next(line: str, place: int) -> str | None:
    """A command ends where its options end (invoke), or with its line or the sentence's next half (the AWS CLI)."""
    starts = [match for match in (_START.search(line, place), typed._TASK.search(line, place)) if match]
    if not starts:
        return None
    first = min(starts, key=lambda match: match.start())
    whole = line[first.start() : _end(line, first)]
    if line.startswith(" && ", first.start() + len(whole)):
        rest = _next(line, first.start() + len(whole))
        assert rest, line
        return f"{whole} && {rest}"
    return whole


def _end(line: str, first: re.Match[str]) -> int:
    if first[0].startswith("invoke"):
        return first.end() - first[0].endswith(".")
    if first[0].startswith("for "):
        return line.index("; done", first.start()) + len("; done")
    if first[0].startswith("eval"):
        return first.end()
    quoted = False
    for place in range(first.end(), len(line)):
        quoted ^= line[place] == "'"
        if not quoted and re.match(r"; | && |, |\)|$", line[place:]):
            return place
    return len(line)


def read_by_bash(command: str, folder: Path) -> list[list[str]]:
    """The commands and words that bash makes of it; fails the test where bash does not understand it."""
    record = folder / "record"
    record.write_bytes(b"")
    done = subprocess.run(
        ["/bin/bash", "-euc", f"{_SHELL}\n{command}"], cwd=folder, env={"RECORD": str(record), "PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{command}\n{done.stderr}"
    fields = record.read_bytes().decode().split("\0")[:-1]
    calls = []
    while fields:
        count = int(fields.pop(0))
        calls.append(fields[:count])
        del fields[:count]
    return calls


def paste(command: str, folder: Path) -> list[Printed]:
    """Do what a command of Kiln's does; fails the test where any part of it is not taken."""
    calls = read_by_bash(command, folder)
    assert calls, command
    return [_carry_out(words) for words in calls]


def _carry_out(words: list[str]) -> Printed:
    if words[0] == "aws":
        aws_cli.call(shlex.join(words))
        return Printed(0, "")
    task = next(word for word in words[1:] if word != "sandbox")
    if task in PARSED:
        Parser(contexts=tasks.namespace.to_contexts()).parse_argv(words[1:])
        return Printed(0, "")
    answers = [word for word in _ANSWERED.get(task, ()) if word not in words and "--plan" not in words]
    printed = type_in(*words[1:], *answers)
    assert printed.code in _WELL, f"{shlex.join(words)}: {printed.code}\n{printed.text}"
    return printed


def type_in(*words: str) -> Printed:
    """`invoke WORDS`, as a process of its own would begin: nothing was typed before."""
    typed._Typed.prefix, typed._Typed.given, typed._Typed.paths = "invoke", {}, {}
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(out):
        try:
            Program(namespace=tasks.namespace).run(["invoke", *words], exit=True)
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
    return Printed(code, out.getvalue())
