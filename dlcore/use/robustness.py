"""How well a classifier reads images that were changed: which share is right, and of how many it gives no answer."""

from dataclasses import dataclass

import torch
from torch import Tensor

from dlcore.data.changes import Changes
from dlcore.inspect.certainty import Interval, wilson
from dlcore.use.classifier import Classifier

_AT_ONCE = 250


@dataclass(frozen=True)
class Measured:
    """right: how many of `count` images are read right, whether the network would give that answer or not
    refused: of how many it says that they are none of its classes
    """

    right: int
    refused: int
    count: int

    @property
    def accuracy(self) -> float:
        return self.right / self.count

    @property
    def refused_share(self) -> float:
        return self.refused / self.count

    @property
    def interval(self) -> Interval:
        """Of the accuracy, 95 %."""
        return wilson(self.right, self.count)


def measure(classifier: Classifier, images: Tensor, labels: Tensor, changes: Changes) -> Measured:
    """images: uint8 (N, 1, 28, 28), 0 = paper, which are changed first; labels: int64 (N,), N at least 1"""
    logits = outputs(classifier, changes.apply(images))
    return Measured(int((logits.argmax(1) == labels).sum()), refused(classifier, logits), len(labels))


def outputs(classifier: Classifier, images: Tensor) -> Tensor:
    """Logits float32 (N, classes) of many images uint8 (N, 1, 28, 28), some at a time."""
    return torch.cat([classifier.logits(part) for part in images.split(_AT_ONCE)])


def refused(classifier: Classifier, logits: Tensor) -> int:
    """How many images get no answer, because the network takes them for none of its classes."""
    return int((classifier.scores(logits) < classifier.threshold).sum())
