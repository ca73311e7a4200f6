"""When to grow, by how much, and how long to wait. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Sequence, Tuple

from .settings import Settings

GIB = 1 << 30
SAFETY = 2.0  # a growth may take this many times as long as the slowest so far
WINDOW = 5.0  # seconds over which the rate is taken: a burst of a second says little
RELIEF = 50.0  # percent of free space at which a file system that was at its ceiling has room again
SILENCE = 3600.0  # seconds for which the line at the ceiling is not printed again, whatever comes and goes
FIRST_GUESS = 30.0  # seconds that a growth takes, before one was measured

Sample = Tuple[float, int]  # seconds of a monotonic clock, free bytes


@dataclass(frozen=True)
class Space:
    """Bytes of a file system; `metadata_full` where btrfs can hardly make a file any more, whatever is free."""

    total: int
    free: int
    metadata_full: bool = False

    @property
    def share(self) -> float:
        """What is free, in percent."""
        return 100.0 * self.free / self.total if self.total else 0.0


def fall_rate(samples: Sequence[Sample]) -> float:
    """Bytes per second by which the free space falls; 0 where it rises, or there are too few samples."""
    if len(samples) < 2:
        return 0.0
    (began, before), (ended, after) = samples[0], samples[-1]
    return max(0.0, (before - after) / (ended - began)) if ended - began >= 0.5 else 0.0


def why_grow(space: Space, rate: float, growth_seconds: float, minimum_free: int) -> str:
    """Why it is time to add a volume; "" while it is not. `minimum_free` in percent, `rate` in bytes per second."""
    if space.metadata_full:
        return "btrfs has no room for metadata"
    if space.share < minimum_free:
        return f"{space.share:.0f} % free, below {minimum_free} %"
    if rate and space.free / rate < SAFETY * growth_seconds:
        return f"full in {space.free / rate:.0f} s at {rate / 2**20:.0f} MiB/s; a growth takes {growth_seconds:.0f} s"
    return ""


def next_size(settings: Settings, added: int, total: int) -> int:
    """GiB of the next volume, 0 where there may be none. `added` volumes are there beside the first; `total` in GiB."""
    if added >= settings.volumes:
        return 0
    size = min(settings.first + added * settings.step, settings.largest, settings.ceiling - total)
    return size if size >= settings.smallest else 0


def gib(size: int) -> int:
    """Bytes as whole GiB, rounded up."""
    return -(-size // GIB)


def pause(space: Space, rate: float) -> float:
    """Seconds until the next look: a fiftieth of the time that is left, 0.1 to 1."""
    return min(1.0, max(0.1, space.free / rate / 50)) if rate else 1.0


def backoff(failures: int, limited: bool) -> float:
    """Seconds to leave AWS alone after so many failures in a row; a limit takes a person, or time, to be lifted."""
    return float(min(300, (60 if limited else 5) * 2 ** min(failures - 1, 8)))
