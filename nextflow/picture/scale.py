"""A logarithmic axis: what a process uses goes over four powers of ten."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kiln import words

MIB = 1024.0**2
SIZES = tuple(MIB * 2**power for power in range(0, 25))
TIMES = (0.1, 1.0, 10.0, 60.0, 600.0, 3600.0, 36000.0, 86400.0, 864000.0)


@dataclass(frozen=True)
class Scale:
    """From `least` at `left` to `most` at `right`; `marks` are the values with a line and a word."""

    least: float
    most: float
    left: float
    right: float
    marks: tuple[float, ...]

    def at(self, value: float) -> float:
        """Return where a value lies; what is below or above the axis lies at its end."""
        bounded = min(max(value, self.least), self.most)
        share = math.log(bounded / self.least) / math.log(self.most / self.least)
        return self.left + share * (self.right - self.left)


def make_scale(values: Iterable[float], steps: Sequence[float], left: float, right: float) -> Scale:
    """Make an axis from the last step below all values (0 apart) to the first above them, with nine marks at most."""
    positive = [value for value in values if value > 0] or [steps[len(steps) // 3]]
    below = [step for step in steps if step <= min(positive)] or [steps[0]]
    above = [step for step in steps if step >= max(positive)] or [max(positive)]
    least, most = below[-1], above[0]
    if most <= least:
        most = least * 2
    inside = [step for step in steps if least <= step <= most]
    every = max(1, math.ceil(len(inside) / 9))
    return Scale(least, most, left, right, tuple(inside[::every]))


def name_size(value: float) -> str:
    return words.format_size(value).replace(".0 ", " ")


def name_time(value: float) -> str:
    """Write 10 s, 10 min, 10 h, 10 days: what marks are made of."""
    for unit, seconds in (("d", 86400.0), ("h", 3600.0), ("min", 60.0)):
        if value >= seconds:
            return f"{value / seconds:.3g} {unit}"
    return f"{value:.2g} s"
