"""What a network is made of, as a table: blocks, shapes, parameters, multiply-adds. Of image networks without torch."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from dlcore.config.block import Block, Shape, placed
from dlcore.config.image_sets import SHAPE
from dlcore.config.images import ImageModel
from dlcore.config.run import RunConfig


@dataclass(frozen=True)
class Line:
    """One part of a network.

    block: as text, or the kind of layer; depth: how deep it lies inside of other blocks
    shape: what it gives, without the batch; multiply_adds: for one sample; None where they depend on the input
    """

    block: str
    depth: int
    shape: tuple[int, ...] | None
    parameters: int
    multiply_adds: int | None


@dataclass(frozen=True)
class Description:
    """A network: its name or "network", its text if it is made of blocks, and its parts."""

    name: str
    kind: str
    text: str
    lines: tuple[Line, ...]
    parameters: int
    multiply_adds: int | None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self)

    def table(self) -> str:
        """The lines under one another, with the sums below."""
        whole = Line("all", 0, None, self.parameters, self.multiply_adds)
        rows = [("block", "gives", "parameters", "multiply-adds"), *map(_cells, (*self.lines, whole))]
        wide = [max(len(row[place]) for row in rows) for place in range(4)]
        head = f"{self.name}: {self.text}\n\n" if self.text else f"{self.name}\n\n"
        return head + "\n".join(
            f"{block:{wide[0]}}  {gives:{wide[1]}}  {parameters:>{wide[2]}}  {adds:>{wide[3]}}".rstrip()
            for block, gives, parameters, adds in rows
        )


def described(config: RunConfig) -> Description:
    """The network of a run."""
    if isinstance(config.model, ImageModel):
        network = config.model.value
        lines = tuple(_blocks(network.blocks, SHAPE, 0))
        sums = network.parameters(SHAPE), network.multiply_adds(SHAPE)
        return Description(config.name, config.kind, network.text, lines, *sums)
    lines = tuple(_modules(config))
    return Description(config.name, config.kind, "", lines, sum(line.parameters for line in lines), None)


def _blocks(blocks: Iterable[Block], given: Shape, depth: int) -> Iterator[Line]:
    for each, shape in placed(blocks, given):
        inside = [way for way in (getattr(each, "through", ()), getattr(each, "around", ())) if way]
        text = each.name if inside else each.text
        yield Line(text, depth, each.shape(shape), each.parameters(shape), each.multiply_adds(shape))
        for way in inside:
            yield from _blocks(way, shape, depth + 1)


def _modules(config: RunConfig) -> Iterator[Line]:
    """The layers that learn, on a device that holds no numbers."""
    import torch

    from dlcore.models.build import build

    with torch.device("meta"):
        model = build(config)
    for module in model.modules():
        count = sum(each.numel() for each in module.parameters(recurse=False))
        if count:
            yield Line(str(module), 0, None, count, None)


def _cells(line: Line) -> tuple[str, str, str, str]:
    shape = "" if line.shape is None else "×".join(map(str, line.shape))
    adds = "" if line.multiply_adds is None else f"{line.multiply_adds:,}"
    return "  " * line.depth + line.block, shape, f"{line.parameters:,}", adds
