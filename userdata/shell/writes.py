"""Which files a command writes by itself, without the shell's `>`: tee, sed -i, cp, install, curl -o and their like."""

import posixpath
import re
from collections.abc import Iterator
from itertools import pairwise

from userdata.shell import outputs
from userdata.shell.commands import Command, Write

_FOLDERS = {"/etc/ecs", "/etc/docker", "/etc/sysconfig", "/etc/systemd/system", "/tmp", "/etc"}  # noqa: S108 a name
_COPIES = {"cp", "mv", "install", "ln", "rsync"}
_REMOVES = {"rm", "unlink", "shred", "truncate"}
_DOWNLOADS = {"curl": {"-o", "--output"}, "wget": {"-O", "--output-document"}}
_PROGRAMS = re.compile(r"(perl|ruby|node)[\d.]*")
_CONFIGURATION = re.compile(r"/etc/(?:ecs|docker|sysconfig|systemd/system)/[\w./-]+")
_SUBSTITUTION = re.compile(r"s(?P<d>[^\w\s\\])(?:\\.|(?!(?P=d)).)*(?P=d)(?P<new>(?:\\.|(?!(?P=d)).)*)(?P=d)", re.DOTALL)
_INSERTION = re.compile(r"(?:^|[;\n/\d$}])\s*[aic](?:\\\n?|\s)\s*(?P<new>[^\n]+)|\$[aic](?P<at_end>[^\n\\]+)")


def of_command(command: Command, stdin: str, files: dict[str, str]) -> Iterator[Write]:
    """The files that a command writes, what it writes there, as far as that is known, and how."""
    verb, words = command.verb, command.words[1:]
    plain = [word for word in words if not word.startswith("-")]
    if verb in {"sed", "perl"}:
        yield from _edits(command, words)
    if verb in {"awk", "gawk"} and "inplace" in words:
        text = outputs.of_command(command, stdin, {})
        yield Write(plain[-1], "edit", text, command.line, command.place, command.text)
    if verb in _COPIES:
        yield from _copies(command, words, plain, files | {"/dev/stdin": stdin, "/dev/fd/0": stdin})
    elif _PROGRAMS.fullmatch(verb):
        program = " ".join(words) + "\n" + stdin
        if "write" in program or "print" in program:
            for path in _CONFIGURATION.findall(program):
                yield _write(command, path, "edit", program.replace("'", "\n").replace('"', "\n"))
    else:
        yield from (_write(command, path, how, text) for path, how, text in _plain(verb, words, plain, stdin))


def _plain(verb: str, words: tuple[str, ...], plain: list[str], stdin: str) -> Iterator[tuple[str, str, str]]:
    """Path, how and text of commands that name their file as an argument."""
    if verb in {"tee", "sponge"}:
        how = "append" if {"-a", "--append"} & set(words) else "replace"
        yield from ((path, how, stdin) for path in plain)
    elif verb in _REMOVES:
        yield from ((path, "remove", "") for path in plain)
    elif verb == "dd":
        yield from ((word[3:], "replace", stdin) for word in words if word.startswith("of="))
    elif verb in _DOWNLOADS:
        yield from ((path, "replace", "") for option, path in pairwise(words) if option in _DOWNLOADS[verb])
    elif verb == "aws" and words[:2] == ("s3", "cp") and len(plain) > 3:
        yield _inside(plain[3], plain[2]), "replace", ""
    elif verb in {"ed", "ex", "vi", "vim"} and plain:
        yield plain[-1], "edit", "\n".join([*_new_texts("\n".join(words)), stdin])
    elif verb == "systemctl" and "edit" in words and len(plain) > 1 and stdin:
        unit = plain[-1] if "." in plain[-1] else f"{plain[-1]}.service"
        yield f"/etc/systemd/system/{unit}.d/override.conf", "replace", stdin
    elif verb == "crudini" and "--set" in words and len(plain) > 2:
        yield plain[0], "edit", "=".join(plain[-2:])


def _write(command: Command, path: str, how: str, text: str) -> Write:
    return Write(path, how, text, command.line, command.place, command.text)


def _edits(command: Command, words: tuple[str, ...]) -> Iterator[Write]:
    """sed -i and perl -pi: the program's replacements and insertions are what it writes."""
    in_place = any(re.match(r"-[A-Za-z]*i|--in-place", word) for word in words)
    programs, files, rest = [], [], list(words)
    while rest:
        word = rest.pop(0)
        if re.fullmatch(r"-[a-zA-Z]*e|--expression", word) and rest:
            programs.append(rest.pop(0))
        elif word.startswith("--expression="):
            programs.append(word.partition("=")[2])
        elif not word.startswith("-"):
            files.append(word)
    if not programs and files:
        programs.append(files.pop(0))
    if in_place:
        program = "\n".join(programs)
        text = "\n".join(_new_texts(program))
        for path in files:
            yield Write(path, "edit", text, command.line, command.place, program)


def _new_texts(program: str) -> Iterator[str]:
    for match in _SUBSTITUTION.finditer(program):
        yield re.sub(r"\\n", "\n", match["new"])
    for match in _INSERTION.finditer(program):
        yield (match["new"] or match["at_end"]).strip()


def _copies(command: Command, words: tuple[str, ...], plain: list[str], files: dict[str, str]) -> Iterator[Write]:
    if command.verb == "install":
        valued = {"-m", "-o", "-g", "--mode", "--owner", "--group", "-t"}
        skipped = {word for option, word in pairwise(words) if option in valued - {"-t"}}
        plain = [word for word in plain if word not in skipped]
        if {"-d", "--directory"} & set(words):
            return
    if "-t" in words[:-1] and command.verb != "rsync":
        folder = words[words.index("-t") + 1]
        sources = [word for word in plain if word != folder]
        targets = [posixpath.join(folder, posixpath.basename(source)) for source in sources]
    elif len(plain) > 1:
        sources, targets = plain[:-1], [_inside(plain[-1], source) for source in plain[:-1]]
    else:
        return
    for source, target in zip(sources, targets, strict=True):
        yield _write(command, target, "replace", files.get(source, ""))
        if command.verb == "mv":
            yield _write(command, source, "remove", "")


def _inside(target: str, source: str) -> str:
    if target.endswith("/") or target.rstrip("/") in _FOLDERS:
        return posixpath.join(target, posixpath.basename(source))
    return target
