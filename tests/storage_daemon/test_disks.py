"""Disks by serial and by name, and btrfs's own idea of being full; with a folder for the machine's root."""

from collections.abc import Callable
from pathlib import Path

import pytest

from storage_daemon import devices, machine
from storage_daemon.btrfs import Btrfs
from storage_daemon.filesystems import FileSystem
from storage_daemon.policy import GIB, Space
from tests.support.bash import tool

VOLUME = "vol-0123456789abcdef0"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(machine, "ROOT", str(tmp_path))
    (tmp_path / "dev").mkdir()
    return tmp_path


def put(root: Path, path: str, text: str = "") -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)


def test_on_nitro_the_serial_tells_and_a_name_does_not(root: Path) -> None:
    put(root, "sys/block/nvme0n1/device/serial", "vol00000000000000000\n")
    put(root, "dev/nvme0n1")
    (root / "dev/sdf").symlink_to("nvme0n1")  # a link that was left behind
    assert devices.find(VOLUME, "/dev/sdf") is None
    put(root, "sys/block/nvme4n1/device/serial", "vol0123456789abcdef0\n")
    assert devices.find(VOLUME, "/dev/sdf") == "nvme4n1"


@pytest.mark.parametrize("name", ["xvdf", "sdf"])
def test_on_xen_the_name_tells(root: Path, name: str) -> None:
    put(root, "sys/block/xvda/size", "1")
    assert devices.find(VOLUME, "/dev/sdf") is None
    put(root, f"dev/{name}")
    assert devices.find(VOLUME, "/dev/sdf") == name


def test_names_that_are_free(root: Path) -> None:
    put(root, "dev/xvdg")
    assert devices.free_names(["/dev/xvdf", "/dev/sdi"])[:3] == ["/dev/sdh", "/dev/sdj", "/dev/sdk"]
    assert devices.free_names(f"/dev/sd{letter}" for letter in "fghijklmnop") == []


@pytest.mark.parametrize("content", [b"\0" * 4096 + b"x", b"\0" * (2 << 20) + b"x"])
def test_only_zeros_are_blank(root: Path, monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    tool(root / "bin", "wipefs", "exit 0")
    monkeypatch.setenv("PATH", f"{root / 'bin'}:/usr/bin:/bin")
    disk = root / "dev/nvme1n1"
    disk.write_bytes(bytes(8 << 20))
    assert devices.is_blank("nvme1n1")
    disk.write_bytes(content.ljust(8 << 20, b"\0"))
    assert not devices.is_blank("nvme1n1")


def test_a_signature_or_a_partition_is_not_blank(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "dev/nvme1n1").write_bytes(bytes(8 << 20))
    monkeypatch.setenv("PATH", f"{root / 'bin'}:/usr/bin:/bin")
    tool(root / "bin", "wipefs", "echo 'nvme1n1 0x438 ext4'")
    assert not devices.is_blank("nvme1n1")
    tool(root / "bin", "wipefs", "exit 0")
    (root / "sys/class/block/nvme1n1/nvme1n1p1").mkdir(parents=True)
    assert not devices.is_blank("nvme1n1")


@pytest.fixture
def btrfs(root: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Space]:
    """What a 10 GiB btrfs says of itself, by what its data and metadata have been handed and what they use."""
    monkeypatch.setattr(FileSystem, "space", lambda self: Space(10 * GIB, 5 * GIB))
    put(root, "proc/self/mountinfo", "30 22 0:2 / /d rw,noatime shared:1 - btrfs /dev/nvme1n1 rw\n")
    put(root, "sys/class/block/nvme1n1/size", str(20 << 20))
    (root / "sys/fs/btrfs/0a-1b/devices/nvme1n1").mkdir(parents=True)

    def space(data: float, metadata: float, used: float) -> Space:
        base = "sys/fs/btrfs/0a-1b/allocation/"
        figures = {"data/disk_total": data, "metadata/disk_total": 2 * metadata, "system/disk_total": 0.01,
                   "metadata/total_bytes": metadata, "metadata/bytes_used": used, "global_rsv_size": 0.05}  # fmt: skip
        for name, gib in figures.items():
            put(root, base + name, str(int(gib * GIB)))
        return Btrfs("/d").space()

    return space


@pytest.mark.parametrize(
    ("data", "metadata", "used", "full"),
    [
        (6, 1, 0.9, False),  # 2 GiB are not handed out yet
        (8, 0.9, 0.2, False),  # all is handed out, metadata has room
        (8, 0.9, 0.8, True),
        (7.9, 0.9, 0.8, True),  # less than a chunk is left
    ],
)
def test_btrfs_is_full_when_its_metadata_is(
    btrfs: Callable[..., Space], data: float, metadata: float, used: float, full: bool
) -> None:
    assert btrfs(data, metadata, used) == Space(10 * GIB, 5 * GIB, full)


def test_a_look_at_btrfs_runs_no_command(btrfs: Callable[..., Space], monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> str:
        raise AssertionError("a command")

    monkeypatch.setattr(machine, "run", never)
    assert btrfs(8, 0.9, 0.8).metadata_full
