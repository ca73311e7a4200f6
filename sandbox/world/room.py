"""How much of this computer's memory machines may come to touch, which is never their nominal size.

A guest takes memory from the host only as it touches it. Measured, idle with Docker: 1160 MiB by c5.2xlarge (16 GiB),
1430 MiB by c5.4xlarge (32 GiB); the kernel's memory map grows with the guest, by 1/64 of its size. Jobs may touch what
their hard limits allow.
"""

from collections.abc import Iterable
from pathlib import Path

BASE_MIB = 950  # kernel, Docker, what they read of the disk, and QEMU itself
RESERVE_MIB = 1024  # for the offline AWS, Kiln, and whatever else runs here
RESERVE_FOR_JOBS_MIB = 512  # the same where a machine that is up already is given a job
_PAGE_KIB = 4


def may_touch(memory_mib: int, jobs_mib: int = 0) -> int:
    """MiB that a machine of that size may come to touch, whose jobs' hard limits are so many MiB together."""
    return min(memory_mib, BASE_MIB + jobs_mib) + memory_mib // 64


def find_free(machines: Iterable[tuple[int, int]], available_mib: int) -> int:
    """MiB that are left when machines have touched all that they may; below 0 where they cannot (pure).

    `machines` are what machines may touch, and what of it they hold already: that is not available any more.
    """
    return available_mib - sum(max(0, promised - held) for promised, held in machines)


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
