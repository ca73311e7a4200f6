"""What common commands print, as far as a script itself says it."""

import base64
import binascii
import re

from userdata.shell.commands import Command
from userdata.shell.words import UNKNOWN, unescape

_PASS_ON = {"cat", "tee", "grep", "egrep", "fgrep", "sed", "sort", "uniq", "envsubst", "head", "tail", "tr", "column"}
_NO_FILES = {"tee", "envsubst", "tr"}
_PROGRAMS = {"grep", "egrep", "fgrep", "sed"}

_PRINTED = re.compile(r"print[^\"}]*\"((?:[^\"\\]|\\.)*)\"")


def of_command(command: Command, stdin: str, files: dict[str, str]) -> str:
    """The text that a command prints; "" where only the machine knows it."""
    verb, words = command.verb, command.words[1:]
    if verb == "echo":
        return _echo(words)
    if verb == "printf":
        return _printf(words)
    if verb == "base64" and {"-d", "-D", "--decode", "-di"} & set(words):
        return _decoded(stdin)
    if verb == "jq":
        return _jq(words)
    if verb in {"awk", "gawk", "mawk"}:
        return (files.get(words[-1], "") if words else "") + "".join(
            f"{unescape(text)}\n" for text in _PRINTED.findall(" ".join(words))
        )
    if verb not in _PASS_ON:
        return ""
    named = [word for word in words if not word.startswith("-")]
    if verb in _PROGRAMS and not {"-e", "-f"} & set(words):
        named = named[1:]
    if verb in _NO_FILES or not named:
        return stdin
    return "".join(files.get(name, "") for name in named)


def _jq(words: tuple[str, ...]) -> str:
    """The words of a program that puts values together; what it reads is not known."""
    programs = [word for word in words if re.search(r"[{=\"]", word)]
    return " ".join([*words, UNKNOWN]) if programs else ""


def _echo(words: tuple[str, ...]) -> str:
    escapes = newline = False
    while words and words[0] in {"-e", "-n", "-E", "-en", "-ne"}:
        escapes, newline, words = escapes or "e" in words[0], newline or "n" in words[0], words[1:]
    text = " ".join(words)
    return (unescape(text) if escapes else text) + ("" if newline else "\n")


def _printf(words: tuple[str, ...]) -> str:
    if words[:1] == ("--",):
        words = words[1:]
    if not words or words[0] == "-v":
        return ""
    form, values = unescape(words[0]), list(words[1:])
    pieces, rest = [], form.replace("%%", "\0")
    takes = rest.count("%s") + rest.count("%b")
    while True:
        text = rest
        for _ in range(takes):
            at = min(place for place in (text.find("%s"), text.find("%b")) if place >= 0)
            text = text[:at] + (values.pop(0) if values else "").replace("%", "\0") + text[at + 2 :]
        pieces.append(text.replace("\0", "%"))
        if not takes or not values:
            return "".join(pieces)


def _decoded(text: str) -> str:
    try:
        return base64.b64decode("".join(text.split()), validate=True).decode(errors="replace")
    except (binascii.Error, ValueError):
        return ""
