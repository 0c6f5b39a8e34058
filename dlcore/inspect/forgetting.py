"""What a network has learned and what it has forgotten: how well it knows each class, before and after. No torch.

Forgetting is what McCloskey and Cohen called catastrophic interference (1989, Psychology of Learning and Motivation
24): a network that learns something new, and does not rehearse what it knew, loses that.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dlcore.errors import InvalidValue
from dlcore.inspect.certainty import Counted

BEFORE = "before"
"""The name of the snapshot with the confusion matrix of the test images before the first step."""


@dataclass(frozen=True)
class Change:
    """One class before and after: how many of its images are read as what they are."""

    before: Counted
    after: Counted

    @property
    def by(self) -> float:
        """By how much the recall has changed: below 0 the class was forgotten in part."""
        return self.after.share - self.before.share

    @property
    def clear(self) -> bool:
        """Whether it is more than chance explains, cautiously: the two intervals have nothing in common."""
        return bool(self.before.count and self.after.count) and not self.before.interval.overlaps(self.after.interval)


Confusion = Sequence[Sequence[int]] | np.ndarray


def known(confusion: Confusion) -> tuple[Counted, ...]:
    """Every class, from how often each was read as each (C, C), rows: true class. InvalidValue if it is no such."""
    counts = np.asarray(confusion)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or not len(counts) or counts.min() < 0:
        raise InvalidValue(f"a confusion matrix must be square and have counts, got the shape {counts.shape}")
    return tuple(Counted(int(row[place]), int(row.sum())) for place, row in enumerate(counts))


def together(classes: Sequence[Counted]) -> Counted:
    """All classes as one."""
    return Counted(sum(each.right for each in classes), sum(each.count for each in classes))


def changes(before: Confusion, after: Confusion) -> tuple[Change, ...]:
    """Every class before and after, on the same images."""
    pairs = tuple(zip(known(before), known(after), strict=True))
    return tuple(Change(*pair) for pair in pairs)


def worst(found: Sequence[Change]) -> int | None:
    """The place of the class that lost most; None where none lost anything."""
    place = min(range(len(found)), key=lambda each: found[each].by if found[each].before.count else 0.0)
    return place if found[place].before.count and found[place].by < 0 else None
