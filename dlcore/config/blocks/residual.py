"""A way through some blocks, and a way around them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

from dlcore.config.block import Block, Misfit, Shape, after, block, placed, said
from dlcore.formula.calls import Call


@block
@dataclass(frozen=True)
class Residual(Block):
    """x + f(x): He et al. 2016, arXiv:1512.03385.

    through: the blocks of f; around: those of the other way, none if x itself is added
    """

    name = "residual"
    example = "residual(conv 32 3x3 pad 1, relu)"
    about = "What the blocks inside make of their input is added to that input."

    through: tuple[Block, ...] = ()
    around: tuple[Block, ...] = ()

    @property
    def text(self) -> str:
        ways = [", ".join(each.text for each in way) for way in (self.through, self.around) if way]
        return f"residual({'; '.join(ways)})"

    def shape(self, given: Shape) -> Shape:
        through, around = after(self.through, given), after(self.around, given)
        if through != around:
            raise Misfit(
                f"residual adds two branches of the same shape, but the inner one gives {said(through)} and the "
                f"shortcut {said(around)}: make them alike, or give the shortcut its own blocks after a semicolon, "
                f"such as ; conv {through[0]} 1x1"
            )
        return through

    def parameters(self, given: Shape) -> int:
        return sum(each.parameters(shape) for each, shape in self._placed(given))

    def multiply_adds(self, given: Shape) -> int:
        return sum(each.multiply_adds(shape) for each, shape in self._placed(given))

    def _placed(self, given: Shape) -> Iterator[tuple[Block, Shape]]:
        for way in (self.through, self.around):
            yield from placed(way, given)

    def call(self, given: Shape) -> Call:
        ways = [Call("nn.Sequential", *(each.call(shape) for each, shape in placed(way, given)))
                for way in (self.through, self.around) if way]  # fmt: skip
        return Call("dlcore.models.layers:Residual", *ways)

    def inside(self) -> Iterator[Block]:
        return iter((*self.through, *self.around))

    def with_dropout(self, rate: float) -> Self:
        ways = (tuple(each.with_dropout(rate) for each in way) for way in (self.through, self.around))
        return replace(self, **dict(zip(("through", "around"), ways, strict=True)))
