"""EBS volumes and snapshots as files: a volume overlays its snapshot (qcow2), a snapshot copies that overlay."""

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sandbox.machines.host import run
from sandbox.world.hypervisor import MachineError

QCOW2 = b"QFI\xfb"
CHUNK = 16 * 1024 * 1024


@dataclass(frozen=True)
class DiskFile:
    """A file and the one it is an overlay of; a file that is not `ours` is never deleted."""

    path: Path
    backing: "DiskFile | None" = None
    ours: bool = True


class VolumeStore:
    """Volumes and snapshots by id, in one directory. A deleted one's file goes once no other is an overlay of it."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._volumes: dict[str, DiskFile] = {}
        self._snapshots: dict[str, DiskFile] = {}
        self._deleted: list[DiskFile] = []

    def import_snapshot(self, snapshot_id: str, path: Path) -> None:
        """Make an existing file known; it stays where it is."""
        if not path.is_file():
            raise MachineError(f"{snapshot_id}: there is no disk file {path}")
        with self._lock:
            self._snapshots[snapshot_id] = DiskFile(path.resolve(), ours=False)

    def create(self, volume_id: str, size_gib: int, snapshot_id: str | None) -> None:
        """A blank volume, or one with the snapshot's content; never smaller than the snapshot (EC2's rule too)."""
        with self._lock:
            if volume_id in self._volumes:
                raise MachineError(f"{volume_id} exists already")
            backing = None if snapshot_id is None else self._known(self._snapshots, snapshot_id)
            volume = DiskFile(self._directory / f"{volume_id}.qcow2", backing)
            base = [] if backing is None else ["-F", disk_format(backing.path), "-b", str(backing.path)]
            run(["qemu-img", "create", "-q", "-f", "qcow2", *base, str(volume.path), f"{size_gib}G"])
            self._volumes[volume_id] = volume

    def grow(self, volume_id: str, size_gib: int) -> None:
        """Make a volume larger; what is new of it is blank. No machine may run with it meanwhile."""
        with self._lock:
            path = self._known(self._volumes, volume_id).path
            run(["qemu-img", "resize", "-q", "-f", "qcow2", str(path), f"{size_gib}G"])

    def path(self, volume_id: str) -> Path:
        """The volume's file."""
        with self._lock:
            return self._known(self._volumes, volume_id).path

    def snapshot(self, volume_id: str, snapshot_id: str, progress: Callable[[int], None]) -> None:
        """Copy the volume's own blocks; those of its snapshot are shared. The volume must not change meanwhile."""
        with self._lock:
            volume = self._known(self._volumes, volume_id)
            # Held by its id from now on, so that deleting the volume's snapshot does not take the backing away.
            snapshot = DiskFile(self._directory / f"{snapshot_id}.qcow2", volume.backing)
            self._snapshots[snapshot_id] = snapshot
        try:
            _copy(volume.path, snapshot.path, progress)
        except OSError as error:
            self.delete_snapshot(snapshot_id)
            raise MachineError(f"{snapshot_id}: {error}") from error

    def delete_volume(self, volume_id: str) -> None:
        """Forget the volume and remove its file."""
        self._delete(self._volumes, volume_id)

    def delete_snapshot(self, snapshot_id: str) -> None:
        """Forget the snapshot; its file stays as long as a volume or another snapshot needs it."""
        self._delete(self._snapshots, snapshot_id)

    def _known(self, among: dict[str, DiskFile], id_: str) -> DiskFile:
        if id_ not in among:
            raise MachineError(f"{id_} does not exist")
        return among[id_]

    def _delete(self, among: dict[str, DiskFile], id_: str) -> None:
        with self._lock:
            self._deleted.append(self._known(among, id_))
            del among[id_]
            needed: set[Path] = set()
            for disk in (*self._volumes.values(), *self._snapshots.values()):
                link: DiskFile | None = disk
                while link is not None:
                    needed.add(link.path)
                    link = link.backing
            for disk in [disk for disk in self._deleted if disk.path not in needed]:
                self._deleted.remove(disk)
                if disk.ours:
                    disk.path.unlink(missing_ok=True)


def disk_format(path: Path) -> str:
    """ "qcow2" or "raw", from the file's first bytes."""
    with path.open("rb") as disk:
        return "qcow2" if disk.read(4) == QCOW2 else "raw"


def _copy(source: Path, target: Path, progress: Callable[[int], None]) -> None:
    # The kernel copies, and shares the blocks where the file system can.
    progress(0)
    with source.open("rb") as reader, target.open("xb") as writer:
        size = os.fstat(reader.fileno()).st_size
        done = 0
        while done < size:
            copied = os.copy_file_range(reader.fileno(), writer.fileno(), CHUNK)
            if copied == 0:
                break
            done += copied
            progress(min(99, done * 100 // size))
    progress(100)
