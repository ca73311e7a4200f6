"""Which text a command runs: what a shell, eval, source or a trap is given, a file, a program in another language."""

import re
from collections.abc import Callable

from userdata.shell.commands import Command
from userdata.shell.python import is_python
from userdata.shell.syntax import is_shell

_SHELLS = {"sh", "bash", "dash", "ash", "ksh"}
_ALWAYS = {"EXIT", "0", "DEBUG", "RETURN"}  # a trap that a script runs into without anybody's signal
_PYTHON = re.compile(r"python[\d.]*")
_LANGUAGES = {"perl", "ruby", "node", "nodejs", "php", "lua", "awk", "gawk", "mawk", "expect", "tclsh", "Rscript"}

Read = Callable[[str], str | None]
"""The text of a file by its path, None where it is not known."""


def find_text(command: Command, stdin: str, read: Read) -> str | None:
    """Return the text that a command runs as a script, if it does and if the text is known."""
    words, verb = command.words, command.verb
    if verb == "eval":
        return " ".join(words[1:])
    if verb == "trap":
        sprung = _ALWAYS & {word.removeprefix("SIG") for word in words[2:]}
        return words[1] if sprung and words[1] not in {"-", ""} else None
    if verb == "su":
        return words[words.index("-c") + 1] if "-c" in words[:-1] else None
    if verb in _SHELLS:
        options, rest = _split_options(words[1:])
        if "c" in options:
            return rest[0] if rest else None
        return read(rest[0]) if rest and "s" not in options else stdin or None
    if verb in {"source", "."} and len(words) > 1:
        return read(words[1])
    return read(words[0])


def list_arguments(command: Command) -> tuple[str, ...]:
    """List what a script is given: bash FILE VALUE…, FILE VALUE…, bash -c TEXT NAME VALUE…"""
    words = command.words[1:]
    if command.verb not in _SHELLS | {"source", "."}:
        return words if "/" in command.words[0] else ()
    options, rest = _split_options(words)
    return rest[2:] if "c" in options else rest if "s" in options else rest[1:]


def find_python(command: Command, stdin: str, read: Read) -> str:
    """Return the program that `python3 -c`, `python3 - <<EOF` or `python3 FILE` runs, as far as it is known."""
    words = command.words
    if not _PYTHON.fullmatch(command.verb):
        return ""
    if "-c" in words[:-1]:
        return words[words.index("-c") + 1]
    return stdin if len(words) == 1 or "-" in words else read(words[-1]) or ""


def find_foreign(command: Command, stdin: str, read: Read) -> str:
    """Return the text of a program in Perl, Ruby or another language that a command runs; "" where it runs none."""
    words = command.words[1:]
    if command.verb in _LANGUAGES:
        return "\n".join([*words, *(read(word) or "" for word in words), stdin])
    text = read(command.words[0]) or ""
    return text if text.startswith("#!") and not is_shell(text) and not is_python(text) else ""


def _split_options(words: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The letters of a shell's own options, and what stands behind them."""
    letters = ""
    while words and words[0][:1] in {"-", "+"}:
        option, words = words[0], words[1:]
        if option in {"-", "--"}:
            break
        letters += "" if option.startswith("--") else option[1:]
        if option in {"-o", "+o", "--rcfile", "--init-file"}:
            words = words[1:]
    return letters, words
