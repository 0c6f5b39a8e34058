"""What the store tells about a run and about the queue. No torch in here."""

import json
from dataclasses import dataclass, fields
from typing import TypeVar

from sqlalchemy import RowMapping

from dlcore.config.migration import NewerVersion
from dlcore.config.run import RunConfig
from dlcore.errors import DlcoreError, RunUnreadable
from dlcore.training.records import Epoch, Finished, Moment, Started, from_dict

ACTIVE = ("running", "paused")
ENDED = ("finished", "stopped", "diverged", "interrupted", "failed")
STATES = ("queued", *ACTIVE, *ENDED)
R = TypeVar("R", Started, Epoch, Finished)


@dataclass(frozen=True)
class Listed:
    """What can be told of every run, whichever version of the program wrote it. Times are Unix seconds."""

    id: str
    owner: str
    title: str
    kind: str
    """Of run, see dlcore.config.kinds; one that only a newer version knows, or empty, where the run is unreadable."""
    group: str
    """The group of runs that it belongs to, such as a sweep; may be empty."""
    start: str
    """The run whose weights it starts from; may be empty."""
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
    has_weights: bool

    @property
    def active(self) -> bool:
        """Whether anything about it may still change by itself."""
        return self.state == "queued" or self.state in ACTIVE


@dataclass(frozen=True)
class Unreadable(Listed):
    """A run that this program cannot show or resume: it can be renamed, deleted, and its files be downloaded."""

    problem: str
    """Why, as a sentence."""


@dataclass(frozen=True)
class Run(Listed):
    """One run as it stands."""

    config: RunConfig
    """What is trained: once it has begun, on the data that are really used."""
    started_record: Started | None
    last_epoch: Epoch | None
    finished: Finished | None

    @property
    def data(self) -> str:
        """The data set that is used, which may stand in for another; before the start the one that was asked for."""
        return self.started_record.data if self.started_record else self.config.data.name

    @property
    def threads(self) -> tuple[int, ...]:
        """The numbers of threads with which it ran; empty where they are not known."""
        start, end = self.started_record, self.finished
        return end.threads if end else (start.threads,) if start and start.threads else ()

    @property
    def best(self) -> Moment | None:
        """Where the loss on the validation split was lowest so far; None before, and in runs of older versions."""
        return self.finished.best if self.finished else self.last_epoch.best if self.last_epoch else None

    @property
    def has_last(self) -> bool:
        """Whether its last weights are kept beside the best ones."""
        return self.has_weights and self.finished is not None and self.finished.has_last

    @property
    def can_retry(self) -> bool:
        """Whether `Store.retry` would take it."""
        return self.state in ("interrupted", "failed")


def from_row(row: RowMapping, position: int) -> Run | Unreadable:
    """The run in a row of the table, at this place of the queue."""
    about = {each.name: row[each.name] for each in fields(Listed) if each.name in row}
    about |= {"group": row["group_id"], "position": position}
    try:
        started, epoch = record(row["started_record"], Started), record(row["last_epoch"], Epoch)
        config = used(read_config(row["config"]), started)
        finished = record(row["finished"], Finished)
    except RunUnreadable as error:
        return Unreadable(**about, problem=str(error))
    return Run(**about, config=config, started_record=started, last_epoch=epoch, finished=finished)


def read_config(text: str) -> RunConfig:
    """The config in a row of the store. RunUnreadable says why there is none for this program."""
    try:
        return RunConfig.from_dict(json.loads(text))
    except NewerVersion as error:
        raise RunUnreadable(
            "This run was written by a newer version of the program: update the program, or download what it learned."
        ) from error
    except (DlcoreError, ValueError, TypeError, KeyError) as error:
        raise _unreadable() from error


def used(config: RunConfig, started: Started | None) -> RunConfig:
    """The config on the data that the run really uses, which may stand in for those that it asked for."""
    return config.on(started.data) if started else config


def record(text: str | None, kind: type[R]) -> R | None:
    """A record in a row of the store; RunUnreadable for one of another version."""
    if not text:
        return None
    try:
        found = from_dict(json.loads(text))
    except (ValueError, TypeError, KeyError) as error:
        raise _unreadable() from error
    if not isinstance(found, kind):
        raise _unreadable()
    return found


def _unreadable() -> RunUnreadable:
    return RunUnreadable(
        "This run is damaged, or was written by another version of the program: what it learned can be downloaded."
    )


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
