"""Making a training split smaller, unbalanced or noisy: pure functions of a split and a seed."""

import torch

from dlcore.config.images import DataConfig
from dlcore.data.sets import Dataset, Split


def training_split(dataset: Dataset, config: DataConfig, seed: int) -> Split:
    """The training split as `config` wants it: long tail first, then size, then label noise."""
    generator = torch.Generator().manual_seed(seed)
    classes = len(dataset.labels)
    split = long_tail(dataset.train, config.imbalance, classes, generator)
    split = subset(split, config.train_size, generator)
    noisy = noisy_labels(split.labels, config.label_noise, classes, generator)
    return Split(split.images, noisy, split.labels if config.label_noise else None)


def subset(split: Split, size: int | None, generator: torch.Generator) -> Split:
    """`size` samples drawn without replacement; all of them, in a fixed order, if there are no more."""
    if size is None or size >= len(split):
        return split
    return split[torch.randperm(len(split), generator=generator)[:size]]


def long_tail(split: Split, imbalance: float, classes: int, generator: torch.Generator) -> Split:
    """Class k of C keeps (1 − imbalance)^(k/(C − 1)) of its samples, one at least (Cui et al., arXiv:1901.05555)."""
    if imbalance == 0:
        return split
    kept = []
    for label in range(classes):
        members = (split.labels == label).nonzero().squeeze(1)
        count = max(1, round(len(members) * (1 - imbalance) ** (label / (classes - 1))))
        kept.append(members[torch.randperm(len(members), generator=generator)[:count]])
    return split[torch.cat(kept)]


def noisy_labels(labels: torch.Tensor, share: float, classes: int, generator: torch.Generator) -> torch.Tensor:
    """Labels (N,) of which exactly round(share · N) are replaced by another class, uniformly chosen."""
    chosen = torch.randperm(len(labels), generator=generator)[: round(share * len(labels))]
    shift = torch.randint(1, classes, (len(chosen),), generator=generator)
    result = labels.clone()
    result[chosen] = (labels[chosen] + shift) % classes
    return result
