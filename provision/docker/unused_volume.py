"""Whether anything uses a data volume: Docker's storage, or scripts and files that format, mount or name it (pure).

What cannot be told counts as used: a warning that is wrong would teach people to overlook those that are right.
"""

import re
from collections.abc import Iterable

from provision.docker.autoscale import Autoscale
from provision.docker.devicemapper import Devicemapper
from provision.docker.overlay2 import Overlay2
from provision.docker.storage import Spec

# Commands and files of disks, of Docker's own directory, and cloud-init's keys for disks.
_DISKS = re.compile(
    r"\b(mkfs|mke2fs|mkswap|swapon|wipefs|parted|fdisk|sfdisk|growpart|blkid|lsblk|pvcreate|vgcreate|vgextend|lvcreate"
    r"|mdadm|zpool|zfs|btrfs|cryptsetup|nvme|ebsnvme-id|fstab|fs_setup|disk_setup|mounts|mount|docker-storage-setup"
    r"|xfs_\w+|resize2fs|data-root)\b|/dev/(sd|xvd|nvme|disk)|/var/lib/docker|kiln/storage|\[Mount\]|Storage\s*="
)
# What is done by a text that nobody sees here.
_ELSEWHERE = re.compile(
    r"\|\s*(sudo\s+)?(ba|da|z)?sh\b|\beval\b|\bgit clone\b|\bansible|\bpuppet|\bchef|ebs-autoscale|\.sh\b"
)
_NETWORK = re.compile(r"\b(nfs4?|efs|s3fs|goofys|mount-s3|cifs|smb|lustre|tmpfs|--bind|bind)\b")


def is_used(device: str, storage: Spec | None, texts: Iterable[str]) -> bool:
    """Check whether Docker's storage or one of the texts uses a data volume; `device` is its name, such as /dev/sdc."""
    if isinstance(storage, Autoscale | Devicemapper) or (isinstance(storage, Overlay2) and storage.volume == "data"):
        return True
    return any(mentions(device, text) for text in texts)


def mentions(device: str, text: str) -> bool:
    """Check whether a text may use the volume; comments do not, nor do lines about a file system of the network."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#") and not _NETWORK.search(line)]
    short = device.removeprefix("/dev/").removeprefix("xvd").removeprefix("sd")
    own = re.compile(rf"\b(sd|xvd){re.escape(short)}\b")
    return any(pattern.search(line) for line in lines for pattern in (_DISKS, _ELSEWHERE, own))


def describe(device: str, size: int | None, owner: str) -> tuple[str, str, str]:
    """What is said of a volume (GiB) that nothing uses: what, why, and what to do."""
    gib = f"its {size} GiB are" if size else "it is"
    return (
        f"nothing uses the data volume {device} of {owner}",
        f"nothing formats it, mounts it or gives it to Docker: {gib} paid for on every machine, and Docker keeps its "
        "images and containers on the root volume",
        "Give it to Docker: docker_storage: {driver: overlay2, volume: data}; or format and mount it yourself; or "
        "leave volumes.data out.",
    )
