"""How much an image resembles what a network was trained on, from its logits alone."""

import torch
from torch import Tensor

REJECTED = 0.0025
"""Share of real validation images that may fall below the threshold."""
REJECTED_OF_FEW = 0.05
"""The same where these are changed copies of a handful of drawings, some of which are further off than any drawing."""


def score(logits: Tensor) -> Tensor:
    """float32 (N,) from logits (N, C); higher means more like the training data.

    The largest log-odds of one class against all others: the largest softmax probability, spread out near 1
    (Hendrycks and Gimpel, ICLR 2017, arXiv:1610.02136).
    """
    logits = logits.float()
    top, others = logits.sort(dim=1, descending=True).values.split((1, logits.shape[1] - 1), dim=1)
    return (top.squeeze(1) - others.logsumexp(1)).float()


def threshold(logits: Tensor, rejected: float = REJECTED) -> float:
    """The score below which an image counts as none of the classes, from logits (N, C) of real validation images.

    rejected: the share of them that may fall below
    """
    return torch.quantile(score(logits), rejected).item()
