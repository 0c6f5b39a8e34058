"""A few samples that stand for many: of every class as many as of any other."""

import torch
from torch import Tensor

SEED = 20_240_229


def stratified(labels: Tensor, count: int) -> Tensor:
    """Places of `count` samples, int64 (count,), sorted by class; the same ones every time.

    Of each class count/classes are drawn, rounded up or down, or all that there are.
    labels: int64 (N,); there are N places where N is smaller than `count`
    """
    generator = torch.Generator().manual_seed(SEED)
    shuffled = torch.randperm(len(labels), generator=generator)
    mixed = labels.cpu()[shuffled]
    turns = torch.zeros(len(labels), dtype=torch.int64)
    for label in mixed.unique():
        mine = mixed == label
        turns[mine] = torch.arange(int(mine.sum()))
    chosen = shuffled[turns.argsort(stable=True)[:count]]
    return chosen[labels.cpu()[chosen].argsort(stable=True)]
