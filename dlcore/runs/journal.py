"""What a worker writes about its one run: everything since the last time in one short transaction."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, func, insert, select, update

from dlcore.config.run import RunConfig
from dlcore.config.title import title
from dlcore.errors import WeightsUnreadable
from dlcore.runs import schema, snapshots
from dlcore.runs.database import Database
from dlcore.runs.run import read_config
from dlcore.runs.snapshots import Key
from dlcore.runs.steering import Order
from dlcore.runs.tape import Tape
from dlcore.training.records import Changed, Epoch, Finished, Snapshot, Started, Step, to_dict
from dlcore.weights import shipped

LAST_OF = ".last"
"""Behind the id of a run: its last weights are meant."""
SPARE_BYTES = 200_000_000
"""Of the store's disk: with less left, models that can be done without are not kept."""


class Gone(Exception):
    """The run was deleted, or given to another worker: this one has nothing left to do."""


@dataclass
class Page:
    """What has happened since the last write. Large things wait as functions that make their bytes."""

    steps: list[Step] = field(default_factory=list)
    records: list[Started | Epoch | Changed | Finished] = field(default_factory=list)
    snapshots: dict[Key, Snapshot] = field(default_factory=dict)
    models: dict[int, Callable[[], bytes]] = field(default_factory=dict)
    """By epoch; under KEPT the model that the run ends with, under LAST its last weights where they are others."""
    checkpoint: tuple[int, int, Callable[[], bytes]] | None = None
    """Step, epoch, tensors."""
    followed: list[int] = field(default_factory=list)
    """Numbers of the commands that have taken effect."""
    run: dict[str, Any] = field(default_factory=dict)
    """Columns of the run itself."""


class Journal:
    """One run in the store, as seen by the worker that holds it.

    worker: the token under which the supervisor gave the run away; every write checks it and raises Gone.
    """

    def __init__(self, database: Database, run_id: str, worker: str) -> None:
        self.database = database
        self.run_id = run_id
        self.worker = worker
        with database.read() as connection:
            row = connection.execute(select(schema.runs).where(schema.runs.c.id == run_id)).mappings().first()
            if row is None or row["worker"] != worker:
                raise Gone
            self.tape = Tape(connection, run_id)
            examples = select(schema.examples.c.data).where(schema.examples.c.run == run_id)
            self.examples = connection.scalar(examples)
        self._row: dict[str, Any] = {str(name): value for name, value in row.items()}
        self._last_order = 0
        self._identity = database.identity
        self.shown = row["step"]
        """The last step that is in the store."""
        self.seconds = row["seconds"]
        """Time spent on the run by earlier workers."""

    @cached_property
    def config(self) -> RunConfig:
        """What is to be trained; RunUnreadable if this program cannot read it."""
        return read_config(self._row["config"])

    def start(self) -> bytes | None:
        """The weights that this run starts from, of another run or of a bundled network; None if it starts anew.

        `ID.last` stands for the last weights of a run. WeightsUnreadable if that run has none.
        """
        table, other = schema.weights.c, self.config.start
        if not other:
            return None
        if (bundled := shipped(other)) is not None:
            return bundled
        other, wanted = other.removesuffix(LAST_OF), [schema.KEPT]
        if other != self.config.start:
            wanted.append(schema.LAST)
        chosen = select(table.data).where(table.run == other, table.epoch.in_(wanted)).order_by(table.epoch).limit(1)
        with self.database.read() as connection:
            found = connection.scalar(chosen)
        if found is None:
            raise WeightsUnreadable(
                f"This run starts from the weights of the run {other!r}, which has kept none or was deleted: "
                "let that one finish first, or start from another."
            )
        return found

    def retitle(self, data: str) -> None:
        """Let the title name the data that are really used, unless the owner has given the run one of their own."""
        usual, now = title(self.config), title(self.config.on(data), self.config.data.name)
        table = schema.runs
        mine = (table.c.id == self.run_id) & (table.c.worker == self.worker) & (table.c.title == usual)
        with self.database.write() as connection:
            if connection.execute(update(table).where(mine).values(title=now)).rowcount:
                self._row["title"] = now

    def checkpoint(self) -> bytes | None:
        """The latest checkpoint as a safetensors file."""
        with self.database.read() as connection:
            return connection.scalar(select(schema.checkpoints.c.data).where(schema.checkpoints.c.run == self.run_id))

    def orders(self) -> tuple[list[Order], int]:
        """Commands since the last call, oldest first, and how many runs are at work on the machine."""
        table, runs = schema.commands.c, schema.runs.c
        query = select(table.id, table.name, table.value).where(self._unread()).order_by(table.id)
        busy = select(func.count()).select_from(schema.runs).where(runs.state == "running", runs.worker.is_not(None))
        with self.database.read() as connection:
            orders, running = [Order(*row) for row in connection.execute(query)], connection.execute(busy).scalar_one()
        self._last_order = orders[-1].id if orders else self._last_order
        return orders, running

    def leave(self, message: str) -> bool:
        """Give the worker's place back; False, and nothing done, where a command has come since they were read."""
        with self.database.write() as connection:
            if connection.scalar(select(func.count()).select_from(schema.commands).where(self._unread())):
                return False
            if not self._change(connection, worker=None, message=message):
                raise Gone
        return True

    def _change(self, connection: Connection, **values: Any) -> bool:
        """Write columns of the run; False if it is no longer ours."""
        table = schema.runs
        mine = update(table).where(table.c.id == self.run_id, table.c.worker == self.worker)
        return connection.execute(mine.values(**values)).rowcount == 1

    def _unread(self) -> ColumnElement[bool]:
        return (schema.commands.c.run == self.run_id) & (schema.commands.c.id > self._last_order)

    def _room(self) -> bool:
        """Whether the store's disk has space for models that can be done without."""
        free = self.database.free_bytes()
        return free is None or free >= SPARE_BYTES

    def write(self, page: Page) -> None:
        """Store a page as a whole, or not at all. StoreUnavailable, or Gone if the run is no longer ours."""
        room = not page.models or self._room()
        blobs = {epoch: make() for epoch, make in page.models.items() if room or epoch <= schema.KEPT}
        checkpoint = page.checkpoint and page.checkpoint[2]()
        pictures = {key: (each.epoch, snapshots.pack(each)) for key, each in page.snapshots.items()}
        with self.database.write() as connection:
            if not self._change(connection, beat=time.time(), **page.run):
                self._enter_again(connection, page.run)
            tape = self.tape
            if page.steps:
                tape = self.tape.append(connection, page.steps)
            if page.records:
                connection.execute(insert(schema.records), [self._record(each) for each in page.records])
            if pictures:
                snapshots.write(connection, self.run_id, pictures)
            for epoch, data in blobs.items():
                self._put(connection, schema.weights, {"epoch": epoch}, {"data": data})
            if page.checkpoint:
                step, epoch, _ = page.checkpoint
                self._put(connection, schema.checkpoints, {}, {"step": step, "epoch": epoch, "data": checkpoint})
            if page.followed:
                table = schema.commands
                connection.execute(delete(table).where(table.c.run == self.run_id, table.c.id.in_(page.followed)))
            if page.run.get("ended"):
                connection.execute(delete(schema.commands).where(schema.commands.c.run == self.run_id))
            if page.run.get("finished"):
                connection.execute(delete(schema.checkpoints).where(schema.checkpoints.c.run == self.run_id))
        self._row |= page.run
        self._identity = self.database.identity
        self.tape = tape
        if page.steps:
            self.shown = page.steps[-1].step

    def _enter_again(self, connection: Connection, changes: Mapping[str, Any]) -> None:
        """Enter the run into a store that was lost and begun anew; Gone if it is the old store, without the run."""
        if self._identity == self.database.identity:
            raise Gone
        connection.execute(insert(schema.runs).values(**{**self._row, **changes, "beat": time.time()}))
        if self.examples is not None:
            connection.execute(insert(schema.examples).values(run=self.run_id, data=self.examples))
        self.tape = Tape(connection, self.run_id)
        self._last_order = 0

    def _record(self, record: Started | Epoch | Changed | Finished) -> dict[str, Any]:
        kind = type(record).__name__
        return {"run": self.run_id, "kind": kind, "step": record.step, "data": json.dumps(to_dict(record))}

    def _put(self, connection: Connection, table: Table, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        key = {"run": self.run_id, **key}
        change = update(table).values(**values)
        for name, value in key.items():
            change = change.where(table.c[name] == value)
        if connection.execute(change).rowcount == 0:
            connection.execute(insert(table).values(**key, **values))
