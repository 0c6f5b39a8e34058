"""Every activation of dlcore.functions.activations is a block; its parameters stand behind its name."""

from dataclasses import dataclass
from typing import ClassVar

from dlcore.config.block import Argument, Block, Shape, block, written
from dlcore.formula.calls import Call
from dlcore.functions.activations import ACTIVATIONS


@block
@dataclass(frozen=True)
class Activation(Block):
    """An elementwise function. values: of its parameters, in the order of the activation's own."""

    name = "activation"
    example = "relu"
    about = "The same function is applied to every value."
    keeps_shape = True
    BY_WORD: ClassVar = ACTIVATIONS

    function: str
    values: tuple[float, ...] = ()

    @classmethod
    def words(cls) -> tuple[str, ...]:
        return tuple(cls.BY_WORD)

    @classmethod
    def rules(cls, function: str) -> dict[str, Argument]:
        """How the parameters of one activation are written."""
        found = cls.BY_WORD[function].parameters
        return {each.name: Argument("number", each.low, each.high, each.name) for each in found}

    @property
    def text(self) -> str:
        return " ".join((self.function, *map(written, self.values)))

    def parameters(self, given: Shape) -> int:
        return self.BY_WORD[self.function].learned

    def call(self, given: Shape) -> Call:
        chosen = self.BY_WORD[self.function]
        names = [each.name for each in chosen.parameters]
        return chosen.module(**dict(zip(names, self.values, strict=False)))
