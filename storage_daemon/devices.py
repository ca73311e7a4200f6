"""Disks: which one is a volume, whether it is blank, which device names are free."""

from __future__ import annotations

import glob
import os
from typing import Iterable

from . import machine

# "Recommended for EBS volumes": https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/device_naming.html
NAMES = tuple("/dev/sd" + letter for letter in "fghijklmnop")


def by_serial(volume_id: str) -> str | None:
    """The kernel's name (nvme1n1) of an EBS volume on Nitro, where its serial is the volume id without the dash."""
    for path in glob.glob(machine.ROOT + "/sys/block/*/device/serial"):
        if machine.read(path) == volume_id.replace("-", ""):
            return path.split("/")[-3]
    return None


def by_name(device: str) -> str | None:
    """The kernel's name of a mapped device: by itself or by a link of udev's; Xen says xvdf for /dev/sdf."""
    for name in (device, device.replace("/dev/sd", "/dev/xvd")):
        if os.path.exists(machine.ROOT + name):
            return os.path.basename(os.path.realpath(machine.ROOT + name))
    return None


def find(volume_id: str, device: str) -> str | None:
    """The kernel's name of an attached volume; None while the kernel does not know it."""
    disk = by_serial(volume_id)
    if disk or glob.glob(machine.ROOT + "/sys/block/nvme*"):
        return disk
    return by_name(device)


def size(name: str) -> int:
    """Bytes of a disk."""
    return int(machine.read(f"{machine.ROOT}/sys/class/block/{name}/size") or 0) * 512


def is_blank(name: str) -> bool:
    """No signature, no partitions, nothing in its first 4 MiB: the rules of `provision.model.volumes`."""
    if machine.run("wipefs", "/dev/" + name) or glob.glob(f"{machine.ROOT}/sys/class/block/{name}/{name}*"):
        return False
    with open(f"{machine.ROOT}/dev/{name}", "rb") as disk:
        return not any(disk.read(4 << 20))


def free_names(taken: Iterable[str]) -> list[str]:
    """Device names for AttachVolume, in order: neither given to a volume nor known to the kernel."""
    letters = {name[-1] for name in taken}
    return [name for name in NAMES if name[-1] not in letters and by_name(name) is None]
