"""What `fit` asks of a task: everything about one run that is not the loop. Each kind of run has a task of its own."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol

from typing_extensions import TypeVar

from dlcore.config.run import RunConfig

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn

    from dlcore.data.sets import Progress
    from dlcore.training.records import Snapshot

Confusion = tuple[tuple[int, ...], ...]

NO_THRESHOLD = -1e30
"""A novelty score that everything reaches: also for models in the middle of a run."""


@dataclass(frozen=True)
class Phase:
    """One part of a step: some parameters go down one loss, with an optimizer of their own.

    Most tasks have one; two adversaries have two, which take turns within each step.

    parameters: what moves
    loss: of the training samples at indices (B,): what to descend, and what to show of it, stacked
    metrics: what is shown, in that order; the first phase begins with "loss"
    rate: factor on the run's learning rate
    name: tells the phases of a task apart; empty if there is one
    """

    parameters: "Sequence[nn.Parameter]"
    loss: "Callable[[Tensor], tuple[Tensor, Tensor]]"
    metrics: tuple[str, ...]
    rate: float = 1.0
    name: str = ""


class Task(Protocol):
    """Data, network, losses and what is measured.

    name, notice, labels: the data that are really used, a sentence if others stand in for them, the classes if any
    sizes: samples in train, validation and test
    model: all that is learned; its state is what is kept
    generator: random numbers of the data; the loop seeds it and torch's default generator anew at every step
    """

    name: str
    notice: str
    labels: tuple[str, ...]
    model: "nn.Module"
    precision: str
    generator: "torch.Generator"

    @property
    def sizes(self) -> Mapping[str, int]: ...

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The parts of each step, in their order."""
        ...

    def begin(self, step: int) -> None:
        """Called before a step. step: counts from 0"""
        ...

    def after_backward(self, phase: Phase, step: int) -> None:
        """Called between the backward pass and the optimizer: gradients are there to be looked at, or changed.

        step: counts from 0
        """
        ...

    def noticed(self) -> "Iterable[Snapshot]":
        """Called after a step: what there is to look at in that step itself."""
        ...

    def figures(self, means: Mapping[str, float]) -> dict[str, float]:
        """The figures of an epoch, from the mean of each metric over its samples."""
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


N = TypeVar("N", bound="nn.Module", default="nn.Module")


class SimpleTask(Generic[N]):
    """What most tasks have in common: one phase, which moves the whole model; nothing to do between the passes."""

    model: N
    metrics: tuple[str, ...]

    def loss(self, index: "Tensor") -> "tuple[Tensor, Tensor]":
        """The loss to descend on the training samples at `index` (B,), and the metrics to show, stacked."""
        raise NotImplementedError

    @property
    def phases(self) -> tuple[Phase, ...]:
        return (Phase(tuple(self.model.parameters()), self.loss, self.metrics),)

    def begin(self, step: int) -> None:
        pass

    def after_backward(self, phase: Phase, step: int) -> None:
        pass

    def noticed(self) -> "Iterable[Snapshot]":
        return ()

    def figures(self, means: Mapping[str, float]) -> dict[str, float]:
        return dict(means)

    def restore(self, weights: "Mapping[str, Tensor]") -> None:
        """Put weights into the network; those that an older version wrote may have other names."""
        from dlcore.models.files import renamed

        self.model.load_state_dict(renamed(weights))


def make(
    config: RunConfig, where: "torch.device", progress: "Progress | None" = None, examples: bytes | None = None
) -> Task:
    """The task that `config` describes, on one device; with the examples of its own where it learns from them."""
    made = config.about.find("task")
    return made(config, where, progress, examples) if config.brings else made(config, where, progress)
