"""Several readers of the same classes and one input: what they say together, and how much they disagree."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from dlcore.errors import InvalidValue


@dataclass(frozen=True)
class Vote:
    """mean: of the probabilities of all readers, for each class; best: index of its largest
    entropy: of the mean, in bits
    disagreement: the part of it that is not each reader's own doubt, in bits: the entropy of the mean less the mean of
    the entropies (the Jensen-Shannon divergence, or mutual information: Houlsby et al., 2011, arXiv:1112.5745)
    """

    mean: tuple[float, ...]
    best: int
    entropy: float
    disagreement: float


def vote(probabilities: Sequence[Sequence[float]]) -> Vote:
    """probabilities: (readers, classes), each row with the sum 1. InvalidValue without a reader"""
    if not len(probabilities):
        raise InvalidValue("a vote needs one reader at least, got none")
    said = torch.as_tensor(probabilities, dtype=torch.float64)
    mean = ensemble(said)
    entropy = _entropy(mean).item()
    apart = max(0.0, entropy - _entropy(said).mean().item())
    return Vote(tuple(mean.tolist()), int(mean.argmax()), entropy, apart)


def ensemble(probabilities: Tensor) -> Tensor:
    """The mean over the readers: (readers, …, classes) → (…, classes)."""
    return probabilities.mean(0)


def _entropy(probabilities: Tensor) -> Tensor:
    """In bits, over the last axis; 0·log 0 is 0."""
    return -torch.special.xlogy(probabilities, probabilities).sum(-1) / torch.log(torch.tensor(2.0))
