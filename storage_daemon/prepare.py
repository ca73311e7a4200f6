"""Before Docker starts: its file system is there, with every disk that was added before a reboot."""

from __future__ import annotations

import os

from . import devices, kinds, machine
from .filesystems import FileSystem
from .settings import Settings

SECONDS = 90.0
NEVER = "xvdcz"  # Docker's thin pool on Amazon Linux 1


def main(settings: Settings) -> int:
    """Mount it, make it first where the data volume is blank; `machine.Failed` keeps Docker from starting."""
    files = kinds.filesystem_of(settings)
    if not files.is_mounted():
        _refuse_running_docker()
        disk = machine.until(lambda: _disk(settings), SECONDS, f"the data volume {settings.device}")
        os.makedirs(machine.ROOT + settings.mount_point, exist_ok=True)
        if not files.owns(disk):
            _make(files, disk)
        _mount(files)
        files.fill(disk)
    machine.log(f"{files.mount_point}: {files.kind} on {', '.join(files.members())}")
    return 0


def _refuse_running_docker() -> None:
    """Its directory would be moved, or hidden, from under it."""
    pid = machine.read(machine.ROOT + "/var/run/docker.pid")
    if pid and os.path.exists(f"{machine.ROOT}/proc/{pid}"):
        raise machine.Failed(
            "Docker is running without its file system: stop it first (systemctl stop docker.socket docker)"
        )


def _disk(settings: Settings) -> str | None:
    """The data volume's disk: by its device name, or by its serial, which AWS is asked for."""
    if settings.device.endswith(NEVER):
        raise machine.Failed(f"{settings.device} is Amazon Linux 1's own pool, never Kiln's")
    return devices.by_name(settings.device) or _by_serial(settings)


def _by_serial(settings: Settings) -> str | None:
    """Where no udev rule links the mapped name to the NVMe disk. Needs the role; None where that is missing."""
    if not any(name.startswith("nvme") for name in os.listdir(machine.ROOT + "/sys/block")):
        return None
    from . import metadata
    from .ec2 import Ec2, Refused

    try:
        here = metadata.identity()
        volume = Ec2(here.region, here.instance).at_device(settings.device)
    except (Refused, machine.Failed, ImportError) as error:
        machine.log(f"{settings.device} has no link, and AWS does not say which volume it is: {error}")
        return None
    return devices.by_serial(volume.id) if volume else None


def _make(files: FileSystem, disk: str) -> None:
    if not files.has_begun(disk) and not devices.is_blank(disk):
        raise machine.Failed(f"/dev/{disk} is not blank and was not made by Kiln; it is left alone")
    machine.log(f"making {files.kind} on /dev/{disk}")
    files.make(disk)


def _mount(files: FileSystem) -> None:
    """Disks that were added before a reboot may come up a little later than the first."""
    problems = []

    def probe() -> bool | None:
        try:
            files.mount()
        except machine.Failed as error:
            problems.append(str(error))
            return None
        return True

    try:
        machine.until(probe, SECONDS, f"the mount of {files.mount_point}")
    except machine.Failed as error:
        raise machine.Failed(f"{error}: {problems[-1]}") from error
