"""The store's tables through the versions of the program: small steps, each to the next form. No torch in here.

A step stays as it is once programs with it are out, so it names tables as they were then. Tables and indexes that are
altogether new need none: what is missing is created when the steps are done.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Column, Connection, delete, insert, inspect, select, text, update
from sqlalchemy.schema import CreateIndex, CreateTable

from dlcore.config.migration import upgraded
from dlcore.errors import DlcoreError
from dlcore.runs import schema

VERSION = 2
"""Of the tables in dlcore.runs.schema.

1: had no version yet. 2: snapshots at many steps of a run; runs know their kind, group, start and examples.
"""


@dataclass(frozen=True)
class Step:
    """apply: leads to `version`, or part of the way; rewrites: whether it touches rows, so that a copy is kept first"""

    version: int
    apply: Callable[[Connection], None]
    rewrites: bool = False


def version(connection: Connection) -> int:
    """Of the tables that are there; 0 where there are none."""
    tables = set(inspect(connection).get_table_names())
    notes = schema.notes.c
    found = None
    if schema.notes.name in tables:
        found = connection.scalar(select(notes.text).where(notes.name == schema.SCHEMA))
    return int(found) if found else int(schema.runs.name in tables)


def pending(found: int) -> list[Step]:
    """The steps that tables of version `found` still have before them."""
    return [step for step in STEPS if 0 < found < step.version]


def migrate(connection: Connection, found: int) -> None:
    """Bring tables of version `found` to VERSION within the connection's transaction; 0 creates them all."""
    if found == VERSION:
        return
    for step in pending(found):
        step.apply(connection)
    for each in schema.metadata.sorted_tables:
        connection.execute(CreateTable(each, if_not_exists=True))
        for index in each.indexes:
            connection.execute(CreateIndex(index, if_not_exists=True))
    connection.execute(delete(schema.notes).where(schema.notes.c.name == schema.SCHEMA))
    connection.execute(insert(schema.notes).values(name=schema.SCHEMA, text=str(VERSION)))


def _add_columns(connection: Connection) -> None:
    for name in ("kind", "group_id", "start"):
        connection.execute(text(f"ALTER TABLE runs ADD COLUMN {name} VARCHAR(32) DEFAULT '' NOT NULL"))
    connection.execute(text("DROP INDEX IF EXISTS ix_runs_owner"))  # the new one on owner, kind, created serves as well


def _fill_kinds(connection: Connection) -> None:
    runs = sa.table("runs", sa.column("id"), sa.column("config"), sa.column("kind"))
    for run in connection.scalars(select(runs.c.id)).all():
        mine = runs.c.id == run
        kind = _kind(connection.scalar(select(runs.c.config).where(mine)))
        connection.execute(update(runs).where(mine).values(kind=kind))


def _kind(config: str) -> str:
    """ "" for a config that cannot be read: such runs are listed with every kind."""
    try:
        return str(upgraded(json.loads(config))["kind"])
    except (DlcoreError, ValueError, KeyError, TypeError, AttributeError):
        return ""


def _key_snapshots_by_step(connection: Connection) -> None:
    then = sa.MetaData()
    sa.Table("runs", then, Column("id", sa.String(32), primary_key=True))
    fresh = sa.Table(
        "snapshots_2",
        then,
        Column("run", sa.String(32), sa.ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
        Column("name", sa.String(64), primary_key=True),
        Column("step", sa.Integer, primary_key=True, autoincrement=False),
        Column("epoch", sa.Integer, nullable=False),
        Column("data", sa.LargeBinary(2**31 - 1), nullable=False),
    )
    connection.execute(CreateTable(fresh))
    columns = ", ".join(each.name for each in fresh.c)
    connection.execute(text(f"INSERT INTO snapshots_2 ({columns}) SELECT {columns} FROM snapshots"))
    connection.execute(text("DROP TABLE snapshots"))
    connection.execute(text("ALTER TABLE snapshots_2 RENAME TO snapshots"))


STEPS = (
    Step(2, _add_columns),
    Step(2, _fill_kinds, rewrites=True),
    Step(2, _key_snapshots_by_step, rewrites=True),
)
"""In their order."""
