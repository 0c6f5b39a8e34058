"""How sure a share is that was counted, and whether two networks that read the same images differ.

>>> wilson(354, 360).said
'96.4 to 99.2 %'
"""

import math
from dataclasses import dataclass

from dlcore.errors import InvalidValue
from dlcore.formula.numbers import PERCENT, fixed

CLEAR = 0.05
"""A difference is called clear when chance alone makes one as large less often than this."""
_Z = 1.959964
"""The normal distribution has 95 % within so many standard deviations."""


@dataclass(frozen=True)
class Interval:
    """A 95 % confidence interval of a share, 0 to 1."""

    low: float
    high: float

    @property
    def said(self) -> str:
        """In percent: 96.4 to 99.2 %."""
        return f"{fixed(100 * self.low, 1)} to {fixed(100 * self.high, 1)}{PERCENT}"

    def overlaps(self, other: "Interval") -> bool:
        """Whether the two have a share in common."""
        return self.low <= other.high and other.low <= self.high


@dataclass(frozen=True)
class Counted:
    """A share that was counted: `right` of `count`, which may be 0."""

    right: int
    count: int

    @property
    def share(self) -> float:
        """Of all, NaN where there is none."""
        return self.right / self.count if self.count else math.nan

    @property
    def interval(self) -> Interval:
        """Of the share, 95 %. InvalidValue where there is none."""
        return wilson(self.right, self.count)


def wilson(right: int, count: int) -> Interval:
    """Where the true share lies when `right` of `count` were counted (Wilson, 1927, J. Am. Stat. Assoc. 22).

    Unlike p ± 2σ it stays between 0 and 1, and says something at 0 and at all of them too.
    """
    if not 0 <= right <= count or not count:
        raise InvalidValue(f"right must be between 0 and the count, at least 1 in all, got {right} of {count}")
    share, square = right / count, _Z**2 / count
    middle = (share + square / 2) / (1 + square)
    reach = _Z / (1 + square) * math.sqrt(share * (1 - share) / count + square / (4 * count))
    return Interval(max(0.0, middle - reach), min(1.0, middle + reach))


def mcnemar(only_first: int, only_second: int) -> float:
    """How often chance alone makes two equally good readers of the same images differ at least this much.

    only_first, only_second: images that only one of the two reads right; those that both read alike say nothing

    McNemar's test (1947, Psychometrika 12) in its exact form: two-sided, binomial with ½.
    """
    count, fewer = only_first + only_second, min(only_first, only_second)
    if fewer < 0:
        raise InvalidValue(f"counts must not be negative, got {only_first} and {only_second}")
    tail = sum(math.comb(count, each) for each in range(fewer + 1))
    return min(1.0, 2 * tail / 2**count)
