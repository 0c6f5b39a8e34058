"""Making a training split smaller, unbalanced or noisy: pure functions of a split and a seed."""

import torch

from dlcore.config.images import DataConfig
from dlcore.data.sets import Dataset, Split


def training_split(dataset: Dataset, config: DataConfig, seed: int, corrections: Split | None = None) -> Split:
    """The training split as `config` wants it: long tail first, then size, label noise, copies, and corrections.

    corrections: what is mixed in, in the share that `config` names
    """
    generator = torch.Generator().manual_seed(seed)
    classes = len(dataset.labels)
    split = long_tail(dataset.train, config.imbalance, classes, generator)
    split = subset(split, config.train_size, generator)
    noisy = noisy_labels(split.labels, config.label_noise, classes, generator)
    made = repeated(Split(split.images, noisy, split.labels if config.label_noise else None), config.copies)
    return made if corrections is None else mixed(made, corrections, config.share)


def repeated(split: Split, copies: int) -> Split:
    """Every sample so many times."""
    return split if copies == 1 else split[torch.arange(len(split)).repeat(copies)]


def mixed(split: Split, corrections: Split, share: float) -> Split:
    """The split, and corrections so often that they are `share` of the whole; with a share of 1 nothing but them.

    They are repeated in turn. With a share of 1 they are as many as the split was.
    """
    count = len(split) if share == 1 else max(1, round(len(split) * share / (1 - share)))
    again = corrections[torch.arange(count) % len(corrections)]
    if share == 1:
        return again
    depicted = None if split.depicted is None else torch.cat((split.shown, again.labels))
    return Split(torch.cat((split.images, again.images)), torch.cat((split.labels, again.labels)), depicted)


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
