"""How well a classifier reads images that were changed: which share is right, and of how many it gives no answer."""

from dataclasses import dataclass

from torch import Tensor

from dlcore.data.changes import Changes
from dlcore.inspect.certainty import Counted
from dlcore.use.classifier import Classifier


@dataclass(frozen=True)
class Measured(Counted):
    """Of `count` images `right` are read right, whether the network would give that answer or not.

    refused: of how many it says that they are none of its classes
    """

    refused: int

    @property
    def refused_share(self) -> float:
        return self.refused / self.count


def measure(classifier: Classifier, images: Tensor, labels: Tensor, changes: Changes) -> Measured:
    """images: uint8 (N, 1, 28, 28), 0 = paper, which are changed first; labels: int64 (N,), N at least 1"""
    logits = classifier.logits_of_many(changes.apply(images))
    return Measured(int((logits.argmax(1) == labels).sum()), len(labels), refused(classifier, logits))


def refused(classifier: Classifier, logits: Tensor) -> int:
    """How many images get no answer, because the network takes them for none of its classes."""
    return int((classifier.scores(logits) < classifier.threshold).sum())
