"""Percentiles and a straight line through points (pure)."""

import math
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

FEWEST_FOR_A_LINE = 10
EXPLAINS = 0.8  # the r² from which on a line is used


@dataclass(frozen=True)
class Sample:
    """The known values, ascending; `unknown` is how many there were besides."""

    values: Sequence[float] = ()
    unknown: int = 0

    @classmethod
    def of(cls, values: Iterable[float], number: int) -> "Sample":
        """Make a sample of what is known of `number` things."""
        known = array("d", sorted(values))
        return cls(known, number - len(known))

    def __bool__(self) -> bool:
        return bool(self.values)

    @property
    def largest(self) -> float:
        return self.values[-1]

    @property
    def total(self) -> float:
        return math.fsum(self.values)

    @property
    def mean(self) -> float:
        return self.total / len(self.values)

    def percentile(self, percent: float) -> float:
        """Return the smallest value that so many percent of the values do not exceed (nearest rank)."""
        rank = math.ceil(round(percent / 100 * len(self.values), 6))
        return self.values[max(rank, 1) - 1]

    def is_enough_for(self, percent: float) -> bool:
        """Return whether a percentile can differ from the largest value: 20 values for 95 percent, 100 for 99."""
        return percent >= 100 or len(self.values) * (100 - percent) >= 100

    def count_above(self, limit: float) -> int:
        return sum(1 for value in self.values if value > limit)


@dataclass(frozen=True)
class Line:
    """y = base + slope · x, with the share of y's variation that it explains."""

    base: float
    slope: float
    r_squared: float

    def at(self, x: float) -> float:
        return self.base + self.slope * x


def fit_line(xs: Sequence[float], ys: Sequence[float]) -> Line | None:
    """Fit a line by least squares; None for fewer than ten points, or where x explains y too little, or not upwards."""
    n = len(xs)
    if n < FEWEST_FOR_A_LINE:
        return None
    x_mean, y_mean = math.fsum(xs) / n, math.fsum(ys) / n
    xx = math.fsum((x - x_mean) ** 2 for x in xs)
    yy = math.fsum((y - y_mean) ** 2 for y in ys)
    xy = math.fsum((x - x_mean) * (y - y_mean) for x, y in zip(xs, ys, strict=True))
    if xx <= 0 or yy <= 0 or xy <= 0:
        return None
    line = Line(y_mean - xy / xx * x_mean, xy / xx, xy**2 / (xx * yy))
    return line if line.r_squared >= EXPLAINS else None
