"""The records that `fit` yields. Small, frozen, free of torch but for `Checkpoint`'s tensors."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import torch


@dataclass(frozen=True)
class Moment:
    """A place in a run: what its weights were like there."""

    step: int
    """Steps done."""
    epoch: int
    """The epoch in which that step lies, counted from 1; 0 before the first."""
    validation: dict[str, float]
    test: dict[str, float] = field(default_factory=dict)
    """Measured when the run has ended; else empty."""
    whole: bool = True
    """Whether the epoch ends with that step."""

    @property
    def said(self) -> str:
        """after epoch 3, or after step 1,883, in epoch 95."""
        if self.whole:
            return f"after epoch {self.epoch}" if self.epoch else "before training"
        return f"after step {self.step:,}, in epoch {self.epoch:,}"


@dataclass(frozen=True)
class Started:
    """First record of a run, and of each resumption of it."""

    step: int
    """Steps done before: 0, or the step of the checkpoint that was resumed from."""
    epochs: int
    steps_per_epoch: int
    parameters: int
    device: str
    """cuda, mps or cpu."""
    device_name: str
    precision: str
    data: str
    """The data set that was really used."""
    sizes: Mapping[str, int]
    """Samples in train, validation, test."""
    labels: tuple[str, ...] = ()
    """Names of the classes."""
    notice: str = ""
    """A sentence to show, such as why another data set stands in."""
    threads: int = 0
    """Of the processor, in use at the start; 0 if it is not known."""


@dataclass(frozen=True)
class Step:
    """One optimizer step: the batch's own metrics before the weights moved."""

    step: int
    """Counts from 1 over the whole run."""
    epoch: int
    """Counts from 1."""
    learning_rate: float
    values: dict[str, float]
    """Metrics of the batch by name: always `loss`; `accuracy` where there are classes."""


@dataclass(frozen=True)
class Epoch:
    """End of an epoch: means over its training batches, and the validation split in eval mode."""

    epoch: int
    step: int
    train: dict[str, float]
    validation: dict[str, float]
    train_seconds: float
    """Time in the training loop alone since the start of the run, evaluation excluded."""
    samples: int
    """Training samples seen since the start of the run."""
    best: Moment | None = None
    """Where the loss on the validation split was lowest so far."""

    def __post_init__(self) -> None:
        _moments(self, "best")


@dataclass(frozen=True)
class Changed:
    """A control took effect: `setting` has `value` from the next step on."""

    step: int
    setting: str
    value: float


@dataclass(frozen=True)
class Snapshot:
    """Arrays to look at while a run goes on, such as predictions on fixed samples."""

    step: int
    epoch: int
    name: str
    arrays: "dict[str, np.ndarray]"


@dataclass(frozen=True)
class Checkpoint:
    """All that is needed to go on from here: model.*, optimizer.*, rng.* and loop.* tensors, on the CPU."""

    step: int
    epoch: int
    tensors: "dict[str, torch.Tensor]" = field(repr=False)
    end_of_epoch: bool = True


@dataclass(frozen=True)
class Finished:
    """Last record of a run. `reason`: completed, stopped, early stopping, diverged.

    The model is what had the lowest loss on the validation split; `test`, `confusion` and `weights` are of it.
    """

    step: int
    epoch: int
    """The one in which the last step lies."""
    reason: str
    message: str
    test: dict[str, float]
    confusion: tuple[tuple[int, ...], ...]
    """Counts on the test split, rows: true class, columns: predicted."""
    train_seconds: float
    samples: int
    best_epoch: int
    """The epoch whose weights are the model."""
    weights: bytes = field(repr=False, default=b"")
    """The model as one safetensors file, its config and threshold in the header; see dlcore.models.files."""
    last_weights: bytes = field(repr=False, default=b"")
    """The weights that training ended with, where they are others."""
    best: Moment | None = None
    last: Moment | None = None
    """Where these weights are from; None if nothing was kept, and in records of older versions."""
    threads: tuple[int, ...] = ()
    """The numbers of threads that were in use, in the order in which they first were."""

    def __post_init__(self) -> None:
        _moments(self, "best", "last")

    @property
    def has_last(self) -> bool:
        """Whether the last weights are others than the best."""
        return self.last is not None and self.best is not None and self.last.step != self.best.step


def _moments(record: "Epoch | Finished", *names: str) -> None:
    """Put the place of plain JSON, as a record of the store has it."""
    for name in names:
        if isinstance(found := getattr(record, name), dict):
            object.__setattr__(record, name, Moment(**found))


Record = Started | Step | Epoch | Changed | Snapshot | Checkpoint | Finished

_PLAIN = {kind.__name__: kind for kind in (Started, Epoch, Changed, Finished)}


def to_dict(record: Record) -> dict[str, Any]:
    """A plain JSON form of a Started, Epoch, Changed or Finished (without its weights)."""
    values = {name: value for name, value in asdict(record).items() if name not in ("weights", "last_weights")}
    return {"kind": type(record).__name__, **values}


def from_dict(values: dict[str, Any]) -> Record:
    """The record that `to_dict` wrote."""
    kind = _PLAIN[values["kind"]]
    return kind(**{key: _tuples(value) for key, value in values.items() if key != "kind"})


def _tuples(value: Any) -> Any:
    return tuple(_tuples(each) for each in value) if isinstance(value, list) else value
