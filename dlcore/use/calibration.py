"""How far a network's confidence is how often it is right, and the temperature that brings it there.

Guo, Pleiss, Sun and Weinberger, "On Calibration of Modern Neural Networks", ICML 2017, arXiv:1706.04599.
"""

import math

import torch
from torch import Tensor

BINS = 15
COLDEST, HOTTEST = 0.05, 20.0
_STEPS = 100


def temperature(logits: Tensor, labels: Tensor) -> float:
    """The number by which to divide logits so that the cross-entropy is least, between 0.05 and 20.

    logits: (N, C) of images that it was not trained on; labels: int64 (N,)
    The loss is convex in 1/T, so the root of its derivative, the mean logit expected less the mean one of the label,
    is found by halving.
    """
    logits = logits.double()
    wanted = logits.gather(1, labels.view(-1, 1)).mean()
    low, high = 1 / HOTTEST, 1 / COLDEST
    for _ in range(_STEPS):
        middle = math.sqrt(low * high)
        expected = ((middle * logits).softmax(1) * logits).sum(1).mean()
        low, high = (low, middle) if expected > wanted else (middle, high)
    return 1 / math.sqrt(low * high)


def expected_error(probabilities: Tensor, labels: Tensor, bins: int = BINS) -> float:
    """The expected calibration error: how far confidence and accuracy lie apart in a bin, on the mean over images.

    probabilities: (N, C); labels: int64 (N,); bins: of equal width, from 0 to 1
    """
    confidence, read = probabilities.double().max(1)
    right = (read == labels).double()
    place = (confidence * bins).ceil().long().sub(1).clamp(0, bins - 1)
    apart = torch.zeros(bins, dtype=torch.float64).index_add(0, place, confidence - right)
    return (apart.abs().sum() / len(labels)).item()
