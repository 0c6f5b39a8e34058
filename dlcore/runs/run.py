"""What the store tells about a run and about the queue. No torch in here."""

import json
from dataclasses import dataclass, fields
from typing import TypeVar

from sqlalchemy import RowMapping

from dlcore.config.migration import NewerVersion
from dlcore.config.run import RunConfig
from dlcore.errors import DlcoreError, RunUnreadable
from dlcore.training.records import Epoch, Finished, Started, from_dict

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
    started_record: Started | None
    last_epoch: Epoch | None
    finished: Finished | None

    @property
    def data(self) -> str:
        """The data set that is used, which may stand in for another; before the start the one that was asked for."""
        return self.started_record.data if self.started_record else self.config.data.name

    @property
    def can_retry(self) -> bool:
        """Whether `Store.retry` would take it."""
        return self.state in ("interrupted", "failed")


def from_row(row: RowMapping, position: int) -> Run | Unreadable:
    """The run in a row of the table, at this place of the queue."""
    about = {each.name: row[each.name] for each in fields(Listed) if each.name in row}
    about |= {"group": row["group_id"], "position": position}
    try:
        config = read_config(row["config"])
        started, epoch = _record(row["started_record"], Started), _record(row["last_epoch"], Epoch)
        finished = _record(row["finished"], Finished)
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


def _record(text: str | None, kind: type[R]) -> R | None:
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
