"""Making a training split smaller, unbalanced or noisy: pure functions of a split and a seed."""

import torch

from dlcore.config.images import DataConfig
from dlcore.data.sets import Dataset, Split

CLASSES = 10


def training_split(dataset: Dataset, config: DataConfig, seed: int) -> Split:
    """The training split as `config` wants it: long tail first, then size, then label noise."""
    generator = torch.Generator().manual_seed(seed)
    split = long_tail(dataset.train, config.imbalance, generator)
    split = subset(split, config.train_size, generator)
    noisy = noisy_labels(split.labels, config.label_noise, generator)
    return Split(split.images, noisy, split.labels if config.label_noise else None)


def subset(split: Split, size: int | None, generator: torch.Generator) -> Split:
    """`size` samples drawn without replacement; all of them, in a fixed order, if there are no more."""
    if size is None or size >= len(split):
        return split
    return split[torch.randperm(len(split), generator=generator)[:size]]


def long_tail(split: Split, imbalance: float, generator: torch.Generator) -> Split:
    """Class k keeps (1 − imbalance)^(k/9) of its samples, at least one (Cui et al., 2019, arXiv:1901.05555)."""
    if imbalance == 0:
        return split
    kept = []
    for label in range(CLASSES):
        members = (split.labels == label).nonzero().squeeze(1)
        count = max(1, round(len(members) * (1 - imbalance) ** (label / (CLASSES - 1))))
        kept.append(members[torch.randperm(len(members), generator=generator)[:count]])
    return split[torch.cat(kept)]


def noisy_labels(labels: torch.Tensor, share: float, generator: torch.Generator) -> torch.Tensor:
    """Labels (N,) of which exactly round(share · N) are replaced by another class, uniformly chosen."""
    chosen = torch.randperm(len(labels), generator=generator)[: round(share * len(labels))]
    shift = torch.randint(1, CLASSES, (len(chosen),), generator=generator)
    result = labels.clone()
    result[chosen] = (labels[chosen] + shift) % CLASSES
    return result
