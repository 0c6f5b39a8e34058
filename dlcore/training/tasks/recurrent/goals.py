"""What a recurrent network is asked for: a class, or a number. Outputs and targets come flattened, the counted ones."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True)
class TellClass:
    """Classes and characters: cross-entropy. perplexity: whether e^loss is shown as well, as it is for texts."""

    smoothing: float = 0.0
    perplexity: bool = False

    @property
    def metrics(self) -> tuple[str, ...]:
        return ("loss", "perplexity", "accuracy") if self.perplexity else ("loss", "accuracy")

    def loss(self, outputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """To descend, and what is shown of it: outputs (M, classes), targets int64 (M,)."""
        loss = functional.cross_entropy(outputs, targets, label_smoothing=self.smoothing)
        plain = functional.cross_entropy(outputs.detach(), targets) if self.smoothing else loss.detach()
        return loss, torch.stack(self._shown(plain, outputs.detach(), targets))

    def measure(self, outputs: Tensor, targets: Tensor) -> dict[str, float]:
        """Means over a whole split."""
        shown = self._shown(functional.cross_entropy(outputs, targets), outputs, targets)
        return dict(zip(self.metrics, (each.item() for each in shown), strict=True))

    def figures(self, means: Mapping[str, float]) -> dict[str, float]:
        """Of an epoch: its perplexity is that of the mean loss, as in validation; the mean of perplexities is more."""
        perplexity = {"perplexity": math.exp(min(means["loss"], 700.0))} if self.perplexity else {}
        return {**means, **perplexity}

    def _shown(self, loss: Tensor, outputs: Tensor, targets: Tensor) -> tuple[Tensor, ...]:
        accuracy = (outputs.argmax(1) == targets).float().mean()
        return (loss, loss.exp(), accuracy) if self.perplexity else (loss, accuracy)


@dataclass(frozen=True)
class TellNumber:
    """Sums and forecasts: mean squared error."""

    metrics: tuple[str, ...] = ("loss",)

    def loss(self, outputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """To descend, and what is shown of it: outputs (M, 1), targets (M,)."""
        loss = functional.mse_loss(outputs.squeeze(1), targets)
        return loss, loss.detach()[None]

    def figures(self, means: Mapping[str, float]) -> dict[str, float]:
        """Of an epoch: the mean loss."""
        return dict(means)

    def measure(self, outputs: Tensor, targets: Tensor) -> dict[str, float]:
        """Mean over a whole split."""
        return {"loss": functional.mse_loss(outputs.squeeze(1), targets).item()}
