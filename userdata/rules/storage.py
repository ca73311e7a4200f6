"""Options of Docker's storage that the Docker of a base image does not take, wherever they are written.

Docker's "Deprecated features" page: aufs and overlay are gone since 24.0, devicemapper since 25.0. A driver refuses
options of another: dockerd does not start with dm.basesize on overlay2.
"""

import re
from collections.abc import Iterator

from provision.model.recipe import Family
from userdata.rules.finding import Brought, Finding, Script
from userdata.shell.commands import Command
from userdata.shell.walk import Walk

_DOCKER_FILES = re.compile(
    r"(/etc/sysconfig/docker\S*|\S*/docker/\S*\.json|\S*daemon\.json|\S*/systemd/system/docker\.service(\.d/\S+)?"
    r"|/etc/default/docker|\S*docker-storage(-setup)?)"
)
_DEVICEMAPPER = re.compile(r"^(?!\s*#).*?(\bdm\.[a-z_]+|\bdevicemapper\b)", re.MULTILINE)
_GONE = re.compile(
    r"^(?!\s*#).*?(?:--storage-driver[= ]+|-s[= ]+|\"storage-driver\"\s*:\s*|STORAGE_DRIVER\s*=\s*)"
    r"\"?'?(aufs|overlay)\b(?!2)",
    re.MULTILINE,
)
_DRIVER = re.compile(
    r"^(?!\s*#).*?(?:--storage-driver[= ]+|\"storage-driver\"\s*:\s*)[\"']*(?P<name>[a-z][a-z0-9-]*)", re.MULTILINE
)
_DRIVERS = {"overlay2", "fuse-overlayfs", "btrfs", "zfs", "vfs"}  # "Select a storage driver", Docker documentation
_KERNELS: dict[Family, set[str]] = {"al2": {"zfs"}, "al2023": {"btrfs", "zfs"}}
"""The drivers for whose file systems a base's kernel has no module."""
_QUOTA = re.compile(r"^(?!\s*#).*?(\boverlay2\.size)\b", re.MULTILINE)
_DAEMONS = {"dockerd", "dockerd-current", "docker-storage-setup"}


def check(script: Script, walk: Walk, family: Family) -> Iterator[Finding]:
    """What a script writes for Docker, or starts it with; once for a line."""
    seen: set[int] = set()
    for number, text in _written(walk):
        for what, why, hint, refused in _wrong(text, family):
            if number not in seen:
                seen.add(number)
                line = script.line(number)
                yield Finding(
                    f"{script.who} gives Docker {what} (line {line}): {script.quote(number)}", why, hint, refused, line
                )


def check_file(file: Brought, family: Family) -> Iterator[Finding]:
    """The same for a file that is brought along."""
    if _DOCKER_FILES.fullmatch(file.path):
        for what, why, hint, refused in _wrong(file.text, family):
            yield Finding(f"{file.who} gives Docker {what}{file.place}", why, hint, refused, file.line)


def _written(walk: Walk) -> Iterator[tuple[int, str]]:
    for write in walk.writes:
        if _DOCKER_FILES.fullmatch(write.path) and write.how != "remove":
            made_by = write.program if re.match(r"(jq|yq|awk|python)", write.program) else ""
            yield write.line, write.text + "\n" + made_by
    for command in walk.commands:
        if _starts_docker(command):
            yield command.line, command.text


def _starts_docker(command: Command) -> bool:
    if command.verb == "systemctl":
        return "set-environment" in command.words and bool(re.search(r" (OPTIONS|DOCKER_\w+)=", command.text))
    return command.verb in _DAEMONS or (command.verb == "docker" and command.words[1:2] in {("daemon",), ("-d",)})


def _wrong(text: str, family: Family) -> Iterator[tuple[str, str, str, bool]]:
    """What, why, what to do instead, and whether it is refused."""
    if family == "al1":
        return
    instead = "driver: overlay2 with a larger volume: overlay2 has no limit of 10 GB per container"
    if match := _DEVICEMAPPER.search(text):
        why = (
            f"{family} has Docker 25, which has no devicemapper driver (removed in 25.0): dm.basesize means nothing "
            "there, and Docker does not start with it"
        )
        yield match[1], why, f"Leave it out, and use docker_storage with {instead}.", True
    elif match := _GONE.search(text):
        why = f"{family} has Docker 25, which has no driver {match[1]} (removed in 24.0): Docker does not start with it"
        yield f"the driver {match[1]}", why, f"Leave it out, and use docker_storage with {instead}.", True
    elif (match := _DRIVER.search(text)) and match["name"] not in _DRIVERS:
        why = "Docker has no driver of that name, and does not start with it"
        yield f"the driver {match['name']}", why, f"Leave it out, and use docker_storage with {instead}.", True
    elif match and match["name"] in _KERNELS.get(family, ()):
        why = f"the kernel of {family} has no {match['name']}: Docker does not start with it"
        refused = match["name"] == "btrfs"  # people build modules of ZFS by themselves
        yield f"the driver {match['name']}", why, f"Leave it out, and use docker_storage with {instead}.", refused
    elif match := _QUOTA.search(text):
        why = "overlay2.size needs xfs mounted with pquota; on another file system Docker does not start"
        yield match[1], why, f"Leave it out, and use docker_storage with {instead}.", False
