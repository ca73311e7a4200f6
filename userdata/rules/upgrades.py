"""An upgrade of all packages at boot: it can replace Docker and the agent's package with what nobody tried.

Security updates alone are no finding: Amazon Linux 2 makes them by itself at its first boot (repo_upgrade: security).
"""

from collections.abc import Iterator

from userdata.rules.finding import Finding, Script
from userdata.shell.commands import Command
from userdata.shell.walk import Walk

_UPGRADES = {"update", "upgrade", "dist-upgrade", "full-upgrade", "distro-sync", "system-upgrade", "dup"}
_MANAGERS = {"yum", "dnf", "microdnf", "apt-get", "apt", "aptitude", "zypper"}
_VALUED = {"-x", "--exclude", "--releasever", "-c", "--enablerepo", "--disablerepo", "-t", "-o", "-d", "-e", "--setopt"}
_WHY = "it can replace Docker, containerd and ecs-init just before the agent starts, with versions that nobody tried"
_HINT = (
    "Build an image with the updates (invoke build-ami), name the packages that are needed, or leave these out: "
    "--exclude=docker --exclude=containerd --exclude=runc --exclude=ecs-init"
)


def check(script: Script, walk: Walk) -> Iterator[Finding]:
    """The commands that upgrade everything."""
    for command in walk.commands:
        if _upgrades_all(command):
            line = script.line(command.line)
            what = f"{script.who} upgrades all packages (line {line}): {script.quote(command.line)}"
            yield Finding(what, _WHY, _HINT, False, line)


def by_key(who: str, line: int) -> Finding:
    """A key of cloud-config that does the same, such as package_upgrade."""
    return Finding(f"{who} upgrades all packages (line {line})", _WHY, "Leave it out, or build an image.", False, line)


def _upgrades_all(command: Command) -> bool:
    if command.verb not in _MANAGERS:
        return False
    words, rest = list(command.words[1:]), []
    excluded = " ".join(word for word in words if "docker" in word)
    while words:
        word = words.pop(0)
        if word in _VALUED and words:
            words.pop(0)
        elif not word.startswith("-"):
            rest.append(word)
    if command.verb in {"apt-get", "apt", "aptitude"}:
        return bool(rest) and rest[0] in _UPGRADES - {"update"}
    if "--security" in command.words or excluded:
        return False
    return bool(rest) and rest[0] in _UPGRADES and rest[1:] in ([], ["*"])
