"""What btrfs and LVM have in common."""

from __future__ import annotations

import os
from typing import Sequence

from . import devices, machine
from .policy import Space

LABEL = "kiln-docker"  # at most 12 characters, for xfs


class FileSystem:
    """Docker's file system over one or more disks, which go by the kernel's names (nvme1n1)."""

    kind = ""

    def __init__(self, mount_point: str) -> None:
        self.mount_point = mount_point

    def owns(self, disk: str) -> bool:
        """Whether this disk was made part of it, now or when the image was built."""
        raise NotImplementedError

    def has_begun(self, disk: str) -> bool:
        """Whether `make` was interrupted on this disk: nothing of value is on it."""
        return False

    def make(self, disk: str) -> None:
        """Make it on a blank disk. What Docker's directory holds moves along, or is a reason to refuse."""
        raise NotImplementedError

    def mount(self) -> None:
        """Bring every disk of it back and mount it; `machine.Failed` while one is missing."""
        raise NotImplementedError

    def fill(self, disk: str) -> None:
        """Take all of a first disk that is larger than the snapshot it was made from."""
        raise NotImplementedError

    def members(self) -> Sequence[str]:
        """Its disks."""
        raise NotImplementedError

    def add(self, disk: str) -> None:
        """Grow onto a disk that is blank or that an earlier attempt has begun with; finished ones stay as they are."""
        raise NotImplementedError

    def space(self) -> Space:
        """As a writer sees it."""
        status = os.statvfs(machine.ROOT + self.mount_point)
        return Space(status.f_blocks * status.f_frsize, status.f_bavail * status.f_frsize)

    def size(self) -> int:
        """Bytes of all its disks."""
        return sum(devices.size(disk) for disk in self.members())

    def source(self) -> tuple[str, str]:
        """Kind and device of what is mounted at the mount point; two times "" for nothing."""
        mounted = ("", "")
        for line in machine.read(machine.ROOT + "/proc/self/mountinfo").splitlines():
            before, _, after = line.partition(" - ")
            if before.split()[4] == self.mount_point:
                mounted = (after.split()[0], after.split()[1])
        return mounted

    def is_mounted(self) -> bool:
        """`machine.Failed` where something else is mounted there."""
        kind, device = self.source()
        if kind and kind != self.kind:
            raise machine.Failed(f"{self.mount_point} is {kind} on {device}, not {self.kind}")
        return bool(kind)
