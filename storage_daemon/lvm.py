"""xfs on a logical volume over several disks, under Docker's overlay2 driver (for machines without btrfs-progs)."""

from __future__ import annotations

import os
import shutil

from . import devices, machine
from .filesystems import LABEL, FileSystem

GROUP = "kiln_docker"
VOLUME = "data"
MAKING = "making"  # its name until the file system on it is complete
# The devices file names disks by serial, which on EBS is the volume id: one from the builder would hide every disk.
_OPTIONS = ("--config", "devices/use_devicesfile=0")


def lvm(command: str, *words: str, tolerate: bool = False) -> str:
    """Run a command of LVM; returns what it printed."""
    return machine.run(command, *_OPTIONS, *words, tolerate=tolerate)


def report(command: str, *fields: str) -> list[list[str]]:
    """Rows of pvs, vgs or lvs."""
    rows = lvm(command, "--noheadings", "--separator", ",", "--units", "b", "-o", ",".join(fields), tolerate=True)
    return [[word.strip() for word in line.split(",")] for line in rows.splitlines() if line.strip()]


class Lvm(FileSystem):
    """xfs on the logical volume kiln_docker/data."""

    kind = "xfs"

    def owns(self, disk: str) -> bool:
        return disk in self.members() and [GROUP, VOLUME] in report("lvs", "vg_name", "lv_name")

    def has_begun(self, disk: str) -> bool:
        return disk in self.members() and not self.owns(disk)

    def make(self, disk: str) -> None:
        if disk not in self.members():
            lvm("vgcreate", "-y", GROUP, "/dev/" + disk)
        if [GROUP, MAKING] in report("lvs", "vg_name", "lv_name"):
            lvm("lvremove", "-f", f"{GROUP}/{MAKING}")
        lvm("lvcreate", "-y", "-n", MAKING, "-l", "100%FREE", GROUP)
        machine.run("mkfs.xfs", "-q", "-K", "-f", "-n", "ftype=1", "-L", LABEL, f"/dev/{GROUP}/{MAKING}")
        self._move_along()
        lvm("lvrename", GROUP, MAKING, VOLUME)

    def _move_along(self) -> None:
        """overlay2 stays overlay2: images that the base brought are taken along."""
        old, new = machine.ROOT + self.mount_point, machine.STATE + "/new"
        if not os.path.isdir(old) or not os.listdir(old):
            return
        os.makedirs(new, exist_ok=True)
        machine.run("mount", f"/dev/{GROUP}/{MAKING}", new)
        try:
            machine.run("cp", "-a", old + "/.", new + "/")
        finally:
            machine.run("umount", new)
        for name in os.listdir(old):
            path = os.path.join(old, name)
            shutil.rmtree(path) if os.path.isdir(path) and not os.path.islink(path) else os.unlink(path)

    def mount(self) -> None:
        missing = report("vgs", "vg_name", "vg_missing_pv_count")
        if [GROUP, "0"] not in missing:
            raise machine.Failed(f"disks of the volume group {GROUP} are missing: {missing}")
        lvm("vgchange", "-ay", GROUP)
        machine.run("mount", "-t", "xfs", "-o", "noatime", f"/dev/{GROUP}/{VOLUME}", self.mount_point)

    def fill(self, disk: str) -> None:
        lvm("pvresize", "/dev/" + disk)
        self._extend()

    def members(self) -> list[str]:
        return [os.path.basename(os.path.realpath(name)) for name, group in report("pvs", "pv_name", "vg_name")
                if group == GROUP]  # fmt: skip

    def add(self, disk: str) -> None:
        if disk not in self.members():
            # A physical volume of no group is what an interrupted vgextend may leave.
            if ["/dev/" + disk, ""] not in report("pvs", "pv_name", "vg_name") and not devices.is_blank(disk):
                raise machine.Failed(f"/dev/{disk} is not blank")
            lvm("vgextend", "-y", GROUP, "/dev/" + disk)
        self._extend()

    def _extend(self) -> None:
        if [GROUP, "0"] not in report("vgs", "vg_name", "vg_free_count"):
            lvm("lvextend", "-l", "+100%FREE", f"{GROUP}/{VOLUME}")
        machine.run("xfs_growfs", self.mount_point)
