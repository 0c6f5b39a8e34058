"""Dropout."""

from dataclasses import dataclass, replace
from typing import Self

from dlcore.config.block import Block, Shape, argument, block
from dlcore.formula.calls import Call


@block
@dataclass(frozen=True)
class Dropout(Block):
    """Units switched off at random while it trains: Srivastava et al. 2014."""

    name = "dropout"
    example = "dropout 0.2"
    about = "While it trains, this share of the values is switched off at random."
    keeps_shape = True

    rate: float = argument("number", 0.0, 0.9, "share that is switched off")

    def call(self, given: Shape) -> Call:
        return Call("nn.Dropout", self.rate)

    def with_dropout(self, rate: float) -> Self:
        return replace(self, rate=rate)
