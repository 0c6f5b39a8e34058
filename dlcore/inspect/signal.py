"""Is the signal healthy? Weights, activations and gradients of every layer in one step of training, as histograms."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

SMALLEST, LARGEST, PER_DECADE = 1e-7, 1e3, 4
_UP = torch.logspace(-7, 3, 10 * PER_DECADE + 1)
EDGES = torch.cat((-_UP.flip(0), _UP))
"""Between the bins: equal steps of the logarithm on both sides of 0. The bin in the middle holds what is nearly 0; the
first and the last are open."""
BINS = len(EDGES) + 1
MOST_VALUES = 20_000
"""Values of a layer that are counted: evenly spread over all that there are."""
MOST_SAMPLES = 64
"""Samples of a batch whose activations are looked at."""
NEARLY = 0.01
"""A bounded activation is saturated where it is nearer than this share of its range to one of its ends."""
BOUNDS: Mapping[type[nn.Module], tuple[float, float]] = {
    nn.Sigmoid: (0.0, 1.0), nn.Tanh: (-1.0, 1.0), nn.Hardtanh: (-1.0, 1.0), nn.Hardsigmoid: (0.0, 1.0),
    nn.Softsign: (-1.0, 1.0),
}  # fmt: skip
FLOORED = (nn.ReLU, nn.ReLU6, nn.Threshold)
"""Activations whose units can die: give exactly 0 for every sample."""
SILENT = (nn.Dropout, nn.Flatten, nn.Identity)

NAME = "signal"
"""Of the snapshots that hold it."""
EARLY = (0, 1, 3, 10, 30, 100)
"""Steps that are looked at in every run: most happens at its start."""
APART, MOST = 200, 96
"""Steps between two that are looked at later on, at least; how many those are at most."""


def moments(steps_per_epoch: int, epochs: int) -> frozenset[int]:
    """The steps of a run to look at, counted from 0: early ones, the last of every epoch, and some in between."""
    total = steps_per_epoch * epochs
    between = range(0, total, max(APART, -(-total // MOST)))
    ends = range(steps_per_epoch - 1, total, steps_per_epoch)
    return frozenset(each for each in (*EARLY, *between, *ends) if each < total)


@dataclass(frozen=True)
class Signal:
    """One step of training, layer by layer, in the order in which the signal goes through them.

    names: of the modules, as torch names them
    weights, activations, gradients: float32 (layers, BINS), shares; 0 where there is nothing to count
    sizes: float32 (layers, 4): Euclidean norms of weights, of their gradient and of their update, and the root mean
        square of the activation; NaN without weights
    idle: float32 (layers,): the share of dead units of a ReLU, of saturated values of a bounded activation; else NaN
    """

    names: tuple[str, ...]
    weights: np.ndarray
    activations: np.ndarray
    gradients: np.ndarray
    sizes: np.ndarray
    idle: np.ndarray

    @property
    def update_ratios(self) -> np.ndarray:
        """How far a layer's weights moved, as a share of their size: float32 (layers,), NaN without weights."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return self.sizes[:, 2] / self.sizes[:, 0]

    def arrays(self) -> dict[str, np.ndarray]:
        """Plain arrays for a snapshot; `of` reads them again."""
        names = np.frombuffer("\n".join(self.names).encode(), np.uint8)
        return {
            "names": names, "weights": self.weights, "activations": self.activations, "gradients": self.gradients,
            "sizes": self.sizes, "idle": self.idle,
        }  # fmt: skip

    @classmethod
    def of(cls, arrays: Mapping[str, np.ndarray]) -> "Signal":
        """From the arrays of a snapshot."""
        names = tuple(arrays["names"].tobytes().decode().split("\n"))
        return cls(names, *(arrays[each] for each in ("weights", "activations", "gradients", "sizes", "idle")))


@dataclass
class _Seen:
    """What is known of one layer until the step is done."""

    module: nn.Module
    activation: Tensor | None = None
    before: Tensor | None = None
    gradient: Tensor | None = None


@dataclass
class Watch:
    """Looks at single steps of a model's training: `begin` before the forward pass, `look` after the backward pass,
    `end` after the optimizer's step. Steps that are not watched cost nothing."""

    model: nn.Module
    _seen: dict[str, _Seen] = field(default_factory=dict)
    _handles: list[RemovableHandle] = field(default_factory=list)

    def begin(self) -> None:
        """Watch the step that follows."""
        self.cancel()
        for name, module in self.model.named_modules():
            if not any(module.children()) and not isinstance(module, SILENT):
                seen = self._seen[name] = _Seen(module)
                self._handles.append(module.register_forward_hook(_taker(seen)))

    @property
    def watching(self) -> bool:
        """Whether a step is being watched."""
        return bool(self._seen)

    @torch.no_grad()
    def look(self) -> None:
        """Note gradients, and weights before they move."""
        for seen in self._seen.values():
            weight = _weight(seen.module)
            if weight is not None and weight.grad is not None:
                seen.before, seen.gradient = weight.detach().clone(), weight.grad.detach().clone()

    @torch.no_grad()
    def end(self) -> Signal:
        """What the step did. Nothing is watched any more."""
        seen = dict(self._seen)
        self.cancel()
        rows = [_row(each) for each in seen.values()]
        weights, activations, gradients, sizes, idle = zip(*rows, strict=True)
        return Signal(
            tuple(seen), np.stack(weights), np.stack(activations), np.stack(gradients), np.stack(sizes),
            np.array(idle, dtype=np.float32),
        )  # fmt: skip

    def cancel(self) -> None:
        """Watch nothing any more."""
        for handle in self._handles:
            handle.remove()
        self._handles.clear()
        self._seen.clear()


def histogram(values: Tensor | None) -> np.ndarray:
    """Shares of the values in each bin: float32 (BINS,); zeros where there are none."""
    if values is None or not values.numel():
        return np.zeros(BINS, dtype=np.float32)
    flat = values.detach().reshape(-1)
    flat = flat[:: -(-len(flat) // MOST_VALUES)].float().nan_to_num(nan=torch.inf)
    counts = torch.bincount(torch.bucketize(flat, EDGES.to(flat.device)), minlength=BINS)
    return (counts.float() / len(flat)).cpu().numpy()


def _taker(seen: _Seen) -> Callable[[nn.Module, tuple[Tensor, ...], Tensor], None]:
    def take(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        seen.activation = output.detach()[:MOST_SAMPLES]

    return take


def _weight(module: nn.Module) -> nn.Parameter | None:
    return dict(module.named_parameters(recurse=False)).get("weight")


def _row(seen: _Seen) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, float]:
    sizes = [float("nan")] * 4
    weight = _weight(seen.module)
    if weight is not None and seen.before is not None and seen.gradient is not None:
        moved = weight - seen.before
        sizes[:3] = [each.float().norm().item() for each in (seen.before, seen.gradient, moved)]
    if seen.activation is not None:
        sizes[3] = seen.activation.float().square().mean().sqrt().item()
    counted = (histogram(seen.before), histogram(seen.activation), histogram(seen.gradient))
    return (*counted, np.array(sizes, dtype=np.float32), idle(seen.module, seen.activation))


def idle(module: nn.Module, activation: Tensor | None) -> float:
    """The share of units that do nothing; NaN for layers of which that cannot be said.

    activation: (N, units) or (N, maps, height, width); a map is one unit, and dead if it is 0 everywhere
    """
    if activation is None or not activation.numel():
        return float("nan")
    if isinstance(module, FLOORED):
        return (activation == 0).transpose(0, 1).flatten(1).all(1).float().mean().item()
    low, high = next((ends for kind, ends in BOUNDS.items() if isinstance(module, kind)), (0.0, 0.0))
    if low == high:
        return float("nan")
    near = NEARLY * (high - low)
    return ((activation < low + near) | (activation > high - near)).float().mean().item()
