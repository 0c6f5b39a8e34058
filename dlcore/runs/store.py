"""The one truth about runs: submit, watch, steer, fetch. No torch in here."""

import contextlib
import json
import secrets
import time
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from dlcore.config.fields import checked
from dlcore.config.kinds import KINDS
from dlcore.config.run import RunConfig
from dlcore.config.title import LENGTH as TITLE_LENGTH
from dlcore.config.title import title as usual_title
from dlcore.config.training import TrainingConfig
from dlcore.errors import DlcoreError, InvalidValue, LimitReached, RunNotFound, RunUnreadable, WeightsUnreadable
from dlcore.machine import home
from dlcore.runs import curves, schema, snapshots
from dlcore.runs.admission import check_examples, check_share, check_size
from dlcore.runs.database import Database
from dlcore.runs.limits import Limits
from dlcore.runs.run import ENDED, STATES, Queue, Run, Unreadable, from_row, read_config, record, used
from dlcore.runs.turns import holding, positions
from dlcore.training.controls import CHANGEABLE
from dlcore.training.records import Record, Snapshot, Started, from_dict

ALIVE_SECONDS = 10.0
"""A supervisor or worker that has been silent for longer is taken for dead."""
COMMANDS = ("pause", "resume", "step", "stop", *CHANGEABLE)
MAX_CHANGES = 1000
"""Of the settings of one run; each is a record of its own."""
MAX_ADOPTED = 20
"""Networks that one owner has brought along from elsewhere."""
MAX_PENDING = 50
"""Commands that wait for one worker."""
NOTICE_SECONDS = 24 * 3600.0

_RUN_COLUMNS = [each for each in schema.runs.c if each.name not in ("worker", "beat", "seconds")]


class Store:
    """All runs, in one database; safe to share by threads, cheap to open in each process.

    url: a SQLAlchemy URL; by default $DLCORE_STORE or a SQLite file, see `dlcore.machine.home.store`.
    Every method raises StoreUnavailable when the database cannot be used.
    """

    def __init__(self, url: str | None = None, limits: Limits | None = None) -> None:
        self.database = Database(url or home.store())
        self.limits = limits or Limits.from_environment()

    @property
    def url(self) -> str:
        return self.database.url

    @property
    def notice(self) -> str:
        """A sentence about the store itself, such as a damaged one that was moved aside of late; else empty."""
        try:
            with self.database.read() as connection:
                found = connection.scalar(select(schema.notes.c.text).where(schema.notes.c.name == schema.DAMAGE))
        except DlcoreError as error:
            return str(error)
        note = json.loads(found) if found else {"at": 0.0}
        return note["sentence"] if time.time() - note["at"] < NOTICE_SECONDS else ""

    # Entering and leaving the queue

    def submit(self, config: RunConfig, owner: str, title: str = "", examples: bytes | None = None) -> str:
        """Queue a run and return its id. LimitReached when the machine, the queue or the owner's share is full.

        examples: a file of images with labels, see dlcore.data.own.examples, if `config.examples` is set
        """
        values = self._new(config, owner, title, examples) | {"state": "queued"}
        with self.database.write() as connection:
            check_share(connection, owner, self.limits)
            return _enter(connection, values, examples)

    def adopt(
        self, config: RunConfig, owner: str, weights: bytes, title: str = "", examples: bytes | None = None
    ) -> str:
        """Keep a network that was trained elsewhere as a finished run; returns its id.

        weights: a file that `models.files.load` has read; examples: as for `submit`
        InvalidValue or LimitReached say why it cannot be kept.
        """
        values = self._new(config, owner, title, examples)
        values |= {"state": "finished", "message": "Brought along from elsewhere.", "has_weights": True}
        values |= {"ended": values["created"]}
        table = schema.runs.c
        brought = (table.owner == owner) & (table.step == 0) & table.has_weights
        with self.database.write() as connection:
            if _count(connection, brought) >= MAX_ADOPTED:
                raise LimitReached(f"You have brought {MAX_ADOPTED} networks along already: delete one on Train first.")
            run = _enter(connection, values, examples)
            connection.execute(insert(schema.weights).values(run=run, epoch=schema.KEPT, data=weights))
        return run

    def _new(self, config: RunConfig, owner: str, title: str, examples: bytes | None) -> dict[str, Any]:
        """What a new run's row says, but for its state; what it may not be is refused."""
        if not isinstance(config, RunConfig):
            raise InvalidValue(f"a run needs a RunConfig, got {type(config).__name__}")
        if not owner or len(owner) > 200:
            raise InvalidValue("a run needs an owner's name of 1 to 200 characters")
        check_size(config, self.limits, self.database.free_bytes())
        check_examples(config, examples)
        now = time.time()
        values = {"id": secrets.token_urlsafe(8), "owner": owner, "title": _one_line(title) or usual_title(config)}
        values |= {"config": json.dumps(config.to_dict()), "kind": config.kind}
        return {**values, "group_id": config.group, "start": config.start, "created": now, "queued": now}

    def retry(self, run_id: str, owner: str) -> None:
        """Queue an interrupted or failed run again; it goes on from its last checkpoint. RunUnreadable if it cannot."""
        with self.database.write() as connection:
            row = _owned(connection, run_id, owner)
            read_config(row["config"])
            if row["state"] not in ("interrupted", "failed"):
                raise InvalidValue(f"only an interrupted or failed run can be tried again, this one is {row['state']}")
            connection.execute(delete(schema.commands).where(schema.commands.c.run == run_id))
            self._queue_again(connection, row)

    def command(self, run_id: str, owner: str, name: str, value: float | None = None) -> None:
        """Steer a run: pause, resume, step (one optimizer step), stop, or a setting with its new value.

        InvalidValue for an unknown command, a value out of range, or a run that has ended; RunUnreadable for all but
        stop where this program cannot read the run.
        """
        if name not in COMMANDS:
            raise InvalidValue(f"a run understands {', '.join(COMMANDS)}, got {name!r}")
        value = checked(TrainingConfig, name, value) if name in CHANGEABLE else None
        with self.database.write() as connection:
            row = _owned(connection, run_id, owner)
            state, parked = row["state"], row["state"] == "paused" and row["worker"] is None
            if state in ENDED:
                raise InvalidValue(f"this run is {state}: it takes no more commands")
            if name == "stop" and state == "queued" and not row["step"]:
                _end(connection, run_id, "stopped", "Stopped before it began.")
                return
            if name in ("pause", "step") and state == "queued":
                raise InvalidValue("this run is still waiting in the queue: it can be paused once it runs")
            if name != "stop":
                read_config(row["config"])
            if parked and name in ("resume", "step", "stop"):
                self._queue_again(connection, row, however_full=name == "stop")
            _send(connection, run_id, name, value)

    def rename(self, run_id: str, owner: str, title: str) -> None:
        """Give a run another title; an empty one is what it had without."""
        with self.database.write() as connection:
            row = _owned(connection, run_id, owner)
            title = _one_line(title) or _usual_title(row)
            connection.execute(update(schema.runs).where(schema.runs.c.id == run_id).values(title=title))

    def delete(self, run_id: str, owner: str) -> None:
        """Remove a run and all that it learned; one that still runs is ended first."""
        with self.database.write() as connection:
            _owned(connection, run_id, owner)
            for table in reversed(schema.metadata.sorted_tables):
                if "run" in table.c:
                    connection.execute(delete(table).where(table.c.run == run_id))
            connection.execute(delete(schema.runs).where(schema.runs.c.id == run_id))

    # Watching

    def run(self, run_id: str) -> Run | Unreadable:
        """One run; RunNotFound if there is none with this id."""
        with self.database.read() as connection:
            row = connection.execute(select(*_RUN_COLUMNS).where(schema.runs.c.id == str(run_id))).mappings().first()
            if row is None:
                raise _not_found(run_id)
            places = positions(connection) if row["state"] == "queued" else {}
        return from_row(row, places.get(row["id"], 0))

    def readable(self, run_id: str) -> Run:
        """One run that this program can show. RunNotFound, or RunUnreadable with its problem."""
        found = self.run(run_id)
        if isinstance(found, Unreadable):
            raise RunUnreadable(found.problem)
        return found

    def runs(
        self,
        owner: str | None = None,
        states: Collection[str] | None = None,
        limit: int = 50,
        *,
        kind: str | None = None,
        group: str | None = None,
    ) -> list[Run | Unreadable]:
        """Runs of one owner (None: of all) in some states (None: in any) and of one group, newest first.

        kind: of run; those of which this program does not know the kind are listed with every kind
        """
        table = schema.runs.c
        query = select(*_RUN_COLUMNS).order_by(table.created.desc(), table.id).limit(limit)
        if owner is not None:
            query = query.where(table.owner == owner)
        if states is not None:
            if unknown := set(states) - set(STATES):
                raise InvalidValue(f"states must be among {', '.join(STATES)}, got {', '.join(sorted(unknown))}")
            query = query.where(table.state.in_(list(states)))
        if kind is not None:
            query = query.where((table.kind == kind) | table.kind.not_in(list(KINDS)))
        if group is not None:
            query = query.where(table.group_id == group)
        with self.database.read() as connection:
            rows = connection.execute(query).mappings().all()
            places = positions(connection) if any(row["state"] == "queued" for row in rows) else {}
        return [from_row(row, places.get(row["id"], 0)) for row in rows]

    def queue(self) -> Queue:
        """How busy the machine is."""
        with self.database.read() as connection:
            running, queued = holding(connection), _count(connection, schema.runs.c.state == "queued")
            lease = connection.execute(select(schema.leases)).mappings().first()
        alive = lease is not None and time.time() - lease["beat"] < ALIVE_SECONDS
        device, precision = (lease["device"], lease["precision"]) if lease else ("", "")
        limits = self.limits
        return Queue(len(running), queued, limits.max_running, limits.max_queued, device, precision, alive)

    def curve(self, run_id: str, after: int = 0) -> tuple[tuple[str, ...], np.ndarray, int]:
        """Columns, the steps after step `after` as float64 (n, columns), and what to pass as `after` next time."""
        chunks = schema.chunks.c
        query = select(chunks.columns, chunks.data).where(chunks.run == run_id, chunks.last > after)
        with self.database.read() as connection:
            parts = [tuple(row) for row in connection.execute(query.order_by(chunks.first))]
        columns, rows = curves.join(parts)
        rows = rows[rows[:, 0] > after]
        return columns, rows, int(rows[-1, 0]) if len(rows) else after

    def records(self, run_id: str, after: int = 0) -> list[tuple[int, Record]]:
        """Started, Epoch, Changed and Finished records after number `after`, each with its number."""
        table = schema.records.c
        query = select(table.id, table.data).where(table.run == run_id, table.id > after).order_by(table.id)
        with self.database.read() as connection:
            rows = connection.execute(query).all()
        found = []
        for number, data in rows:
            with contextlib.suppress(KeyError, TypeError, ValueError):  # one of another version
                found.append((number, from_dict(json.loads(data))))
        return found

    def snapshot(self, run_id: str, name: str, step: int | None = None) -> Snapshot | None:
        """The latest snapshot of that name, or the one at a step, else the nearest before it. None if there is none."""
        with self.database.read() as connection:
            return snapshots.read(connection, run_id, name, step)

    def snapshot_steps(self, run_id: str, name: str) -> list[int]:
        """The steps whose snapshots of that name are kept: the first, the latest, and some evenly between."""
        with self.database.read() as connection:
            return snapshots.steps(connection, run_id, name)

    # Fetching what was learned

    def weights(self, run_id: str, epoch: int | None = None, *, last: bool = False) -> bytes:
        """The model of a run, as one safetensors file: its best weights, by the loss on the validation split.

        last: its last weights instead, which may be the same; epoch: the weights after an epoch instead
        """
        table = schema.weights.c
        wanted = [schema.KEPT] if epoch is None else [epoch]
        if last:
            wanted.append(schema.LAST)
        chosen = select(table.data).where(table.run == run_id, table.epoch.in_(wanted)).order_by(table.epoch).limit(1)
        with self.database.read() as connection:
            found = connection.scalar(chosen)
            known = found is not None or _count(connection, schema.runs.c.id == run_id)
        if found is None and not known:
            raise _not_found(run_id)
        if found is None:
            when = "yet: it is kept when the run ends" if epoch is None else f"of epoch {epoch}: choose another epoch"
            raise WeightsUnreadable(f"This run has no model {when}.")
        return found

    def start(self, run_id: str) -> bytes:
        """The weights that a run began with, where it started from another network; kept with the run.

        WeightsUnreadable if there are none.
        """
        table = schema.weights.c
        chosen = select(table.data).where(table.run == run_id, table.epoch == schema.START)
        with self.database.read() as connection:
            found = connection.scalar(chosen)
        if found is None:
            raise WeightsUnreadable("This run began with weights of its own, or has not begun yet.")
        return found

    def weight_epochs(self, run_id: str) -> list[int]:
        """The epochs whose models are kept, thinned evenly on long runs."""
        table = schema.weights.c
        query = select(table.epoch).where(table.run == run_id, table.epoch > schema.KEPT).order_by(table.epoch)
        with self.database.read() as connection:
            return list(connection.scalars(query))

    def examples(self, run_id: str) -> bytes | None:
        """The examples of its own that the run brought along, None if it has none."""
        table = schema.examples.c
        with self.database.read() as connection:
            return connection.scalar(select(table.data).where(table.run == run_id))

    def _queue_again(self, connection: Connection, row: RowMapping, *, however_full: bool = False) -> None:
        if not however_full:
            check_share(connection, row["owner"], self.limits)
        values = {"state": "queued", "queued": time.time(), "ended": None, "message": "", "worker": None}
        connection.execute(update(schema.runs).where(schema.runs.c.id == row["id"]).values(**values))


def _one_line(title: str) -> str:
    return " ".join(str(title).split())[:TITLE_LENGTH]


def _usual_title(row: RowMapping) -> str:
    """What a run is called if its owner has no name for it; it tells which data it really uses."""
    config = read_config(row["config"])
    return usual_title(used(config, record(row["started_record"], Started)), config.data.name)


def _not_found(run_id: str) -> RunNotFound:
    return RunNotFound(f"There is no run {str(run_id)[:40]!r} here: it may have been deleted.")


def _owned(connection: Connection, run_id: str, owner: str) -> RowMapping:
    """The run's row; to anybody but its owner it does not exist."""
    query = select(schema.runs).where(schema.runs.c.id == str(run_id), schema.runs.c.owner == owner)
    row = connection.execute(query).mappings().first()
    if row is None:
        raise RunNotFound(f"You have no run {str(run_id)[:40]!r}: only its owner can change a run.")
    return row


def _send(connection: Connection, run_id: str, name: str, value: float | None) -> None:
    """Leave a command for the worker; it replaces those not yet taken that it makes pointless."""
    table, records = schema.commands, schema.records.c
    changes = select(func.count()).where(records.run == run_id, records.kind == "Changed")
    if name in CHANGEABLE and connection.execute(changes).scalar_one() >= MAX_CHANGES:
        raise LimitReached(f"The settings of this run have changed {MAX_CHANGES} times: start a new one.")
    replaced = ("pause", "resume") if name in ("pause", "resume") else (name,) if name != "step" else ()
    connection.execute(delete(table).where(table.c.run == run_id, table.c.name.in_(replaced)))
    if connection.execute(select(func.count()).where(table.c.run == run_id)).scalar_one() >= MAX_PENDING:
        raise LimitReached("This run still has many commands to carry out: wait a moment.")
    connection.execute(insert(table).values(run=run_id, name=name, value=value))


def _end(connection: Connection, run_id: str, state: str, message: str) -> None:
    values = {"state": state, "message": message, "ended": time.time(), "worker": None, "seconds_left": None}
    connection.execute(update(schema.runs).where(schema.runs.c.id == run_id).values(**values))


def _enter(connection: Connection, values: Mapping[str, Any], examples: bytes | None) -> str:
    """Write a new run and what it brings along; returns its id."""
    connection.execute(insert(schema.runs).values(**values))
    if examples is not None:
        connection.execute(insert(schema.examples).values(run=values["id"], data=examples))
    return values["id"]


def _count(connection: Connection, condition: Any) -> int:
    return connection.execute(select(func.count()).select_from(schema.runs).where(condition)).scalar_one()
