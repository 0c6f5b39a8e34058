"""Two tasks that can only be solved by remembering over many steps."""

import torch
from torch import Tensor

ADDING_FEATURES = 2
SYMBOLS = tuple("ABCDEFGH")
RECALL_FEATURES = len(SYMBOLS) + 2


def adding(count: int, steps: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """The adding problem (Hochreiter and Schmidhuber 1997, in the form of Le et al. 2015, arXiv:1504.00941).

    Returns inputs float32 (count, steps, 2), a number from 0 to 1 and a mark at each step, and targets (count,): the
    sum of the two marked numbers. One mark is in the first half, one in the second. Always to say 1 costs 1/6.
    """
    values = torch.rand(count, steps, generator=generator)
    half = steps // 2
    first = torch.randint(half, (count, 1), generator=generator)
    second = torch.randint(half, steps, (count, 1), generator=generator)
    marks = torch.zeros(count, steps).scatter_(1, first, 1.0).scatter_(1, second, 1.0)
    return torch.stack((values, marks), dim=2), (values * marks).sum(1)


def recall(labels: Tensor, delay: int, generator: torch.Generator) -> Tensor:
    """A symbol to remember, `delay` others to ignore, then a question → float32 (N, delay + 2, 10).

    labels: int64 (N,), the symbols to remember. Features: the eight symbols, one-hot; a mark at the symbol that
    matters; a mark at the question, when the answer is due.
    """
    others = torch.randint(len(SYMBOLS), (len(labels), delay), generator=generator)
    inputs = torch.zeros(len(labels), delay + 2, RECALL_FEATURES)
    shown = torch.cat((labels[:, None], others), dim=1)
    inputs[:, :-1].scatter_(2, shown[:, :, None], 1.0)
    inputs[:, 0, -2] = 1.0
    inputs[:, -1, -1] = 1.0
    return inputs
