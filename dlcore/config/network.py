"""A network of blocks as a value, and its text, which a person can type: its name, its link, its description.

    >>> network = network_text.parse("conv 8 3x3, relu, pool 2, flatten, dense 10")
    >>> [(row.name, row.shape, row.parameters) for row in network.rows((1, 28, 28))]
    [('conv', (8, 26, 26), 80), ('relu', (8, 26, 26), 0), ('pool', (8, 13, 13), 0), ('flatten', (1352,), 0),
     ('output', (10,), 13530)]

Shapes, parameters and multiply-adds are computed without torch.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from dlcore.config.block import Block, Shape, after
from dlcore.config.blocks.activation import Activation
from dlcore.config.blocks.residual import Residual
from dlcore.errors import InvalidValue
from dlcore.formula.calls import Call

MOST_PARAMETERS = 4_000_000
"""With its gradients and an optimizer's state a checkpoint of it has 64 MB."""
MOST_MULTIPLY_ADDS = 200_000_000
"""For one image: 70 times those of cnn-64, ten minutes and more for an epoch of MNIST on two cores."""
MOST_BYTES = 4_000_000_000
BYTES_A_VALUE = 8
"""What training keeps of every value that a block gives: the value and its gradient."""


@dataclass(frozen=True)
class Row:
    """One block in its place. name: of its module; given, shape: before and behind it."""

    block: Block
    name: str
    given: Shape
    shape: Shape

    @property
    def parameters(self) -> int:
        """Numbers that it learns."""
        return self.block.parameters(self.given)

    @property
    def multiply_adds(self) -> int:
        """For one sample."""
        return self.block.multiply_adds(self.given)

    @property
    def call(self) -> Call:
        """The torch module."""
        return self.block.call(self.given)


@dataclass(frozen=True)
class Network:
    """A sequence of blocks."""

    blocks: tuple[Block, ...]

    @cached_property
    def text(self) -> str:
        """As a person types it; `network_text.parse` reads it again."""
        return ", ".join(each.text for each in self.blocks)

    def rows(self, given: Shape) -> tuple[Row, ...]:
        """Every block with its shapes; Misfit, with the block, where one does not fit."""
        rows, names = [], _names(self.blocks)
        for each, name in zip(self.blocks, names, strict=True):
            shape = after((each,), given)
            rows.append(Row(each, name, given, shape))
            given = shape
        return tuple(rows)

    def parameters(self, given: Shape) -> int:
        """Numbers that it learns."""
        return sum(row.parameters for row in self.rows(given))

    def multiply_adds(self, given: Shape) -> int:
        """For one sample."""
        return sum(row.multiply_adds for row in self.rows(given))

    def bytes(self, given: Shape, batch: int) -> int:
        """Memory of one step of training, roughly: what the blocks give and its gradient, and four numbers a weight."""
        values = sum(math.prod(shape) for shape in _shapes(self.blocks, given))
        return batch * values * BYTES_A_VALUE + 16 * self.parameters(given)

    def has(self, name: str) -> bool:
        """Whether a block of that name is in it, at any depth."""
        return any(each.name == name for each in self.every())

    def every(self) -> Iterator[Block]:
        """All blocks, those inside of others too."""
        return every(self.blocks)

    def with_dropout(self, rate: float) -> "Network":
        """The same network with all its dropout at `rate`."""
        return Network(tuple(each.with_dropout(rate) for each in self.blocks))

    def giving(self, count: int) -> "Network":
        """The same network for so many classes: its last block that can give any number of outputs gives these."""
        for place, each in reversed(list(enumerate(self.blocks))):
            if (changed := each.giving(count)) is not None:
                return Network((*self.blocks[:place], changed, *self.blocks[place + 1 :]))
        return self

    @property
    def summary(self) -> str:
        """What stands out, for a line: conv 32 → pool → conv 64 → dense 10. ReLU, the usual bend, does not."""
        left_out = ("flatten", "dropout 0", "relu")
        return " → ".join(_short(each) for each in self.blocks if each.text not in left_out)


def check_size(network: Network, given: Shape, batch: int) -> None:
    """InvalidValue, with the figure, if a network is too large to be trained here."""
    found = network.parameters(given)
    if found > MOST_PARAMETERS:
        largest = max(network.rows(given), key=lambda row: row.parameters)
        raise InvalidValue(
            f"a network may have {MOST_PARAMETERS:,} parameters, this has {found:,}, "
            f"{largest.parameters:,} of them in {largest.block.text}: make that smaller, or pool before it"
        )
    found = network.multiply_adds(given)
    if found > MOST_MULTIPLY_ADDS:
        largest = max(network.rows(given), key=lambda row: row.multiply_adds)
        raise InvalidValue(
            f"a network may take {MOST_MULTIPLY_ADDS:,} multiply-adds for one image, this takes {found:,}, "
            f"{largest.multiply_adds:,} of them in {largest.block.text}: make that smaller, or pool before it"
        )
    needed = network.bytes(given, batch)
    if needed > MOST_BYTES:
        raise InvalidValue(
            f"a step on {batch:,} images would take about {needed / 1e9:.1f} GB of memory, where "
            f"{MOST_BYTES / 1e9:.0f} GB are allowed: choose a smaller batch_size, or pool earlier"
        )


def every(blocks: tuple[Block, ...]) -> Iterator[Block]:
    """All of these blocks, each with those inside of it."""
    for each in blocks:
        yield each
        yield from every(tuple(each.inside()))


def _shapes(blocks: tuple[Block, ...], given: Shape) -> Iterator[Shape]:
    """What every block gives, at any depth."""
    for each in blocks:
        for way in (each.through, each.around) if isinstance(each, Residual) else ():
            yield from _shapes(way, given)
        given = each.shape(given)
        yield given


def _names(blocks: tuple[Block, ...]) -> list[str]:
    """A name for each module: its word, numbered where it comes twice; a dense block at the end is the output."""
    words = [_word(each) for each in blocks]
    if words and words[-1] == "dense":
        words[-1] = "output"
    count, seen = Counter(words), Counter()
    names = []
    for each in words:
        seen[each] += 1
        names.append(f"{each}{seen[each]}" if count[each] > 1 else each)
    return names


def _word(block: Block) -> str:
    return block.function if isinstance(block, Activation) else block.name


def _short(block: Block) -> str:
    if isinstance(block, Residual):
        ways = ["…" if not way else ", ".join(map(_short, way)) for way in (block.through, block.around) if way]
        return f"residual({'; '.join(ways)})"
    return re.sub(r"^(conv \d+|pool) .*", r"\1", block.text)
