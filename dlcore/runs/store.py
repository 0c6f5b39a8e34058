"""The one truth about runs: submit, watch, steer, fetch. No torch in here."""

import contextlib
import json
import secrets
import time
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import safetensors.numpy
from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from dlcore.errors import DlcoreError, InvalidValue, LimitReached, RunNotFound, WeightsUnreadable
from dlcore.runs import curves, schema
from dlcore.runs.database import Database, default_url
from dlcore.runs.limits import Limits
from dlcore.runs.run import ENDED, STATES, Queue, Run
from dlcore.runs.turns import holding, positions
from dlcore.training.config import RunConfig, TrainingConfig
from dlcore.training.controls import CHANGEABLE
from dlcore.training.fields import checked
from dlcore.training.records import Record, Snapshot, from_dict

ALIVE_SECONDS = 10.0
"""A supervisor or worker that has been silent for longer is taken for dead."""
COMMANDS = ("pause", "resume", "step", "stop", *CHANGEABLE)
MAX_CHANGES = 1000
"""Of the settings of one run; each is a record of its own."""
MAX_PENDING = 50
"""Commands that wait for one worker."""
NOTICE_SECONDS = 24 * 3600.0
TITLE_LENGTH = 80
OUTDATED = (KeyError, TypeError, ValueError)
"""What reading a config or record of another version may raise."""

_RUN_COLUMNS = [each for each in schema.runs.c if each.name not in ("worker", "beat", "seconds")]


class Store:
    """All runs, in one database; safe to share by threads, cheap to open in each process.

    url: a SQLAlchemy URL; by default $DLCORE_STORE or a SQLite file, see `dlcore.runs.database.default_url`.
    Every method raises StoreUnavailable when the database cannot be used.
    """

    def __init__(self, url: str | None = None, limits: Limits | None = None) -> None:
        self.database = Database(url or default_url())
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

    def submit(self, config: RunConfig, owner: str, title: str = "") -> str:
        """Queue a run and return its id. LimitReached when the machine, the queue or the owner's share is full."""
        if not isinstance(config, RunConfig):
            raise InvalidValue(f"a run needs a RunConfig, got {type(config).__name__}")
        if not owner or len(owner) > 200:
            raise InvalidValue("a run needs an owner's name of 1 to 200 characters")
        self._check_size(config)
        run, now = secrets.token_urlsafe(8), time.time()
        values = {"id": run, "owner": owner, "title": _title(title, config), "config": json.dumps(config.to_dict())}
        with self.database.write() as connection:
            self._check_share(connection, owner)
            connection.execute(insert(schema.runs).values(**values, state="queued", created=now, queued=now))
        return run

    def retry(self, run_id: str, owner: str) -> None:
        """Queue an interrupted or failed run again; it goes on from its last checkpoint."""
        with self.database.write() as connection:
            row = _owned(connection, run_id, owner)
            if row["state"] not in ("interrupted", "failed"):
                raise InvalidValue(f"only an interrupted or failed run can be tried again, this one is {row['state']}")
            connection.execute(delete(schema.commands).where(schema.commands.c.run == run_id))
            self._queue_again(connection, row)

    def command(self, run_id: str, owner: str, name: str, value: float | None = None) -> None:
        """Steer a run: pause, resume, step (one optimizer step), stop, or a setting with its new value.

        InvalidValue for an unknown command, a value out of range, or a run that has ended.
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
                raise InvalidValue("this run still waits in the queue: it can be paused once it runs")
            if parked and name in ("resume", "step", "stop"):
                self._queue_again(connection, row, however_full=name == "stop")
            _send(connection, run_id, name, value)

    def rename(self, run_id: str, owner: str, title: str) -> None:
        """Give a run another title."""
        with self.database.write() as connection:
            row = _owned(connection, run_id, owner)
            values = {"title": _title(title, RunConfig.from_dict(json.loads(row["config"])))}
            connection.execute(update(schema.runs).where(schema.runs.c.id == run_id).values(**values))

    def delete(self, run_id: str, owner: str) -> None:
        """Remove a run and all that it learned; one that still runs is ended first."""
        with self.database.write() as connection:
            _owned(connection, run_id, owner)
            for table in reversed(schema.metadata.sorted_tables):
                if "run" in table.c:
                    connection.execute(delete(table).where(table.c.run == run_id))
            connection.execute(delete(schema.runs).where(schema.runs.c.id == run_id))

    # Watching

    def run(self, run_id: str) -> Run:
        """One run; RunNotFound if there is none with this id."""
        with self.database.read() as connection:
            row = connection.execute(select(*_RUN_COLUMNS).where(schema.runs.c.id == str(run_id))).mappings().first()
            if row is None:
                raise _not_found(run_id)
            places = positions(connection) if row["state"] == "queued" else {}
        try:
            return _run(row, places)
        except OUTDATED as error:
            raise RunNotFound("This run was made by another version of the program, which cannot show it.") from error

    def runs(self, owner: str | None = None, states: Collection[str] | None = None, limit: int = 50) -> list[Run]:
        """Runs of one owner (None: of all) in some states (None: in any), newest first."""
        query = select(*_RUN_COLUMNS).order_by(schema.runs.c.created.desc(), schema.runs.c.id).limit(limit)
        if owner is not None:
            query = query.where(schema.runs.c.owner == owner)
        if states is not None:
            if unknown := set(states) - set(STATES):
                raise InvalidValue(f"states must be among {', '.join(STATES)}, got {', '.join(sorted(unknown))}")
            query = query.where(schema.runs.c.state.in_(list(states)))
        with self.database.read() as connection:
            rows = connection.execute(query).mappings().all()
            places = positions(connection) if any(row["state"] == "queued" for row in rows) else {}
        found = []
        for row in rows:
            with contextlib.suppress(*OUTDATED):
                found.append(_run(row, places))
        return found

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
            with contextlib.suppress(*OUTDATED):
                found.append((number, from_dict(json.loads(data))))
        return found

    def snapshot(self, run_id: str, name: str) -> Snapshot | None:
        """The latest snapshot of that name, None if there is none yet."""
        table = schema.snapshots
        with self.database.read() as connection:
            query = select(table).where(table.c.run == run_id, table.c.name == name)
            row = connection.execute(query).mappings().first()
        return row and Snapshot(row["step"], row["epoch"], name, safetensors.numpy.load(row["data"]))

    # Fetching what was learned

    def weights(self, run_id: str, epoch: int | None = None) -> bytes:
        """The kept model (epoch None) or the model as it was after an epoch, as one safetensors file."""
        table = schema.weights.c
        wanted = schema.KEPT if epoch is None else epoch
        with self.database.read() as connection:
            found = connection.scalar(select(table.data).where(table.run == run_id, table.epoch == wanted))
            known = found is not None or _count(connection, schema.runs.c.id == run_id)
        if found is None and not known:
            raise _not_found(run_id)
        if found is None:
            when = "yet: it is kept when the run ends" if epoch is None else f"of epoch {epoch}: choose another epoch"
            raise WeightsUnreadable(f"This run has no model {when}.")
        return found

    def weight_epochs(self, run_id: str) -> list[int]:
        """The epochs whose models are kept, thinned evenly on long runs."""
        table = schema.weights.c
        query = select(table.epoch).where(table.run == run_id, table.epoch != schema.KEPT).order_by(table.epoch)
        with self.database.read() as connection:
            return list(connection.scalars(query))

    # Rules of admission

    def _check_size(self, config: RunConfig) -> None:
        if config.training.epochs > self.limits.max_epochs:
            raise LimitReached(
                f"A run may take up to {self.limits.max_epochs} epochs here, got {config.training.epochs}: try fewer."
            )
        free = self.database.free_bytes()
        if free is not None and free < self.limits.min_free_bytes:
            raise LimitReached(
                f"Only {free // 1_000_000} MB are free on the disk that holds the runs: delete old runs, or free space."
            )

    def _check_share(self, connection: Connection, owner: str) -> None:
        """LimitReached unless the queue and this owner's share have room; inside of a writing transaction."""
        queued = list(connection.scalars(select(schema.runs.c.owner).where(schema.runs.c.state == "queued")))
        held = holding(connection)
        if queued.count(owner) + held.count(owner) >= self.limits.max_per_user:
            raise LimitReached(
                f"You already have {self.limits.max_per_user} runs that run or wait: "
                "let one end, or stop one, then start the next."
            )
        room = max(0, self.limits.max_running - len(held))
        if len(queued) >= self.limits.max_queued + room:
            raise LimitReached(f"The queue is full with {len(queued)} waiting runs: try again in a few minutes.")

    def _queue_again(self, connection: Connection, row: RowMapping, *, however_full: bool = False) -> None:
        if not however_full:
            self._check_share(connection, row["owner"])
        values = {"state": "queued", "queued": time.time(), "ended": None, "message": "", "worker": None}
        connection.execute(update(schema.runs).where(schema.runs.c.id == row["id"]).values(**values))


def _title(title: str, config: RunConfig) -> str:
    words = " ".join(str(title).split())
    return words[:TITLE_LENGTH] or f"{config.preset} on {config.data.name}"


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
    if name in CHANGEABLE and connection.scalar(changes) >= MAX_CHANGES:
        raise LimitReached(f"The settings of this run have changed {MAX_CHANGES} times: start a new one.")
    replaced = ("pause", "resume") if name in ("pause", "resume") else (name,) if name != "step" else ()
    connection.execute(delete(table).where(table.c.run == run_id, table.c.name.in_(replaced)))
    if connection.scalar(select(func.count()).where(table.c.run == run_id)) >= MAX_PENDING:
        raise LimitReached("This run has many commands to follow already: wait a moment.")
    connection.execute(insert(table).values(run=run_id, name=name, value=value))


def _end(connection: Connection, run_id: str, state: str, message: str) -> None:
    values = {"state": state, "message": message, "ended": time.time(), "worker": None, "seconds_left": None}
    connection.execute(update(schema.runs).where(schema.runs.c.id == run_id).values(**values))


def _count(connection: Connection, condition: Any) -> int:
    return connection.scalar(select(func.count()).select_from(schema.runs).where(condition))


def _run(row: RowMapping, places: Mapping[str, int]) -> Run:
    values = {name: row[name] for name in row if name != "queued"}
    values["config"] = RunConfig.from_dict(json.loads(values["config"]))
    for name in ("started_record", "last_epoch", "finished"):
        values[name] = from_dict(json.loads(values[name])) if values[name] else None
    return Run(**values, position=places.get(row["id"], 0))
