"""The image sets, whole and in memory.

images: uint8 tensor (N, 1, 28, 28), 0 = background
labels: int64 tensor (N,)
"""

import functools
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from dlcore.config.image_sets import IMAGE_SETS
from dlcore.data import mnist
from dlcore.data.own.examples import Examples
from dlcore.errors import DataUnavailable

DIGITS_VALIDATION, DIGITS_TEST = 180, 360
IDX_VALIDATION = 5_000
SPLIT_SEED = 20_240_229
HELD = 0.15
"""Of the images of one's own, for validation and as many for the test."""

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Split:
    """Images and their labels.

    depicted: int64 (N,), the classes that the images show where some of `labels` were made wrong
    """

    images: Tensor
    labels: Tensor
    depicted: Tensor | None = None

    @property
    def shown(self) -> Tensor:
        """The class that each image shows, int64 (N,): nothing that depends on a picture may follow a wrong label."""
        return self.labels if self.depicted is None else self.depicted

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: Tensor) -> "Split":
        return Split(self.images[index], self.labels[index], None if self.depicted is None else self.depicted[index])

    def to(self, device: torch.device) -> "Split":
        """The same split on another device."""
        depicted = None if self.depicted is None else self.depicted.to(device)
        return Split(self.images.to(device), self.labels.to(device), depicted)


@dataclass(frozen=True)
class Dataset:
    """Three disjoint splits. `notice` is a sentence when another set had to stand in for the one asked for."""

    name: str
    train: Split
    validation: Split
    test: Split
    labels: tuple[str, ...]
    notice: str = ""


def load(name: str, *, progress: Progress | None = None, examples: bytes | None = None) -> Dataset:
    """The set called `name`; the embedded digits stand in, with a notice, where it cannot be had.

    progress: called with what is being fetched and the fraction done, while a download goes on
    examples: what the run brings along, where its images are its own; InvalidValue says what is wrong with them
    """
    found = IMAGE_SETS.find(name)
    if found.read is not None and examples is not None:
        return found.read(examples)
    try:
        return found.load(progress)
    except DataUnavailable as error:
        return replace(digits(), notice=f"{error} The embedded digits are used instead.")


@functools.cache
def digits() -> Dataset:
    """Scikit-learn's digits (Alpaydin and Kaynak, 1998; UCI), made to look as MNIST does.

    Each 8×8 image is enlarged to 20×20 (bicubic) and placed in 28×28 with its centre of mass in the middle.
    """
    table = _digits_table()
    small = table[:, :-1].float().div(16).view(-1, 1, 8, 8)
    large = functional.interpolate(small, size=(20, 20), mode="bicubic", align_corners=False).clamp(0, 1)
    images = centred(large.mul(255).round().to(torch.uint8))
    everything = Split(images, table[:, -1].long())
    order = torch.randperm(len(everything), generator=torch.Generator().manual_seed(SPLIT_SEED))
    test, validation, train = order.split(
        [DIGITS_TEST, DIGITS_VALIDATION, len(order) - DIGITS_TEST - DIGITS_VALIDATION]
    )
    labels = IMAGE_SETS["digits"].labels
    return Dataset("digits", everything[train], everything[validation], everything[test], labels)


def own(data: bytes) -> Dataset:
    """Images of one's own, from their file: of every class 15 % for validation, 15 % for the test, always the same."""
    examples = Examples.read(data)
    everything = Split(torch.from_numpy(examples.images.copy()), torch.from_numpy(examples.labels.copy()))
    shuffle = torch.Generator().manual_seed(SPLIT_SEED)
    parts: tuple[list[Tensor], ...] = ([], [], [])
    for label in range(len(examples.classes)):
        members = (everything.labels == label).nonzero().squeeze(1)
        members = members[torch.randperm(len(members), generator=shuffle)]
        held = max(1, round(HELD * len(members)))
        for chosen, part in zip(parts, members.split([len(members) - 2 * held, held, held]), strict=True):
            chosen.append(part)
    train, validation, test = (everything[torch.cat(part)] for part in parts)
    return Dataset("own", train, validation, test, examples.classes)


def _digits_table() -> Tensor:
    """float64 (1797, 65): 64 pixels from 0 to 16 and the label of each digit.

    Read from scikit-learn's own file: `load_digits` gives the same, but importing it takes a second and 100 MB.
    """
    package = importlib.util.find_spec("sklearn")
    if package is None or package.origin is None:
        raise DataUnavailable("The embedded digits come with scikit-learn: run `pip install scikit-learn`.")
    path = Path(package.origin).parent / "datasets" / "data" / "digits.csv.gz"
    return torch.from_numpy(np.loadtxt(path, delimiter=","))


def centred(images: Tensor, side: int = 28) -> Tensor:
    """Images (N, 1, h, w) placed on a (N, 1, side, side) background, centre of mass at (side/2, side/2) as in MNIST."""
    count, _, height, width = images.shape
    mass = images.float().squeeze(1)
    total = mass.sum((1, 2)).clamp(min=1)
    rows = (mass.sum(2) * torch.arange(height)).sum(1) / total
    columns = (mass.sum(1) * torch.arange(width)).sum(1) / total
    top = (side / 2 - rows).round().long().clamp(0, side - height)
    left = (side / 2 - columns).round().long().clamp(0, side - width)
    result = torch.zeros(count, 1, side, side, dtype=images.dtype)
    for each in range(count):
        result[each, :, top[each] : top[each] + height, left[each] : left[each] + width] = images[each]
    return result


def idx_set(name: str, progress: Progress | None = None) -> Dataset:
    """MNIST or Fashion-MNIST, fetched if need be; DataUnavailable if it cannot be had."""
    return _idx_set(name, mnist.locate(name, progress))


@functools.lru_cache(maxsize=2)
def _idx_set(name: str, folder: str) -> Dataset:
    """MNIST (LeCun, Cortes, Burges) or Fashion-MNIST (Xiao et al., 2017): validation is cut from training."""
    everything = Split(*mnist.read(folder, "train"))
    order = torch.randperm(len(everything), generator=torch.Generator().manual_seed(SPLIT_SEED))
    validation, train = order.split([IDX_VALIDATION, len(order) - IDX_VALIDATION])
    test = Split(*mnist.read(folder, "t10k"))
    return Dataset(name, everything[train], everything[validation], test, IMAGE_SETS[name].labels)
