"""Two classifiers on the same images: who reads which of them, how sure they are, and whether they differ."""

from dataclasses import dataclass

from torch import Tensor
from torch.nn import functional

from dlcore.inspect.certainty import CLEAR, Counted, mcnemar
from dlcore.use.classifier import Classifier


@dataclass(frozen=True)
class Score(Counted):
    """What one classifier makes of some images, of which it reads `right` of `count` right.

    loss: mean cross-entropy, nats
    confidence: mean probability of the class that it names; wrongly: the same over the images that it reads wrong, NaN
    where it reads all right
    """

    loss: float
    confidence: float
    wrongly: float


@dataclass(frozen=True)
class Comparison:
    """Both scores, and how many images only one of the two reads right."""

    first: Score
    second: Score
    only_first: int
    only_second: int

    @property
    def chance(self) -> float:
        """How often chance alone makes a difference as large, see `mcnemar`."""
        return mcnemar(self.only_first, self.only_second)

    @property
    def clear(self) -> bool:
        return self.chance < CLEAR

    @property
    def disagree(self) -> bool:
        """Whether one has the higher accuracy and the other the lower loss."""
        return (self.first.right - self.second.right) * (self.first.loss - self.second.loss) > 0


def compare(first: Classifier, second: Classifier, images: Tensor, labels: Tensor) -> Comparison:
    """images: uint8 (N, 1, 28, 28), 0 = paper; labels: int64 (N,)"""
    logits = [each.logits_of_many(images) for each in (first, second)]
    right = [each.argmax(1) == labels for each in logits]
    one, two = (_score(each, labels) for each in logits)
    return Comparison(one, two, int((right[0] & ~right[1]).sum()), int((right[1] & ~right[0]).sum()))


def _score(logits: Tensor, labels: Tensor) -> Score:
    confidence, read = logits.softmax(1).max(1)
    right = read == labels
    return Score(
        int(right.sum()), len(labels), functional.cross_entropy(logits, labels).item(), confidence.mean().item(),
        confidence[~right].mean().item(),
    )  # fmt: skip
