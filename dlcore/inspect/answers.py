"""What a classifier said of every image of a split at one moment: kept small, so that a run can keep many. No torch."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

NAME = "answers"
"""Of the snapshots that hold them."""
MOST_CLASSES = 256


@dataclass(frozen=True)
class Answers:
    """true, read: uint8 (n,), the class of each image and the one that the network took it for
    sure, truth: float16 (n,), its probability of what it read and of the true class"""

    true: np.ndarray
    read: np.ndarray
    sure: np.ndarray
    truth: np.ndarray

    @classmethod
    def of(cls, arrays: Mapping[str, np.ndarray]) -> "Answers":
        """From the arrays of a snapshot."""
        return cls(*(arrays[name] for name in ("true", "read", "sure", "truth")))

    @classmethod
    def measured(cls, probabilities: np.ndarray, labels: np.ndarray) -> "Answers":
        """From probabilities (n, classes) and the true classes (n,)."""
        read = probabilities.argmax(1)
        places = np.arange(len(labels))
        sure, truth = probabilities[places, read], probabilities[places, labels]
        return cls(labels.astype(np.uint8), read.astype(np.uint8), *(each.astype(np.float16) for each in (sure, truth)))

    def arrays(self) -> dict[str, np.ndarray]:
        """Plain arrays for a snapshot; `of` reads them again."""
        return {"true": self.true, "read": self.read, "sure": self.sure, "truth": self.truth}

    def confusion(self, classes: int) -> np.ndarray:
        """How often each class was read as each: int64 (classes, classes), rows: true, columns: read."""
        pairs = self.true.astype(np.int64) * classes + self.read
        return np.bincount(pairs, minlength=classes**2).reshape(classes, classes)

    @property
    def right(self) -> int:
        """How many were read right."""
        return int((self.true == self.read).sum())

    def worst(self, count: int) -> np.ndarray:
        """Places of the mistakes that the network was surest of, those first: int64 (at most count,)."""
        wrong = np.flatnonzero(self.true != self.read)
        return wrong[np.argsort(-self.sure[wrong].astype(np.float32), kind="stable")][:count]

    def cell(self, true: int, read: int, count: int) -> np.ndarray:
        """Places of the images of one class that were read as another or the same, the surest first."""
        chosen = np.flatnonzero((self.true == true) & (self.read == read))
        return chosen[np.argsort(-self.sure[chosen].astype(np.float32), kind="stable")][:count]
