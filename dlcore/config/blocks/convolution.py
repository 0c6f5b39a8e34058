"""Convolutions."""

import math
from dataclasses import dataclass, replace
from typing import Self

from dlcore.config.block import Block, Misfit, Shape, argument, block, image, window, word
from dlcore.config.initialisations import NAMES, started
from dlcore.formula.calls import Call

MOST_CHANNELS, WIDEST = 1024, 28


@block
@dataclass(frozen=True)
class Conv(Block):
    """Kernels that slide over an image: LeCun et al. 1998; in groups: Krizhevsky et al. 2012."""

    name = "conv"
    example = "conv 32 3x3"
    about = "Kernels slide over the image; each gives a map of where it finds what it looks for."

    channels: int = argument("whole", 1, MOST_CHANNELS, "number of maps")
    kernel: tuple[int, int] = argument("pair", 1, WIDEST, "height and width of a kernel", default=(3, 3))
    stride: tuple[int, int] = argument("size", 1, WIDEST, "steps of the kernel", default=(1, 1), option=True)
    pad: tuple[int, int] = argument("size", 0, WIDEST, "zeros around the image", default=(0, 0), option=True)
    groups: int = argument("whole", 1, MOST_CHANNELS, "parts that see only their own maps", default=1, option=True)
    init: str = word("torch", NAMES, "how the weights start")

    def shape(self, given: Shape) -> Shape:
        before = image(given, self.name)[0]
        for what, count in (("given", before), ("giving", self.channels)):
            if count % self.groups:
                fit = math.gcd(before, self.channels)
                raise Misfit(f"{self.name} in {self.groups} groups is {what} {count} maps: groups {fit} would fit")
        return (self.channels, *window(given, self.name, self.kernel, self.stride, self.pad))

    def giving(self, count: int) -> Self:
        return replace(self, channels=count)

    def _weights(self, given: Shape) -> int:
        return self.channels * (given[0] // self.groups) * self.kernel[0] * self.kernel[1]

    def parameters(self, given: Shape) -> int:
        return self._weights(given) + self.channels

    def multiply_adds(self, given: Shape) -> int:
        _, height, width = self.shape(given)
        return self._weights(given) * height * width

    def call(self, given: Shape) -> Call:
        options = {"stride": short(self.stride), "padding": short(self.pad), "groups": self.groups}
        usual = {"stride": 1, "padding": 0, "groups": 1}
        more = {name: value for name, value in options.items() if value != usual[name]}
        return started(Call("nn.Conv2d", given[0], self.channels, short(self.kernel), **more), self.init)


@block
@dataclass(frozen=True)
class DepthwiseConv(Block):
    """A convolution of each map on its own: Chollet 2017, arXiv:1610.02357."""

    name = "depthwise"
    example = "depthwise 3x3 pad 1"
    about = "Each map is read by a kernel of its own: far fewer weights than a convolution."

    kernel: tuple[int, int] = argument("pair", 1, WIDEST, "height and width of a kernel", default=(3, 3))
    stride: tuple[int, int] = argument("size", 1, WIDEST, "steps of the kernel", default=(1, 1), option=True)
    pad: tuple[int, int] = argument("size", 0, WIDEST, "zeros around the image", default=(0, 0), option=True)
    init: str = word("torch", NAMES, "how the weights start")

    def _plain(self, given: Shape) -> Conv:
        channels = image(given, self.name)[0]
        return Conv(channels, self.kernel, self.stride, self.pad, channels, self.init)

    def shape(self, given: Shape) -> Shape:
        image(given, self.name)
        return (given[0], *window(given, self.name, self.kernel, self.stride, self.pad))

    def parameters(self, given: Shape) -> int:
        return self._plain(given).parameters(given)

    def multiply_adds(self, given: Shape) -> int:
        return self._plain(given).multiply_adds(given)

    def call(self, given: Shape) -> Call:
        return self._plain(given).call(given)


def short(pair: tuple[int, int]) -> int | tuple[int, int]:
    """3 for (3, 3), as torch takes it too."""
    return pair[0] if pair[0] == pair[1] else pair
