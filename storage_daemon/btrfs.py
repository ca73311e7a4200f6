"""btrfs over several disks, under Docker's btrfs driver.

What is free is read from /sys/fs/btrfs (Documentation/filesystems/btrfs, "sysfs"): no command is run for a look.
"""

from __future__ import annotations

import glob
import os
import time

from . import devices, machine
from .filesystems import LABEL, FileSystem
from .policy import Space

# btrfs hands out room to metadata in chunks of at most 1 GiB; with nothing left to hand out, a file system whose
# metadata is full says ENOSPC however much is free for data.
CHUNK = 1 << 30
# -K below: EBS takes no discards, and elsewhere they take long.
EVERY = 5.0  # seconds from one look at the metadata to the next


class Btrfs(FileSystem):
    """btrfs, mounted by its label from all its disks."""

    kind = "btrfs"

    def __init__(self, mount_point: str) -> None:
        super().__init__(mount_point)
        self._looked, self._metadata_full = -EVERY, False

    def owns(self, disk: str) -> bool:
        return machine.run("blkid", "-p", "-s", "LABEL", "-o", "value", "/dev/" + disk, tolerate=True) == LABEL

    def make(self, disk: str) -> None:
        if glob.glob(f"{machine.ROOT}{self.mount_point}/image/*/imagedb/content/sha256/*"):
            raise machine.Failed(
                f"{self.mount_point} holds images of another storage driver, which btrfs cannot read: build an image "
                "that pulls them onto btrfs, or choose filesystem: lvm"
            )
        machine.run("mkfs.btrfs", "-q", "-K", "-L", LABEL, "/dev/" + disk)

    def mount(self) -> None:
        machine.run("btrfs", "device", "scan")
        machine.run("mount", "-t", "btrfs", "-o", "noatime", "LABEL=" + LABEL, self.mount_point)

    def fill(self, disk: str) -> None:
        machine.run("btrfs", "filesystem", "resize", "1:max", self.mount_point)

    def members(self) -> list[str]:
        return sorted(os.listdir(self._sys() + "/devices"))

    def add(self, disk: str) -> None:
        if disk in self.members():
            return
        if not devices.is_blank(disk):
            raise machine.Failed(f"/dev/{disk} is not blank")
        machine.run("btrfs", "device", "add", "-K", "/dev/" + disk, self.mount_point)
        self._looked = -EVERY

    def space(self) -> Space:
        plain, now = super().space(), time.monotonic()
        if now - self._looked >= EVERY:
            self._looked, self._metadata_full = now, self._is_metadata_full(plain.total)
        return Space(plain.total, plain.free, self._metadata_full)

    def _is_metadata_full(self, total: int) -> bool:
        base = self._sys() + "/allocation/"

        def number(name: str) -> int:
            return int(machine.read(base + name) or 0)

        handed_out = sum(number(kind + "/disk_total") for kind in ("data", "metadata", "system"))
        reserve = number("global_rsv_size")
        metadata, used = number("metadata/total_bytes"), number("metadata/bytes_used")
        nothing_left = self.size() - handed_out < min(CHUNK, total // 20)
        return nothing_left and metadata - used - reserve < metadata // 5

    def _sys(self) -> str:
        name = os.path.basename(self.source()[1])
        for path in glob.glob(machine.ROOT + "/sys/fs/btrfs/*/devices/" + name):
            return os.path.dirname(os.path.dirname(path))
        raise machine.Failed(f"no btrfs is mounted at {self.mount_point}")
