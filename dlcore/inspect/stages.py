"""One real step of training in its eight stages, as numbers: what `dlcore.training.walk` saw while it was done."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from dlcore.config.block import Block
from dlcore.config.blocks.residual import Residual
from dlcore.config.image_sets import SHAPE
from dlcore.config.initialisations import NAMES, Spread, spread
from dlcore.config.network import Network
from dlcore.inspect.update import Moved

HISTOGRAM = 31
"""Bins of a histogram, from the smallest value to the largest."""


@dataclass(frozen=True)
class Values:
    """What a tensor holds. counts: int64 (HISTOGRAM,), of values in equal bins from `least` to `most`"""

    shape: tuple[int, ...]
    mean: float
    deviation: float
    least: float
    most: float
    counts: np.ndarray

    @classmethod
    def of(cls, tensor: Tensor) -> "Values":
        """Measured; values that are not finite are left out of the histogram."""
        flat = tensor.detach().float().flatten()
        known = flat[flat.isfinite()]
        least, most = (known.min().item(), known.max().item()) if len(known) else (0.0, 0.0)
        counts = torch.histc(known, HISTOGRAM, least, most) if most > least else torch.zeros(HISTOGRAM)
        if most == least:
            counts[HISTOGRAM // 2] = len(known)
        return cls(
            tuple(tensor.shape), flat.mean().item(), flat.std(correction=0).item(), least, most,
            counts.long().cpu().numpy(),
        )  # fmt: skip


@dataclass(frozen=True)
class Start:
    """The weights of one layer as they were drawn. rule: see dlcore.config.initialisations"""

    layer: str
    rule: str
    expected: Spread
    values: Values


@dataclass(frozen=True)
class Pass:
    """What one block of the network gave for the batch. text: of the block; None stands for the input"""

    text: str
    values: Values


@dataclass(frozen=True)
class Pull:
    """The gradient of one layer's weights, and what became of them: Euclidean norms of ∂L/∂W, W and the update."""

    layer: str
    count: int
    gradient: float
    weights: float
    update: float


@dataclass(frozen=True)
class Batch:
    """What was learned from in this step.

    index: int64 (B,), places in the training split; labels: int64 (B,)
    images: uint8 (B, 1, 28, 28), as they are kept
    inputs: float32 (N, 1, 28, 28), as the network read them: the images first, then outliers if the run has any
    logits: float32 (N, classes), in training mode
    loss: what was descended; accuracy: of the batch before the weights moved
    """

    index: Tensor
    labels: Tensor
    images: Tensor
    inputs: Tensor
    logits: Tensor
    loss: float
    accuracy: float

    @property
    def size(self) -> int:
        """Training images in it."""
        return len(self.labels)

    @property
    def beliefs(self) -> Tensor:
        """The probability of the true class of each image: float32 (B,)."""
        return self.logits[: self.size].softmax(1).gather(1, self.labels[:, None])[:, 0]

    def losses(self, smoothing: float) -> Tensor:
        """The cross-entropy of each image: float32 (B,)."""
        return functional.cross_entropy(
            self.logits[: self.size], self.labels, label_smoothing=smoothing, reduction="none"
        )

    @property
    def doubt(self) -> float | None:
        """The mean of −ln p over all classes of the outliers; None without outliers."""
        strange = self.logits[self.size :]
        return -strange.log_softmax(1).mean().item() if len(strange) else None


@dataclass(frozen=True)
class Answered:
    """What the validation images were taken for: bool (n,), whether that was right; and the mean loss."""

    right: Tensor
    loss: float

    @classmethod
    def of(cls, logits: Tensor, labels: Tensor) -> "Answered":
        return cls(logits.argmax(1) == labels, functional.cross_entropy(logits, labels).item())

    @property
    def accuracy(self) -> float:
        return self.right.float().mean().item()


@dataclass(frozen=True)
class Stages:
    """One step. step: counts from 1, as in records; rate: the learning rate in use, with its schedule

    remembers: whether its optimizer keeps a memory of earlier steps; here that memory begins empty
    weights: of the network after the step, as a state dict
    clipped: the norm of the whole gradient where it was longer than `gradient_clip` allows; None where nothing was cut
    """

    step: int
    epoch: int
    rate: float
    starts: tuple[Start, ...]
    batch: Batch
    passes: tuple[Pass, ...]
    pulls: tuple[Pull, ...]
    moved: tuple[Moved, ...]
    before: Answered
    after: Answered
    remembers: bool
    weights: Mapping[str, Tensor]
    clipped: float | None


def named(network: Network) -> Mapping[str, Block]:
    """Every block, those inside of others too, by the name of its module in the network."""
    rows = network.rows(SHAPE)
    return dict(_named([row.block for row in rows], [row.name for row in rows], ""))


def _named(blocks: Sequence[Block], names: Sequence[str], before: str) -> Iterator[tuple[str, Block]]:
    for block, name in zip(blocks, names, strict=True):
        yield f"{before}{name}", block
        if isinstance(block, Residual):
            for way, title in ((block.through, "through"), (block.around, "around")):
                yield from _named(way, [str(place) for place in range(len(way))], f"{before}{name}.{title}.")


def title(path: str, blocks: Mapping[str, Block]) -> str:
    """What a layer is called: conv 32 3×3; relu (2), where there are several; residual (1): relu inside of a group."""
    before, _, _ = path.partition(".")
    alike = [name for name, block in blocks.items() if _short(block) == _short(blocks[path])]
    text = _short(blocks[path]) + (f" ({alike.index(path) + 1})" if len(alike) > 1 else "")
    return text if before == path else f"{title(before, blocks)}: {text}"


def _short(block: Block) -> str:
    return block.name if any(block.inside()) else re.sub(r"(\d)x(\d)", r"\1×\2", block.text)


def starts(model: nn.Module, blocks: Mapping[str, Block]) -> tuple[Start, ...]:
    """Of every layer whose weights are drawn, how they are spread, and how its rule says they are."""
    found = []
    for path, block in blocks.items():
        rule = block.arguments().get("init")
        if rule and rule.allowed == NAMES:
            weight = model.get_parameter(f"{path}.weight")
            name = str(vars(block)["init"])
            found.append(Start(title(path, blocks), name, spread(name, tuple(weight.shape)), Values.of(weight)))
    return tuple(found)


def norm(tensors: Sequence[Tensor]) -> float:
    """The Euclidean norm of several tensors as one."""
    return math.sqrt(sum(each.detach().double().square().sum().item() for each in tensors))
