"""A function to descend on: its formula, where its minima are, and its exact derivatives by autograd."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from dlcore.errors import InvalidValue
from dlcore.formula.expression import Expression
from dlcore.formula.numbers import plain


@dataclass(frozen=True, eq=False)
class Samples:
    """The data behind a stochastic objective: a line x·u + y is fitted to targets by least squares.

    features, targets: float64 tensors (N,)
    """

    features: Tensor
    targets: Tensor

    def losses(self, points: Tensor) -> Tensor:
        """Half the squared error of every sample, (..., N), at points (..., 2) = (slope, intercept)."""
        slope, intercept = points[..., :1], points[..., 1:]
        return (slope * self.features + intercept - self.targets).square() / 2

    def drawn(self, indices: Tensor) -> "Samples":
        """The mini-batch with these indices (B,)."""
        return Samples(self.features[indices], self.targets[indices])


@dataclass(frozen=True, eq=False)
class Objective:
    """A function of x, or of x and y, with what is known about it.

    bounds: ((low, high), …), one pair a dimension: what is worth looking at
    minima: the points where the function is lowest; local: other points with a minimum, as far as known
    lowest: the value at the minima; None where it is not known
    start: where a descent begins unless told otherwise
    steep: heights are best seen on a logarithmic scale; smooth: it has a derivative at its minima
    quadratic: the Hessian is the same everywhere, so that 2/λmax bounds the stable learning rates
    samples: the data of a stochastic objective, whose `noisy` gradients are those of real mini-batches
    """

    name: str
    title: str
    formula: Expression
    bounds: tuple[tuple[float, float], ...]
    start: tuple[float, ...]
    why: str
    minima: tuple[tuple[float, ...], ...] = ()
    lowest: float | None = None
    local: tuple[tuple[float, ...], ...] = ()
    parameters: Mapping[str, float] = field(default_factory=dict)
    steep: bool = False
    smooth: bool = True
    quadratic: bool = False
    samples: Samples | None = field(default=None, repr=False)

    @property
    def dimensions(self) -> int:
        """1 or 2."""
        return len(self.bounds)

    def value(self, points: Tensor) -> Tensor:
        """Values (...) at points (..., d); not finite where the function is not defined."""
        return self._at(_coordinates(points))

    def _at(self, coordinates: Sequence[Tensor]) -> Tensor:
        return self.formula(**dict(zip("xy", coordinates, strict=False)))

    def gradient(self, points: Tensor) -> Tensor:
        """Exact gradients (..., d) at points (..., d), by autograd."""
        return self.value_and_gradient(points)[1]

    def value_and_gradient(self, points: Tensor) -> tuple[Tensor, Tensor]:
        """Values (...) and gradients (..., d), for the price of the gradient."""
        return self._probed([each.requires_grad_(True) for each in _coordinates(points.detach())])

    def _probed(self, at: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
        with torch.enable_grad():
            values = self._at(at)
            return values.detach(), torch.stack(_derivatives(values, at), dim=-1)

    def prober(self, count: int) -> Callable[[Tensor], tuple[Tensor, Tensor]]:
        """`value_and_gradient` for float64 points (count, d), quicker where it is asked for again and again."""
        at = [torch.empty(count, dtype=torch.float64, requires_grad=True) for _ in self.bounds]

        def probe(points: Tensor) -> tuple[Tensor, Tensor]:
            with torch.no_grad():
                for leaf, coordinate in zip(at, points.unbind(-1), strict=True):
                    leaf.copy_(coordinate)
            return self._probed(at)

        return probe

    def hessian(self, points: Tensor) -> Tensor:
        """Exact Hessians (..., d, d) at points (..., d), by differentiating the gradient again."""
        with torch.enable_grad():
            at = points.detach().requires_grad_(True)
            slope = _derivative(self.value(at), at, again=True)
            rows = [_derivative(each, at) for each in slope.unbind(-1)]
        return torch.stack(rows, dim=-2)

    def noisy(
        self, steps: int, batch_size: int = 1, noise: float = 1.0, seed: int = 0
    ) -> Callable[[Tensor, int], Tensor]:
        """The gradient that each of `steps` steps sees: a function of points (..., d) and of the step's number.

        Where there are samples, step t sees the gradient of a mini-batch of `batch_size` of them, with replacement;
        elsewhere the exact gradient plus normal noise with standard deviation noise / √batch_size, which is how the
        error of a mean over a batch shrinks. All points of one step see the same batch, so that a race is fair.
        """
        if batch_size < 1 or noise < 0 or not math.isfinite(noise):
            raise InvalidValue(f"batch_size must be 1 or more and noise 0 or more, got {batch_size} and {plain(noise)}")
        generator = torch.Generator().manual_seed(seed)
        if self.samples is not None:
            data = self.samples
            batches = torch.randint(len(data.features), (steps, batch_size), generator=generator)
            return lambda points, step: _mean_gradient(data.drawn(batches[step]), points)
        shape = (steps, self.dimensions)
        errors = torch.randn(shape, generator=generator, dtype=torch.float64) * (noise / math.sqrt(batch_size))
        return lambda points, step: self.gradient(points) + errors[step].to(points.dtype)


def _coordinates(points: Tensor) -> list[Tensor]:
    """x, or x and y, contiguous: for these torch takes the same kernel, to the last bit, as for a single point."""
    return [each.contiguous() for each in points.unbind(-1)]


def _derivative(values: Tensor, at: Tensor, again: bool = False) -> Tensor:
    """d(sum of values)/d(at)."""
    return _derivatives(values, [at], again)[0]


def _derivatives(values: Tensor, at: Sequence[Tensor], again: bool = False) -> list[Tensor]:
    """d(sum of values)/d(each of at); zeros where the values do not depend on it, as with a constant function."""
    if not values.requires_grad:
        return [torch.zeros_like(each) for each in at]
    ones = torch.ones_like(values)
    slopes = torch.autograd.grad(values, at, ones, create_graph=again, retain_graph=True, allow_unused=True)
    return [torch.zeros_like(each) if slope is None else slope for each, slope in zip(at, slopes, strict=True)]


def _mean_gradient(data: Samples, points: Tensor) -> Tensor:
    with torch.enable_grad():
        at = points.detach().requires_grad_(True)
        return _derivative(data.losses(at).mean(-1), at)
