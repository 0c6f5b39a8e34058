"""Norms: values are brought to mean 0 and variance 1, then scaled and shifted by learned numbers."""

import math
from dataclasses import dataclass

from dlcore.config.block import Block, Misfit, Shape, argument, block, word
from dlcore.formula.calls import Call, Name

SCALES = ("ones", "zeros")


@dataclass(frozen=True)
class _Norm(Block):
    keeps_shape = True
    init: str = word("ones", SCALES, "what the scales start at; with zeros, a residual branch starts as zero")

    def parameters(self, given: Shape) -> int:
        return 2 * given[0]

    def _started(self, norm: Call) -> Call:
        if self.init == "ones":
            return norm
        return Call("dlcore.models.layers:started", norm, Name("nn.init.zeros_"))


@block
@dataclass(frozen=True)
class BatchNorm(_Norm):
    """Over the batch: Ioffe and Szegedy 2015, arXiv:1502.03167."""

    name = "batch-norm"
    example = "batch-norm"
    about = "Each map is normalised over the batch."

    def call(self, given: Shape) -> Call:
        return self._started(Call("nn.BatchNorm2d" if len(given) == 3 else "nn.BatchNorm1d", given[0]))


@block
@dataclass(frozen=True)
class LayerNorm(_Norm):
    """Over all values of one sample: Ba, Kiros and Hinton 2016, arXiv:1607.06450."""

    name = "layer-norm"
    example = "layer-norm"
    about = "All values of one sample are normalised together."

    def parameters(self, given: Shape) -> int:
        return 2 * math.prod(given)

    def call(self, given: Shape) -> Call:
        return self._started(Call("nn.LayerNorm", given if len(given) == 3 else given[0]))


@block
@dataclass(frozen=True)
class GroupNorm(_Norm):
    """Over groups of maps of one sample: Wu and He 2018, arXiv:1803.08494."""

    name = "group-norm"
    example = "group-norm 8"
    about = "Groups of maps of one sample are normalised."

    groups: int = argument("whole", 1, 1024, "number of groups", default=8)

    def shape(self, given: Shape) -> Shape:
        if given[0] % self.groups:
            fit = math.gcd(given[0], self.groups)
            raise Misfit(f"group-norm in {self.groups} groups is given {given[0]} maps: group-norm {fit} would fit")
        return given

    def call(self, given: Shape) -> Call:
        return self._started(Call("nn.GroupNorm", self.groups, given[0]))
