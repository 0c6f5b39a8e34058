"""What `fit` asks of a task: everything about one run that is not the loop."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Protocol

from dlcore.models.presets import preset

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn

    from dlcore.data.sets import Progress
    from dlcore.training.config import RunConfig
    from dlcore.training.records import Snapshot

Confusion = tuple[tuple[int, ...], ...]


class Task(Protocol):
    """Data, network, loss and what is measured.

    name, notice, labels: the data that are really used, a sentence if others stand in for them, the classes if any
    metrics: what `loss` measures on a batch, "loss" first
    sizes: samples in train, validation and test
    generator: random numbers of the data; the loop seeds it and torch's default generator anew at every step
    """

    name: str
    notice: str
    labels: tuple[str, ...]
    metrics: tuple[str, ...]
    sizes: dict[str, int]
    model: "nn.Module"
    precision: str
    generator: "torch.Generator"

    def loss(self, index: "Tensor") -> "tuple[Tensor, Tensor]":
        """The loss to descend on the training samples at `index` (B,), and the metrics to show, stacked."""
        ...

    def evaluate(self, name: str) -> dict[str, float]:
        """Metrics on the split called `name`, in eval mode; always with a "loss"."""
        ...

    def snapshots(self, step: int, epoch: int) -> "Iterable[Snapshot]":
        """What there is to look at while the run goes on."""
        ...

    def examine(self) -> tuple[dict[str, float], Confusion, float]:
        """After training: metrics and confusion matrix on the test split, and the novelty threshold.

        Where there are no classes the matrix is empty, and where nothing is rejected the threshold is NO_THRESHOLD.
        """
        ...

    def restore(self, weights: "Mapping[str, Tensor]") -> None:
        """Put weights from a checkpoint into the network."""
        ...


NO_THRESHOLD = -1e30
"""A novelty score that everything reaches: also for models in the middle of a run."""


def make(config: "RunConfig", where: "torch.device", progress: "Progress | None" = None) -> Task:
    """The task that `config` describes, on one device."""
    kind = preset(config.preset).kind
    if kind == "recurrent":
        from dlcore.training.sequences import SequenceTask

        return SequenceTask(config, where, progress)
    if kind == "autoencoder":
        from dlcore.training.autoencoding import AutoencoderTask

        return AutoencoderTask(config, where, progress)
    from dlcore.training.images import ImageTask

    return ImageTask(config, where, progress)
