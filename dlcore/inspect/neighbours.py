"""Which known images a network finds most like one: those whose last hidden layer is nearest."""

from collections.abc import Iterator
from dataclasses import dataclass
from threading import Lock

import torch
from torch import Tensor, nn

from dlcore.config.images import DataConfig
from dlcore.config.run import RunConfig
from dlcore.config.sequences import SequenceConfig
from dlcore.data.pixels import normalise
from dlcore.data.prepare import subset, training_split
from dlcore.data.sample import stratified
from dlcore.data.sets import Dataset, Split
from dlcore.errors import InvalidValue
from dlcore.models.rnn import Recurrent

MOST_IMAGES, MOST_NUMBERS = 10_000, 4_000_000
"""That are kept of a set, and of their hidden layer."""
AT_ONCE = 100
_SAMPLE = 200


def learned(dataset: Dataset, config: RunConfig) -> Split:
    """The training images of a run that reads images, with the labels that it was given."""
    data, seed = config.data, config.training.seed
    if isinstance(data, DataConfig):
        return training_split(dataset, data, seed)
    if isinstance(data, SequenceConfig):
        return subset(dataset.train, data.train_size, torch.Generator().manual_seed(seed))
    return dataset.train


@torch.no_grad()
def hidden(model: nn.Module, images: Tensor) -> Tensor:
    """What the last layer that learns is given: float32 (N, units), on the CPU.

    model: in eval mode; images: uint8 (N, 1, 28, 28), 0 = paper
    """
    values = normalise(images.to(next(model.parameters()).device))
    if isinstance(model, Recurrent):
        return model.last(model.states(model.read(values))).cpu()
    if not isinstance(model, nn.Sequential):
        raise InvalidValue("this network has no last hidden layer: choose an MLP, a CNN or a recurrent network")
    last = max(place for place, block in enumerate(model) if any(True for _ in block.parameters()))
    return model[:last](values).flatten(1).cpu()


@dataclass(frozen=True)
class Nearest:
    """The nearest images, the nearest first. places: int64 (k,); distances: float32 (k,), Euclidean"""

    places: Tensor
    distances: Tensor


class Gallery:
    """Known images and what a network makes of them, computed a part at a time; threads may share one.

    images: uint8 (N, 1, 28, 28); labels: int64 (N,); a sample of each class if there are too many
    known: how many there were
    """

    def __init__(self, model: nn.Module, images: Tensor, labels: Tensor) -> None:
        self.model, self.known = model, len(images)
        units = hidden(model, images[:1]).shape[1]
        most = max(1, min(MOST_IMAGES, MOST_NUMBERS // units))
        kept = stratified(labels, most) if len(labels) > most else torch.arange(len(labels))
        self.images, self.labels = images[kept], labels[kept]
        self._features = torch.empty(len(kept), units)
        self._done = 0
        self._usual: float | None = None
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def units(self) -> int:
        """Of the last hidden layer."""
        return self._features.shape[1]

    @property
    def filled(self) -> bool:
        return self._done == len(self)

    def fill(self) -> Iterator[float]:
        """Compute what is missing; after every part, the share that is done. It can be left and taken up again."""
        while not self.filled:
            with self._lock:
                part = slice(self._done, min(self._done + AT_ONCE, len(self)))
                if part.stop > part.start:  # unless another thread was quicker
                    self._features[part] = hidden(self.model, self.images[part])
                self._done = part.stop
            yield self._done / len(self)

    def nearest(self, image: Tensor, count: int = 8) -> Nearest:
        """The `count` images that are nearest to an image, uint8 (1, 28, 28); fewer if there are no more."""
        for _ in self.fill():
            pass
        distances = torch.cdist(hidden(self.model, image[None]), self._features, compute_mode=_EXACT)[0]
        found = distances.topk(min(count, len(self)), largest=False)
        return Nearest(found.indices, found.values)

    @property
    def usual(self) -> float:
        """The median distance from one of the images to the one that is nearest to it."""
        if self._usual is None:
            for _ in self.fill():
                pass
            some = torch.linspace(0, len(self) - 1, min(_SAMPLE, len(self))).long()
            distances = torch.cdist(self._features[some], self._features, compute_mode=_EXACT)
            distances[torch.arange(len(some)), some] = torch.inf
            self._usual = distances.amin(1).median().item()
        return self._usual


_EXACT = "donot_use_mm_for_euclid_dist"
"""The quick way takes the difference of large squares, which leaves little of small distances."""
