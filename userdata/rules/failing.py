"""Lines that fail on a machine: what its base does not have, and questions that nobody is there to answer.

Sources: "Comparing AL2 and AL2023", Amazon Linux 2023 User Guide (no amazon-linux-extras); yum(8) and dnf(8): they ask
without -y, and an end of input is a no.
"""

import re
from collections.abc import Iterable, Iterator

from provision.model.recipe import Family
from provision.provisioners.packages import LACKING
from userdata.rules.finding import Finding, Script
from userdata.shell.commands import Command
from userdata.shell.walk import Walk

_BTRFS = LACKING["al2023"]["btrfs-progs"]
_EXTRAS = "install the package by dnf: it is in the distribution itself"
_COMMANDS: dict[Family, dict[str, str]] = {
    "al2023": {
        "amazon-linux-extras": _EXTRAS, "mkfs.btrfs": _BTRFS, "btrfs": _BTRFS, "apt-get": "write dnf",
        "apt": "write dnf",
    },
    "al2": {"dnf": "write yum", "apt-get": "write yum", "apt": "write yum"},
    "al1": {
        "dnf": "write yum", "apt-get": "write yum", "apt": "write yum",
        "amazon-linux-extras": "install the package by yum",
    },
}  # fmt: skip
_MANAGERS = {"yum", "dnf", "microdnf"}
_ASKING = {"install", "reinstall", "localinstall", "groupinstall", "update", "upgrade", "remove", "erase", "downgrade"}
_YES = re.compile(r"-[a-zA-Z]*y[a-zA-Z]*|--assumeyes|--assumeno|--yes|--downloadonly")

_ANSWERED = re.compile(r"\|\s*(sudo\s+)?(yum|dnf|microdnf|apt|apt-get)\b|<<")


def check(script: Script, walk: Walk, family: Family) -> Iterator[Finding]:
    """The lines that fail, once for a line, and none that stands under a condition."""
    seen: set[int] = set()
    for command in walk.commands:
        if command.line in seen or command.place.conditional or "||" in script.quote(command.line):
            continue
        if finding := _lacks(script, command, family) or _asks(script, command, family):
            seen.add(command.line)
            yield finding


def _lacks(script: Script, command: Command, family: Family) -> Finding | None:
    lacking = dict(_list_lacking(command.words[1:], family)) if _installs(command) else {}
    if way := _COMMANDS[family].get(command.verb):
        lacking = {command.verb: way}
    if not lacking:
        return None
    line = script.line(command.line)
    what = f"{script.who} needs {' and '.join(lacking)}, which {family} does not have (line {line})"
    why, way = "the line fails, and with set -e the script too", next(iter(lacking.values()))
    return Finding(f"{what}: {script.quote(command.line)}", why, f"Leave it out; {way}.", False, line)


def _asks(script: Script, command: Command, family: Family) -> Finding | None:
    """A package manager that asks before it begins."""
    given = command.words[1:]
    if command.verb not in _MANAGERS | {"apt-get", "apt"} or not _ASKING & set(given):
        return None
    if any(_YES.fullmatch(word) for word in given) or _ANSWERED.search(script.quote(command.line)):
        return None
    if command.verb.startswith("apt") and "update" in given:
        return None
    line = script.line(command.line)
    what = f"{script.who} asks a question (line {line}): {script.quote(command.line)}"
    why = f"{command.verb} waits for a yes, and nobody is there: it takes that for a no, and installs nothing"
    return Finding(what, why, f"Write {command.verb} -y.", False, line)


def _list_lacking(packages: Iterable[str], family: Family) -> Iterator[tuple[str, str]]:
    """The packages that a base's distribution does not have, with what to do instead."""
    known = LACKING.get(family, {})
    for package in packages:
        name = re.sub(r".*/|-latest.*|-\d.*|\.(x86_64|aarch64|noarch)$", "", package)
        if name in known:
            yield name, known[name]


def _installs(command: Command) -> bool:
    return command.verb in _MANAGERS and bool({"install", "reinstall"} & set(command.words))
