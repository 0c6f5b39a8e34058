"""Which weights of a run are kept: the best, by the loss on the validation split, and the last."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from torch import Tensor

from dlcore.models import files
from dlcore.training import checkpoint
from dlcore.training.records import Moment


@dataclass(frozen=True)
class Kept:
    """Weights, on the CPU, and the moment that they are from."""

    moment: Moment
    weights: dict[str, Tensor]


class Keeper:
    """The best and the last weights of one run, of those with a finite loss: a diverged run may have some too."""

    def __init__(self) -> None:
        self.best: Kept | None = None
        self.last: Kept | None = None

    @property
    def last_step(self) -> int:
        """The step of the last weights, −1 where there are none."""
        return self.last.moment.step if self.last else -1

    @property
    def best_epoch(self) -> int:
        """The epoch of the best weights, 0 where there are none."""
        return self.best.moment.epoch if self.best else 0

    @property
    def said(self) -> str:
        """A sentence on what is kept; empty if nothing is."""
        if self.best is None or self.last is None:
            return ""
        best, last = self.best.moment, self.last.moment
        if best is last:
            return f"The weights {best.said} are kept: no earlier ones had a lower validation loss."
        return f"The best weights by validation loss, {best.said}, and the last ones, {last.said}, are kept."

    def note(self, moment: Moment, weights: dict[str, Tensor]) -> None:
        """Keep weights as the last, and as the best if no earlier ones had as low a loss."""
        loss = moment.validation["loss"]
        if not math.isfinite(loss):
            return
        self.last = Kept(moment, weights)
        if self.best is None or loss < self.best.moment.validation["loss"]:
            self.best = self.last

    def pack(self) -> dict[str, Tensor]:
        """What a checkpoint carries: the last weights only where they are not the best."""
        found: dict[str, Tensor] = {}
        if self.best and self.last:
            found |= _packed("best", self.best)
            if self.last is not self.best:
                found |= _packed("last", self.last)
        return found

    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        """Go on from what `pack` made."""
        self.best = _unpacked("best", tensors)
        self.last = _unpacked("last", tensors) or self.best


def _packed(name: str, kept: Kept) -> dict[str, Tensor]:
    place = asdict(kept.moment)
    numbers = {each: place[each] for each in ("step", "epoch", "whole")}
    return {
        **checkpoint.pack(name, kept.weights),
        **checkpoint.pack(f"{name}-moment", numbers),
        **checkpoint.pack(f"{name}-validation", kept.moment.validation),
    }


def _unpacked(name: str, tensors: Mapping[str, Tensor]) -> Kept | None:
    numbers = {each: int(value) for each, value in checkpoint.unpack(f"{name}-moment", tensors).items()}
    if not numbers:
        return None
    validation = {each: value.item() for each, value in checkpoint.unpack(f"{name}-validation", tensors).items()}
    moment = Moment(numbers["step"], numbers["epoch"], validation, whole=bool(numbers["whole"]))
    return Kept(moment, files.renamed(checkpoint.unpack(name, tensors)))
