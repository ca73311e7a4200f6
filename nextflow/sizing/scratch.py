"""How large a machine's scratch volume must be: input, index, temporary files and output of its tasks (pure).

What a task reads (rchar) holds its input and index, as often as it reads them; what it writes (wchar) its temporary
files and output: together they are no less than what lies on the disk. Source: proc_pid_io(5).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from nextflow.sizing.usage import Usage

GIB = 1024**3
IMAGES = 10  # GiB: container images and Docker's own
STEP = 10  # GiB
FREE = 0.8  # autoscale adds a volume where less than 20 % is free
MOST = 16384  # GiB: the largest EBS volume


@dataclass(frozen=True)
class Scratch:
    """GiB: the data volume's size, that of the first volume that autoscale adds, and the ceiling of all together.

    `unknown` are the processes of which nothing is known.
    """

    size: int
    first: int
    ceiling: int
    unknown: tuple[str, ...] = ()


def find_scratch(usages: Sequence[Usage], at_once: Sequence[int], percent: float) -> Scratch:
    """Find the sizes for a machine that runs so many tasks of the processes at once."""
    usual, most = 0.0, 0.0
    for usage, number in zip(usages, at_once, strict=True):
        samples = [sample for sample in (usage.read, usage.written) if sample]
        asked = usage.disk.largest if usage.disk else 0.0
        usual = max(usual, number * max(asked, sum(sample.percentile(percent) for sample in samples)))
        most = max(most, number * max(asked, sum(sample.largest for sample in samples)))
    size = _round((usual / GIB + IMAGES) / FREE)
    # A task's files lie there until its container is removed, while the next task runs already.
    ceiling = max(_round((2 * most / GIB + IMAGES) / FREE), 2 * size)
    first = _round(min(max(most / GIB, size / 2), ceiling - size))
    unknown = tuple(usage.process for usage in usages if not usage.read and not usage.written and not usage.disk)
    return Scratch(min(size, MOST), min(first, MOST), max(ceiling, size + first), unknown)


def _round(gib: float) -> int:
    return max(1, math.ceil(round(gib / STEP, 6))) * STEP
