"""Commands and packages that a base does not have.

Sources: "Comparing AL2 and AL2023" and "EPEL", Amazon Linux 2023 User Guide (no amazon-linux-extras, no EPEL);
/etc/yum.repos.d of the base: Amazon Linux 2023 packages no btrfs-progs.
"""

import re
from collections.abc import Iterable, Iterator

from provision.model.recipe import Family
from userdata.rules.finding import Finding, Script
from userdata.shell.walk import Walk

_BTRFS = "for storage that grows use docker_storage: {driver: autoscale}, which takes LVM there"
_EXTRAS = "install the package by dnf: it is in the distribution itself"
_EPEL = "Amazon Linux 2023 takes no packages of EPEL: use the distribution's own, or fetch the program itself"
COMMANDS: dict[Family, dict[str, str]] = {
    "al2023": {"amazon-linux-extras": _EXTRAS, "mkfs.btrfs": _BTRFS, "btrfs": _BTRFS},
    "al1": {"amazon-linux-extras": "install the package by yum", "dnf": "write yum"},
    "al2": {"dnf": "write yum"},
}
PACKAGES: dict[Family, dict[str, str]] = {"al2023": {"btrfs-progs": _BTRFS, "epel-release": _EPEL}}
_MANAGERS = {"yum", "dnf", "microdnf"}


def check(script: Script, walk: Walk, family: Family) -> Iterator[Finding]:
    """What a script runs or installs that there is not; once for a line, and not where the script asks first."""
    seen: set[int] = set()
    for command in walk.commands:
        lacking = dict(list_lacking(command.words[1:], family)) if _installs(command.words) else {}
        if command.verb in COMMANDS.get(family, {}):
            lacking = {command.verb: COMMANDS[family][command.verb]}
        passed = command.line in seen or command.place.conditional or "||" in script.quote(command.line)
        if lacking and not passed:
            seen.add(command.line)
            line = script.line(command.line)
            names = " and ".join(lacking)
            what = f"{script.who} needs {names}, which {family} does not have (line {line})"
            way = next(iter(lacking.values()))
            why = "the line fails, and with set -e the script too"
            yield Finding(f"{what}: {script.quote(command.line)}", why, f"Leave it out; {way}.", False, line)


def list_lacking(packages: Iterable[str], family: Family) -> Iterator[tuple[str, str]]:
    """The packages that a base's distribution does not have, with what to do instead."""
    known = PACKAGES.get(family, {})
    for package in packages:
        name = re.sub(r".*/|-latest.*|-\d.*|\.(x86_64|aarch64|noarch)$", "", package)
        if name in known:
            yield name, known[name]


def _installs(words: tuple[str, ...]) -> bool:
    return bool(words) and words[0].rpartition("/")[2] in _MANAGERS and bool({"install", "reinstall"} & set(words))
