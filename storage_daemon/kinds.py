"""Which file system this machine uses: a machine has the module of that one alone."""

from __future__ import annotations

from .filesystems import FileSystem
from .settings import Settings


def filesystem_of(settings: Settings) -> FileSystem:
    """The file system that the settings ask for."""
    if settings.filesystem == "btrfs":
        from .btrfs import Btrfs

        return Btrfs(settings.mount_point)
    from .lvm import Lvm

    return Lvm(settings.mount_point)
