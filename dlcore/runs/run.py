"""What the store tells about a run and about the queue. No torch in here."""

from dataclasses import dataclass

from dlcore.training.config import RunConfig
from dlcore.training.records import Epoch, Finished, Started

ACTIVE = ("running", "paused")
ENDED = ("finished", "stopped", "diverged", "interrupted", "failed")
STATES = ("queued", *ACTIVE, *ENDED)


@dataclass(frozen=True)
class Run:
    """One run as it stands. Times are Unix seconds."""

    id: str
    owner: str
    title: str
    config: RunConfig
    state: str
    """queued, running, paused, finished (completed or stopped early by rule), stopped, diverged, interrupted, failed"""
    message: str
    """A sentence about the state; may be empty."""
    created: float
    started: float | None
    ended: float | None
    step: int
    epoch: int
    total_steps: int
    """Steps that the whole run will take; 0 until it has started."""
    position: int
    """Place in the queue from 1 on; 0 if it does not wait."""
    samples_per_second: float | None
    seconds_left: float | None
    started_record: Started | None
    last_epoch: Epoch | None
    finished: Finished | None
    has_weights: bool

    @property
    def data(self) -> str:
        """The data set that is used, which may stand in for another; before the start the one that was asked for."""
        return self.started_record.data if self.started_record else self.config.data.name

    @property
    def active(self) -> bool:
        """Whether anything about it may still change by itself."""
        return self.state == "queued" or self.state in ACTIVE

    @property
    def can_retry(self) -> bool:
        """Whether `Store.retry` would take it."""
        return self.state in ("interrupted", "failed")


@dataclass(frozen=True)
class Queue:
    """How busy the machine is."""

    running: int
    queued: int
    max_running: int
    max_queued: int
    device: str
    """The name of the device, empty until a supervisor has reported."""
    precision: str
    alive: bool
    """Whether a supervisor is there to start runs."""
