import json
import subprocess
from pathlib import Path

import pytest

from sandbox.machines.volumes import VolumeStore, disk_format
from sandbox.world.hypervisor import MachineError


@pytest.fixture
def store(tmp_path: Path) -> VolumeStore:
    return VolumeStore(tmp_path / "volumes")


@pytest.fixture
def base(tmp_path: Path) -> Path:
    raw = tmp_path / "base.raw"
    raw.write_bytes(b"the base image\n".ljust(1024 * 1024, b"\0"))
    return raw


def write(path: Path, text: str, offset: int = 65536) -> None:
    subprocess.run(
        ["qemu-io", "-f", "qcow2", "-c", f"write -P {ord(text)} {offset} 4096", str(path)],
        check=True,
        capture_output=True,
    )


def holds(path: Path, text: str, offset: int = 65536) -> bool:
    read = ["qemu-io", "-r", "-f", "qcow2", "-c", f"read -P {ord(text)} {offset} 4096", str(path)]
    done = subprocess.run(read, check=False, capture_output=True, text=True)
    return done.returncode == 0 and "verification failed" not in done.stdout


def info(path: Path) -> dict[str, object]:
    said = subprocess.run(["qemu-img", "info", "--output=json", str(path)], check=True, capture_output=True).stdout
    found: dict[str, object] = json.loads(said)
    return found


def ignore(percent: int) -> None:
    pass


def test_a_blank_volume_has_its_size_and_takes_no_room(store: VolumeStore) -> None:
    store.create("vol-1", 22, None)
    assert info(store.path("vol-1"))["virtual-size"] == 22 * 1024**3
    assert store.path("vol-1").stat().st_size < 1024 * 1024


def test_a_volume_may_be_larger_than_its_snapshot(store: VolumeStore, base: Path) -> None:
    store.import_snapshot("snap-base", base)
    store.create("vol-1", 3, "snap-base")
    assert info(store.path("vol-1"))["virtual-size"] == 3 * 1024**3
    assert holds(store.path("vol-1"), "\0", 4096)


def test_a_snapshot_keeps_what_the_volume_was(store: VolumeStore, base: Path) -> None:
    store.import_snapshot("snap-base", base)
    store.create("vol-1", 1, "snap-base")
    write(store.path("vol-1"), "a")
    seen: list[int] = []
    store.snapshot("vol-1", "snap-1", seen.append)
    write(store.path("vol-1"), "b")
    store.create("vol-2", 2, "snap-1")
    assert holds(store.path("vol-2"), "a")
    assert not holds(store.path("vol-2"), "b")
    assert holds(store.path("vol-1"), "b")
    assert (seen[0], seen[-1], seen) == (0, 100, sorted(seen))


def test_a_volume_outlives_the_snapshots_it_was_made_from(store: VolumeStore, base: Path, tmp_path: Path) -> None:
    store.import_snapshot("snap-base", base)
    store.create("vol-1", 1, "snap-base")
    write(store.path("vol-1"), "a")
    store.snapshot("vol-1", "snap-1", ignore)
    store.create("vol-2", 1, "snap-1")
    store.delete_snapshot("snap-1")
    store.delete_snapshot("snap-base")
    store.delete_volume("vol-1")
    assert holds(store.path("vol-2"), "a")
    assert sorted(path.name for path in (tmp_path / "volumes").iterdir()) == ["snap-1.qcow2", "vol-2.qcow2"]
    store.delete_volume("vol-2")
    assert list((tmp_path / "volumes").iterdir()) == []
    assert base.exists()


def test_unknown_ids_and_taken_ids_are_errors(store: VolumeStore, tmp_path: Path) -> None:
    store.create("vol-1", 1, None)
    with pytest.raises(MachineError, match="vol-1 exists"):
        store.create("vol-1", 1, None)
    with pytest.raises(MachineError, match="snap-9 does not exist"):
        store.create("vol-2", 1, "snap-9")
    with pytest.raises(MachineError, match="vol-9 does not exist"):
        store.snapshot("vol-9", "snap-1", ignore)
    with pytest.raises(MachineError, match="vol-9 does not exist"):
        store.delete_volume("vol-9")
    with pytest.raises(MachineError, match="no disk file"):
        store.import_snapshot("snap-1", tmp_path / "absent")


def test_a_copy_that_fails_leaves_no_snapshot(store: VolumeStore) -> None:
    store.create("vol-1", 1, None)
    store.path("vol-1").unlink()
    with pytest.raises(MachineError, match="snap-1"):
        store.snapshot("vol-1", "snap-1", ignore)
    with pytest.raises(MachineError, match="snap-1 does not exist"):
        store.create("vol-2", 1, "snap-1")


def test_formats_are_told_by_the_first_bytes(store: VolumeStore, base: Path) -> None:
    store.create("vol-1", 1, None)
    assert (disk_format(base), disk_format(store.path("vol-1"))) == ("raw", "qcow2")


def test_a_volume_grows_and_keeps_what_it_held(store: VolumeStore, base: Path) -> None:
    store.import_snapshot("snap-base", base)
    store.create("vol-1", 1, "snap-base")
    write(store.path("vol-1"), "a")
    store.grow("vol-1", 5)
    assert info(store.path("vol-1"))["virtual-size"] == 5 * 1024**3
    assert holds(store.path("vol-1"), "a")
    assert holds(store.path("vol-1"), "\0", 4 * 1024**3)
    with pytest.raises(MachineError, match="vol-9 does not exist"):
        store.grow("vol-9", 5)
    with pytest.raises(MachineError):
        store.grow("vol-1", 2)
    assert info(store.path("vol-1"))["virtual-size"] == 5 * 1024**3
