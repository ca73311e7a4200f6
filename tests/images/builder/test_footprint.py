"""What a machine is known by, and what a build writes to its disks."""

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from images.builder.footprint import SCRIPT, DiskUse, Footprint, measure

if TYPE_CHECKING:
    from provision.ssh.remote import Remote

ANSWER = """\
0123456789abcdef0123456789abcdef
/dev/nvme0n1p1 32196591616 1717986918 30478604698 6% /
 259 0 nvme0n1 100 0 800 5 1000 0 2000 7 0 9 12
 259 3 nvme1n1 10 0 80 5 10 0 48 7 0 9 12
"""


def test_one_question_tells_who_it_is_and_what_was_written() -> None:
    """Sectors of /proc/diskstats have 512 bytes, whatever the disk's own are."""
    asked: list[str] = []

    def run(command: str, timeout: float) -> SimpleNamespace:
        asked.append(command)
        return SimpleNamespace(stdout=ANSWER)

    seen = measure(cast("Remote", SimpleNamespace(run=run)))
    assert seen == Footprint("0123456789abcdef0123456789abcdef", DiskUse(1717986918, 2048 * 512))
    assert asked == [SCRIPT]


def test_what_was_added_between_two_looks() -> None:
    assert DiskUse(10, 20) - DiskUse(4, 5) == DiskUse(6, 15)
