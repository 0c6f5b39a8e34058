"""A plane through the weights of a trained network, and the loss on it.

θ(a, b) = θ* + a d₁ + b d₂, after Li, Xu, Taylor, Studer and Goldstein, 2018, arXiv:1712.09913. The directions are those
of the network's own path (also Lorch, 2016, "Visualizing Deep Network Training Trajectories with PCA"), or random ones.
Weights are flat: all parameters of a network one after the other, float32 (P,).
"""

import copy
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils import vector_to_parameters

from dlcore.config.images import ImageRun
from dlcore.data.pixels import normalise
from dlcore.data.prepare import subset, training_split
from dlcore.data.sets import Dataset, Split
from dlcore.errors import InvalidValue

SPLITS = ("validation", "training")
MAX_SECONDS = 20.0
_STRIDES = (4, 2, 1)
_SAMPLE_SEED = 0


@dataclass(frozen=True)
class Path:
    """A run's networks from before its first step to its end.

    titles: of each; weights: (n, P), n ≥ 2; model: the last one
    """

    config: ImageRun
    titles: tuple[str, ...]
    weights: Tensor
    model: nn.Module


@dataclass(frozen=True)
class Plane:
    """origin: θ*, (P,); directions: d₁ and d₂, (2, P), orthogonal to each other."""

    origin: Tensor
    directions: Tensor

    def point(self, a: float, b: float) -> Tensor:
        """θ(a, b), (P,)."""
        return self.origin.add(self.directions[0], alpha=a).add_(self.directions[1], alpha=b)

    def project(self, weights: Tensor) -> np.ndarray:
        """Coordinates float64 (n, 2) of the points of the plane that are nearest to weights (n, P)."""
        directions = self.directions.double()
        along = (weights - self.origin).double() @ directions.T
        return (along / directions.square().sum(1)).numpy()

    def share(self, weights: Tensor) -> float:
        """How much of the squared distances of weights (n, P) from θ* lies in the plane, 0 to 1."""
        lengths = self.directions.double().square().sum(1).numpy()
        total = (weights - self.origin).double().square().sum().item()
        return float((self.project(weights) ** 2 * lengths).sum()) / total if total else 1.0


@dataclass(frozen=True)
class Slice:
    """The loss on a grid: a and b float64 (n,), losses float64 (n, n) with b first.

    seconds: what it took; complete: whether all that was asked for is there, or every second or fourth line of it
    """

    a: np.ndarray
    b: np.ndarray
    losses: np.ndarray
    seconds: float
    complete: bool

    def outward_dips(self, share: float = 0.01) -> tuple[int, int]:
        """Straight ways from the middle of the grid to its edge, and how many of them go down again.

        The ways are those along the axes and the diagonals; a dip counts from `share` of the highest less the lowest
        loss on the grid.
        """
        middle = np.array(self.losses.shape) // 2
        enough = share * (self.losses.max() - self.losses.min())
        steps = [(down, across) for down in (-1, 0, 1) for across in (-1, 0, 1) if (down, across) != (0, 0)]
        far = np.arange(middle.min() + 1)
        ways = [self.losses[middle[0] + down * far, middle[1] + across * far] for down, across in steps]
        return len(ways), sum(bool((np.maximum.accumulate(way) - way).max() > enough) for way in ways)


@dataclass(frozen=True)
class Course:
    """A path seen in a plane: coordinates (n, 2), the losses of the networks and of their projections, (n,) each."""

    points: np.ndarray
    losses: np.ndarray
    shown: np.ndarray


class Probe:
    """The mean cross-entropy of a network on fixed images, at any weights; the network itself is left as it is."""

    def __init__(self, model: nn.Module, samples: Split) -> None:
        self._model = copy.deepcopy(model).float().eval().requires_grad_(False)
        self._weights = flat(self._model)
        vector_to_parameters(self._weights, self._model.parameters())  # from here on they are views of one buffer
        self._images, self._labels = normalise(samples.images), samples.labels

    @torch.no_grad()
    def __call__(self, weights: Tensor) -> float:
        """The loss at weights (P,)."""
        self._weights.copy_(weights)
        return functional.cross_entropy(self._model(self._images), self._labels).item()


def flat(model: nn.Module) -> Tensor:
    """A copy of all parameters, one after the other."""
    return torch.cat([each.detach().reshape(-1).float() for each in model.parameters()])


def path_plane(weights: Tensor) -> Plane:
    """The plane through the end of a path that shows most of it.

    weights: (n, P), from the first to the last; θ* is the last
    The directions are the principal components of the differences to the last, of length 1: coordinates are distances.
    Where all points lie on one line, the second direction is a random one. The path comes from the upper left.
    """
    if len(weights) < 2:
        raise InvalidValue(f"a path needs at least 2 checkpoints, got {len(weights)}: train for an epoch")
    moves = (weights[:-1] - weights[-1]).double()
    values, vectors = torch.linalg.eigh(moves @ moves.T)  # (n − 1)² numbers instead of P²
    if values[-1] <= 0:
        raise InvalidValue("the weights never moved, so they have no path: choose a larger learning rate")
    first = functional.normalize(moves.T @ vectors[:, -1], dim=0)
    if len(values) > 1 and values[-2] > 1e-12 * values[-1]:
        second = moves.T @ vectors[:, -2]
    else:
        second = torch.randn(len(first), generator=torch.Generator().manual_seed(0), dtype=first.dtype)
    second = functional.normalize(second - (second @ first) * first, dim=0)
    first = -first if moves[0] @ first > 0 else first
    second = -second if moves[0] @ second < 0 else second
    return Plane(weights[-1], torch.stack((first, second)).float())


def random_plane(model: nn.Module, seed: int) -> Plane:
    """Two random directions in which each filter is as long as that filter of the network.

    A filter is all that leads to one output: a row of a dense layer, one map's kernel of a convolution. Biases stay, as
    in the paper. Within each filter the two directions are orthogonal, which the paper leaves to chance.
    """
    generator = torch.Generator().manual_seed(seed)
    directions = []
    for parameter in model.parameters():
        weight = parameter.detach().double()
        if weight.dim() < 2:
            directions.append(torch.zeros(2, weight.numel()))
            continue
        rows = weight.flatten(1)
        first, second = torch.randn(2, *rows.shape, generator=generator, dtype=rows.dtype)
        first = functional.normalize(first, dim=1)
        second = functional.normalize(second - (second * first).sum(1, keepdim=True) * first, dim=1)
        directions.append((torch.stack((first, second)) * rows.norm(dim=1)[:, None]).flatten(1))
    return Plane(flat(model), torch.cat(directions, 1).float())


def sample(dataset: Dataset, config: ImageRun, split: str, count: int) -> Split:
    """The same `count` images each time, or all if there are fewer; the training split is as the run had it."""
    if split not in SPLITS:
        raise InvalidValue(f"split must be one of {', '.join(SPLITS)}, got {split!r}")
    whole = dataset.validation
    if split == "training":
        whole = training_split(dataset, config.data, config.training.seed)
    return subset(whole, count, torch.Generator().manual_seed(_SAMPLE_SEED))


def around(points: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """`count` coordinates along each axis, so that all points (n, 2) and some room around them are on the grid."""
    low, high = points.min(0), points.max(0)
    room = np.maximum(0.25 * (high - low), 0.2 * (high - low).max())
    a, b = (np.linspace(*ends, count) for ends in zip(low - room, high + room, strict=True))
    return a, b


def symmetric(reach: float, count: int) -> tuple[np.ndarray, np.ndarray]:
    """`count` coordinates from −reach to reach along each axis; an odd count has the centre on the grid."""
    axis = reach * np.arange(1 - count, count, 2) / (count - 1)
    return axis, axis


def evaluate(
    probe: Callable[[Tensor], float],
    plane: Plane,
    a: np.ndarray,
    b: np.ndarray,
    *,
    max_seconds: float = MAX_SECONDS,
    progress: Callable[[float], None] | None = None,
) -> Slice:
    """The loss at every (a, b): a coarse grid first, then finer ones as long as there is time.

    probe: such as a Probe, which gives the loss at weights (P,)
    progress: called with the share that is done. The coarsest grid, a sixteenth of it all, is finished in any case.
    """
    began, losses, kept = time.perf_counter(), np.full((len(b), len(a)), np.nan), _STRIDES[0]
    done = 0
    for stride in _STRIDES:
        for row in range(0, len(b), stride):
            for column in range(0, len(a), stride):
                if not np.isnan(losses[row, column]):
                    continue
                losses[row, column] = _bounded(probe(plane.point(float(a[column]), float(b[row]))))
                done += 1
            if progress:
                progress(done / losses.size)
            if stride < _STRIDES[0] and time.perf_counter() - began > max_seconds:
                return Slice(a[::kept], b[::kept], losses[::kept, ::kept], time.perf_counter() - began, False)
        kept = stride
    return Slice(a, b, losses, time.perf_counter() - began, True)


def course(probe: Callable[[Tensor], float], plane: Plane, weights: Tensor) -> Course:
    """What becomes of a path (n, P) in a plane."""
    points = plane.project(weights)
    return Course(points, _losses(probe, weights), _losses(probe, [plane.point(*each) for each in points.tolist()]))


def _losses(probe: Callable[[Tensor], float], weights: Sequence[Tensor] | Tensor) -> np.ndarray:
    return np.array([_bounded(probe(each)) for each in weights])


def _bounded(loss: float) -> float:
    """Far out the logits overflow: that is infinitely bad, never unknown."""
    return loss if loss == loss else np.inf
