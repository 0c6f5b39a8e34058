"""One block of a network: how it is written, what it makes of a shape, what it costs, and how torch builds it.

Shapes leave out the batch: (channels, height, width) of images, (features,) of plain vectors. No torch in here.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import MISSING, dataclass, field, fields, replace
from typing import Any, ClassVar, Self

from dlcore.config.registry import Registry
from dlcore.errors import InvalidValue
from dlcore.formula.calls import Call
from dlcore.formula.numbers import between, plain

Shape = tuple[int, ...]


class Misfit(InvalidValue):
    """A block that does not fit on the shape that it is given; the text says what would. block: the innermost one."""

    block: "Block | None" = None


@dataclass(frozen=True)
class Argument:
    """How one value of a block is written.

    kind: whole (a whole number), number, word (one of `allowed`), pair (3x3), or size (a pair that is written 3 where
    its sides are equal); both are read in either form
    option: whether its name stands in front of it, as in `stride 2`
    """

    kind: str
    low: float
    high: float
    help: str
    option: bool = False
    allowed: tuple[str, ...] = ()

    def wanted(self) -> str:
        """What may stand here, for a sentence."""
        if self.allowed:
            return f"one of {', '.join(self.allowed)}"
        what = {"whole": "a whole number", "number": "a number", "pair": "a size such as 3x3, each side"}
        what = what.get(self.kind, "a size such as 3 or 3x3, each side")
        return f"{what} {between(self.low, self.high)}"

    def refusal(self, block: str, name: str, text: str) -> str:
        """Why a text cannot be this value of a block, and what could."""
        return f"{block}: {name} must be {self.wanted()}, {f'got {text[:40]!r}' if text else 'got nothing'}"

    def read(self, text: str) -> Any:
        """The value of a word of the text; ValueError if it may not stand here."""
        if self.allowed:
            if text not in self.allowed:
                raise ValueError(text)
            return text
        sides = text.replace("×", "x").split("x") if self.kind in ("pair", "size") else [text]
        values = [float(side) if self.kind == "number" else int(side) for side in sides]
        if len(values) > 2 or not all(math.isfinite(each) and self.low <= each <= self.high for each in values):
            raise ValueError(text)
        return (values[0], values[-1]) if self.kind in ("pair", "size") else values[0]


def argument(kind: str, low: float, high: float, help: str, *, default: Any = MISSING, option: bool = False) -> Any:
    """A dataclass field of a block. A default of None stands for what the block works out itself."""
    return field(default=default, metadata={"argument": Argument(kind, low, high, help, option)})


def word(default: str, allowed: tuple[str, ...], help: str) -> Any:
    """A dataclass field of a block whose value is a word behind the field's name."""
    return field(default=default, metadata={"argument": Argument("word", 0, 0, help, True, allowed)})


@dataclass(frozen=True)
class Block:
    """Base of all blocks; frozen. A subclass is decorated with `block`, and lives in a file of dlcore/config/blocks.

    start: where it stands in the text that it was read from
    """

    name: ClassVar[str]
    """The word it begins with."""
    example: ClassVar[str]
    about: ClassVar[str]
    """What it does, in one sentence."""
    keeps_shape: ClassVar[bool] = False
    """Whether it gives every shape that it takes."""
    start: int = field(default=0, compare=False, repr=False, kw_only=True)

    @classmethod
    def words(cls) -> tuple[str, ...]:
        """The words with which it may begin."""
        return (cls.name,)

    @classmethod
    def arguments(cls) -> dict[str, Argument]:
        """How each of its fields is written, in the order of the text."""
        return {each.name: each.metadata["argument"] for each in fields(cls) if "argument" in each.metadata}

    @property
    def text(self) -> str:
        """As a person writes it; options at their defaults are left out."""
        parts = [self.name]
        defaults = {each.name: each.default for each in fields(self)}
        for name, rule in self.arguments().items():
            value = getattr(self, name)
            if not rule.option:
                parts.append(written(value, both=rule.kind == "pair"))
            elif value != defaults[name]:
                parts += [name, written(value)]
        return " ".join(parts)

    def shape(self, given: Shape) -> Shape:
        """What it makes of a shape; Misfit if it takes no such shape."""
        if self.keeps_shape:
            return given
        raise NotImplementedError

    def parameters(self, given: Shape) -> int:
        """Numbers that it learns, on inputs of this shape."""
        return 0

    def multiply_adds(self, given: Shape) -> int:
        """Multiplications with a learned number, each with its addition, for one sample."""
        return 0

    def call(self, given: Shape) -> Call:
        """The torch module for inputs of this shape."""
        raise NotImplementedError

    def inside(self) -> Iterator["Block"]:
        """The blocks that it is made of, if any."""
        return iter(())

    def with_dropout(self, rate: float) -> Self:
        """The same block with every dropout in it at `rate`."""
        return self

    def giving(self, count: int) -> Self | None:
        """The same block with so many outputs; None where what it gives follows from what it takes."""
        return None

    def at(self, start: int) -> Self:
        """The same block, as read from this place of a text."""
        return replace(self, start=start)


BLOCKS: Registry[type[Block]] = Registry("block", "dlcore.config.blocks")
"""Every block by its name."""


def block(made: type[Block]) -> type[Block]:
    """A decorator: make a subclass of Block known by its `name`."""
    return BLOCKS.register(made)


def written(value: Any, *, both: bool = False) -> str:
    """A value as the text has it. both: write a pair as 3x3 although its sides are equal."""
    if isinstance(value, tuple):
        return f"{value[0]}x{value[1]}" if both or value[0] != value[1] else f"{value[0]}"
    return plain(value) if isinstance(value, float) else str(value)


def image(given: Shape, what: str) -> tuple[int, int, int]:
    """The shape of an image, or Misfit."""
    if len(given) != 3:
        raise Misfit(f"{what} reads images, but is given {said(given)}: put it before flatten, dense and global-pool")
    return given[0], given[1], given[2]


def said(shape: Shape) -> str:
    """A shape in words: 64×5×5, or 576 numbers."""
    return "×".join(map(str, shape)) if len(shape) == 3 else f"{shape[0]:,} numbers"


def slid(side: int, kernel: int, stride: int, pad: int) -> int:
    """Places at which a window of `kernel` lies along a side."""
    return (side + 2 * pad - kernel) // stride + 1


def window(given: Shape, what: str, kernel: tuple[int, int], stride: tuple[int, int], pad: tuple[int, int]) -> Shape:
    """Height and width of what a window finds on an image, or Misfit if it is larger than the padded image."""
    _, *sides = image(given, what)
    if any(side + 2 * edge < size for side, size, edge in zip(sides, kernel, pad, strict=True)):
        room = tuple(side + 2 * edge for side, edge in zip(sides, pad, strict=True))
        raise Misfit(
            f"{what} with a window of {kernel[0]}×{kernel[1]} is given {said(given)}: "
            f"{room[0]}×{room[1]} is the largest that fits"
        )
    return tuple(slid(*each) for each in zip(sides, kernel, stride, pad, strict=True))


def placed(way: Iterable[Block], given: Shape) -> Iterator[tuple[Block, Shape]]:
    """Each block of a sequence with the shape that it is given."""
    for each in way:
        yield each, given
        given = passed(each, given)


def after(way: Iterable[Block], given: Shape) -> Shape:
    """The shape behind the last block of a sequence."""
    for each in way:
        given = passed(each, given)
    return given


def passed(block: Block, given: Shape) -> Shape:
    """The shape behind one block; a Misfit says which block it was."""
    try:
        return block.shape(given)
    except Misfit as error:
        error.block = error.block or block
        raise
