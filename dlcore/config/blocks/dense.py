"""Dense layers, and the step from images to plain vectors."""

import math
from dataclasses import dataclass, replace
from typing import Self

from dlcore.config.block import Block, Misfit, Shape, argument, block, said, word
from dlcore.config.initialisations import NAMES, started
from dlcore.formula.calls import Call

MOST_UNITS = 4096


@block
@dataclass(frozen=True)
class Flatten(Block):
    """An image as one row of numbers."""

    name = "flatten"
    example = "flatten"
    about = "All values of the image in one row."

    def shape(self, given: Shape) -> Shape:
        return (math.prod(given),)

    def call(self, given: Shape) -> Call:
        return Call("nn.Flatten")


@block
@dataclass(frozen=True)
class Dense(Block):
    """W·x + b."""

    name = "dense"
    example = "dense 64"
    about = "Every unit sees every number that comes in."

    units: int = argument("whole", 1, MOST_UNITS, "number of units")
    init: str = word("torch", NAMES, "how the weights start")

    def shape(self, given: Shape) -> Shape:
        if len(given) != 1:
            raise Misfit(f"dense reads plain numbers, but is given {said(given)}: put flatten or global-pool before it")
        return (self.units,)

    def giving(self, count: int) -> Self:
        return replace(self, units=count)

    def parameters(self, given: Shape) -> int:
        return (given[0] + 1) * self.units

    def multiply_adds(self, given: Shape) -> int:
        return given[0] * self.units

    def call(self, given: Shape) -> Call:
        return started(Call("nn.Linear", given[0], self.units), self.init)
