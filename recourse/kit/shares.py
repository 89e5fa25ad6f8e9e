"""Shares of a whole with their uncertainty: no percentage is shown without it, and none at all for too few."""

import math
from dataclasses import dataclass

FEW = 10
Z_95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many. Interval: Wilson, Journal of the American Statistical Association 22 (1927), 209–212."""

    part: int
    whole: int

    @property
    def is_few(self) -> bool:
        """Whether there are too few to say anything."""
        return self.whole < FEW

    @property
    def rate(self) -> float | None:
        """Return the share, or None of nothing."""
        return self.part / self.whole if self.whole else None

    @property
    def interval(self) -> tuple[float, float]:
        """Return the 95 % score interval; 0 to 1 of nothing."""
        if not self.whole:
            return 0.0, 1.0
        rate, square = self.part / self.whole, Z_95**2
        centre = (rate + square / (2 * self.whole)) / (1 + square / self.whole)
        half = (
            Z_95 * math.sqrt(rate * (1 - rate) / self.whole + square / (4 * self.whole**2)) / (1 + square / self.whole)
        )
        low = 0.0 if self.part == 0 else centre - half
        high = 1.0 if self.part == self.whole else centre + half
        return low, high
