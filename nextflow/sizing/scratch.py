"""How large a machine's scratch volume must be: input, index, temporary files and output of its tasks (pure).

What a task reads (rchar) holds its input and index, as often as it reads them; what it writes (wchar) its temporary
files and output: together they are no less than what lies on the disk. Source: proc_pid_io(5).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from nextflow.sizing.tally import MOST_READ
from nextflow.sizing.usage import Usage

GIB = 1024**3
IMAGES = 10  # GiB: container images and Docker's own
STEP = 10  # GiB
FREE = 0.8  # autoscale adds a volume where less than 20 % is free
MOST = 16384  # GiB: the largest EBS volume


@dataclass(frozen=True)
class Scratch:
    """GiB: the data volume's size, that of the first volume that autoscale adds, and the ceiling of all together.

    `unknown` are the processes of which nothing is known, `again` those that read more than any input is.
    """

    size: int
    first: int
    ceiling: int
    unknown: tuple[str, ...] = ()
    again: tuple[str, ...] = ()


def find_scratch(usages: Sequence[Usage], percent: float, at_once: Sequence[int] = ()) -> Scratch:
    """Find the sizes for a machine that runs so many tasks of the processes `at_once`; (): a task at a time."""
    numbers = at_once or [1] * len(usages)
    usual = (
        max((number * _find(usage, percent) for usage, number in zip(usages, numbers, strict=True)), default=0) / GIB
    )
    most = max((number * _find(usage, 100) for usage, number in zip(usages, numbers, strict=True)), default=0) / GIB
    size = _round((usual + IMAGES) / FREE)
    # A task's files lie there until its container is removed, while the next task runs already.
    ceiling = max(_round((2 * most + IMAGES) / FREE), 2 * size)
    first = _round(min(max(most, size / 2), ceiling - size))
    unknown = tuple(usage.process for usage in usages if not usage.scratch and not usage.disk)
    again = tuple(usage.process for usage in usages if usage.most_read > MOST_READ * GIB)
    return Scratch(min(size, MOST), min(first, MOST), max(ceiling, size + first), unknown, again)


def _find(usage: Usage, percent: float) -> float:
    """Return the bytes of a task: what it used, else what it asked for."""
    known = usage.scratch or usage.disk
    return known.percentile(percent) if known else 0.0


def _round(gib: float) -> int:
    return max(1, math.ceil(round(gib / STEP, 6))) * STEP
