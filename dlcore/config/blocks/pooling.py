"""Pools: an image is made smaller."""

from dataclasses import dataclass

from dlcore.config.block import Block, Misfit, Shape, argument, block, image, window
from dlcore.config.blocks.convolution import WIDEST, short
from dlcore.formula.calls import Call


@dataclass(frozen=True)
class _Window(Block):
    """A window that steps by its own size unless it is told otherwise."""

    kernel: tuple[int, int] = argument("size", 1, WIDEST, "height and width of the window")
    stride: tuple[int, int] | None = argument("size", 1, WIDEST, "steps of the window", default=None, option=True)
    pad: tuple[int, int] = argument("size", 0, WIDEST, "a border around the image", default=(0, 0), option=True)

    def shape(self, given: Shape) -> Shape:
        sides = window(given, self.name, self.kernel, self.stride or self.kernel, self.pad)
        if any(2 * edge > size for edge, size in zip(self.pad, self.kernel, strict=True)):
            raise Misfit(f"{self.name}'s pad is at most half of its window: pad {min(self.kernel) // 2} would fit")
        return (given[0], *sides)

    def _module(self, name: str) -> Call:
        more = {} if self.stride is None else {"stride": short(self.stride)}
        if self.pad != (0, 0):
            more["padding"] = short(self.pad)
        return Call(name, short(self.kernel), **more)


@block
@dataclass(frozen=True)
class MaxPool(_Window):
    """The largest value in a window."""

    name = "pool"
    example = "pool 2"
    about = "Of each window only the largest value is kept."

    def call(self, given: Shape) -> Call:
        return self._module("nn.MaxPool2d")


@block
@dataclass(frozen=True)
class AveragePool(_Window):
    """The mean of a window."""

    name = "average-pool"
    example = "average-pool 2"
    about = "Of each window the mean is kept."

    def call(self, given: Shape) -> Call:
        return self._module("nn.AvgPool2d")


@block
@dataclass(frozen=True)
class GlobalPool(Block):
    """The mean of each map: Lin, Chen and Yan 2014, arXiv:1312.4400."""

    name = "global-pool"
    example = "global-pool"
    about = "Each map becomes one number, its mean."

    def shape(self, given: Shape) -> Shape:
        return (image(given, self.name)[0],)

    def call(self, given: Shape) -> Call:
        return Call("nn.Sequential", Call("nn.AdaptiveAvgPool2d", 1), Call("nn.Flatten"))
