"""How many more machines this computer can bear, by what they may touch of its memory, never by their nominal size.

A guest takes memory from the host only as it touches it. Measured: 570 MiB by a booted guest of 16 GiB with Docker, 870
MiB by one of 32 GiB; the kernel's memory map grows with the guest, by 1/64 of its size.
"""

from collections.abc import Iterable
from pathlib import Path

BASE_MIB = 600  # kernel, Docker and QEMU itself
RESERVE_MIB = 1024  # for the offline AWS, Kiln, and whatever else runs here
_PAGE_KIB = 4


def may_touch(memory_mib: int) -> int:
    """MiB that an idle machine of that size may come to touch."""
    return min(memory_mib, BASE_MIB) + memory_mib // 64


def count_room(memory_mib: int, running: Iterable[tuple[int, int]], available_mib: int) -> int:
    """How many more machines of that size there is room for (pure).

    `running` are the machines' sizes and what each holds already (MiB): what it may still touch is not free.
    """
    promised = sum(max(0, may_touch(size) - held) for size, held in running)
    return max(0, available_mib - RESERVE_MIB - promised) // may_touch(memory_mib)


def read_available_mib(meminfo: Path = Path("/proc/meminfo")) -> int:
    """MemAvailable of this computer, in MiB."""
    lines = dict(line.split(":", 1) for line in meminfo.read_text().splitlines())
    return int(lines["MemAvailable"].split()[0]) // 1024


def read_held_mib(pid: int) -> int:
    """What a process holds in memory, in MiB; 0 for one that has ended."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE_KIB // 1024
    except (OSError, IndexError, ValueError):
        return 0
