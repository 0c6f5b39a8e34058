"""One image on its way through a trained network, layer by layer, into residual groups too."""

import copy
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn

from dlcore.config.block import Block
from dlcore.config.blocks.residual import Residual as ResidualBlock
from dlcore.config.network import Network
from dlcore.data.pixels import MEAN, STD, normalise
from dlcore.errors import InvalidValue
from dlcore.models.layers import Residual

IMAGE = (1, 28, 28)
SINGLE = (nn.Linear, nn.Sequential)
"""Layers whose values are each made in a way of its own: dense ones, and global pools, which are two modules."""


Pair = tuple[int, int]


def pair(value: Any) -> Pair:
    """(height, width), from either form in which torch has it."""
    return (value, value) if isinstance(value, int) else (int(value[0]), int(value[1]))


def window(module: nn.Conv2d | nn.MaxPool2d | nn.AvgPool2d) -> tuple[Pair, Pair, Pair]:
    """Size, stride and padding of what goes over an image."""
    return pair(module.kernel_size), pair(module.stride), pair(module.padding)


class Pixels(nn.Module):
    """The first step: bytes become numbers around 0."""

    def forward(self, images: Tensor) -> Tensor:
        return normalise(images)


@dataclass(frozen=True)
class Step:
    """One layer of a network.

    path: the module's, as in the state dict; title, about: what it is, and a sentence on what it does
    sources: the steps whose output it reads, by their place
    group: of the innermost residual group around it, and on which of its two ways it lies; both empty outside of groups
    """

    path: str
    title: str
    about: str
    module: nn.Module
    sources: tuple[int, ...]
    block: Block | None = None
    group: str = ""
    way: str = ""

    def __call__(self, given: Sequence[Tensor]) -> Tensor:
        """What it makes of the outputs of its sources."""
        return given[0] + given[1] if isinstance(self.module, Residual) else self.module(given[0])


def steps(model: nn.Sequential, network: Network) -> tuple[Step, ...]:
    """From the pixels to the probabilities. The model has to be the one that is built from the network."""
    found = [Step("input", "image", f"Each pixel is divided by 255, less {MEAN}, divided by {STD}.", Pixels(), ())]
    if not isinstance(model, nn.Sequential) or len(model) != len(network.blocks):
        raise InvalidValue("this network is no chain of layers on images: choose an MLP or a CNN")
    end = _chained(found, network.blocks, dict(model.named_children()), 0)
    about = "The scores become probabilities: all are positive, and their sum is 1."
    found.append(Step("softmax", "softmax", about, nn.Softmax(1), (end,)))
    return tuple(found)


def _chained(
    found: list[Step],
    blocks: Iterable[Block],
    modules: dict[str, nn.Module],
    source: int,
    group: str = "",
    way: str = "",
) -> int:
    """Append the steps of some blocks; returns the place of the last one."""
    inside = f"{group}.{way}." if group else ""
    for block, (name, module) in zip(blocks, modules.items(), strict=True):
        path, sources = f"{inside}{name}", (source,)
        if isinstance(block, ResidualBlock):
            given = [blocks for blocks in (block.through, block.around) if blocks]
            ends = [
                _chained(found, blocks, dict(getattr(module, each).named_children()), source, path, each)
                for blocks, each in zip(given, ("through", "around"), strict=False)
            ]
            sources = (*ends, source)[:2]
        title = "sum of both ways" if isinstance(block, ResidualBlock) else re.sub(r"(?<=\d)x(?=\d)", "×", block.text)
        source = len(found)
        found.append(Step(path, title, block.about, module, sources, block, group, way))
    return source


def outputs(found: Sequence[Step], images: Tensor, last: int) -> dict[int, Tensor]:
    """What the steps up to `last` give of uint8 (N, 1, 28, 28), without those that nothing behind `last` waits for."""
    needed = {last}
    for place in range(last, -1, -1):
        if place in needed:
            needed.update(found[place].sources)
    given = {0: found[0]([images])}
    for place in sorted(needed - {0}):
        given[place] = found[place]([given[each] for each in found[place].sources])
    return given


@dataclass(frozen=True)
class Layer:
    """A step and what it gives of one image: float32 (maps, height, width) or (units,).

    folds: for a row of numbers that an image was flattened to, the shape of that image
    """

    step: Step
    output: Tensor
    folds: tuple[int, ...] | None

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.output.shape)

    @cached_property
    def maps(self) -> Tensor:
        """The output as (maps, height, width): each unit of dense and of a global pool is a map of one value."""
        if self.output.ndim == 3:
            return self.output
        if isinstance(self.step.module, SINGLE):
            return self.output.reshape(-1, 1, 1)
        return self.output.reshape(self.folds or (1, 1, -1))

    @property
    def range(self) -> tuple[float, float]:
        """The smallest and the largest value that is a number; 0 and 0 if there is none."""
        finite = self.output[self.output.isfinite()]
        return (finite.min().item(), finite.max().item()) if len(finite) else (0.0, 0.0)


@dataclass(frozen=True)
class Walk:
    """An image's way through a network. image: uint8 (1, 28, 28), 0 = background."""

    image: Tensor
    layers: tuple[Layer, ...]

    @property
    def probabilities(self) -> Tensor:
        """float32 (classes,)."""
        return self.layers[-1].output

    def given(self, place: int) -> tuple[Layer, ...]:
        """The layers that one reads."""
        return tuple(self.layers[each] for each in self.layers[place].step.sources)


@torch.no_grad()
def walk(model: nn.Sequential, network: Network, image: Tensor) -> Walk:
    """Send one image through; the model itself is left as it is.

    image: uint8 (1, 28, 28), 0 = background
    Raises InvalidValue for another image, or for a model that is not the network's.
    """
    if image.dtype != torch.uint8 or image.shape != IMAGE:
        raise InvalidValue(f"an image must be uint8 (1, 28, 28), got {image.dtype} {tuple(image.shape)}")
    found = steps(copy.deepcopy(model).float().cpu().eval().requires_grad_(False), network)
    given: list[Tensor] = []
    layers: list[Layer] = []
    for step in found:
        given.append(step([given[each] for each in step.sources] or [image[None]]))
        output = given[-1][0]
        layers.append(Layer(step, output, _folds(step, output, layers)))
    return Walk(image, tuple(layers))


def _folds(step: Step, output: Tensor, layers: Sequence[Layer]) -> tuple[int, ...] | None:
    """The shape of the image whose values stand in this row, in their order."""
    if not step.sources or output.ndim != 1 or isinstance(step.module, (*SINGLE, nn.Softmax)):
        return None
    source = layers[step.sources[0]]
    shape = source.shape if source.output.ndim == 3 else source.folds
    return shape if shape is not None and math.prod(shape) == len(output) else None
