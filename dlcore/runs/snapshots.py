"""The snapshots of one run in the store: some of them, spread evenly over the run, and bounded. No torch in here."""

from collections.abc import Collection, Mapping

import numpy as np
import safetensors.numpy
from sqlalchemy import Connection, delete, func, insert, select

from dlcore.runs import schema
from dlcore.training.records import Snapshot

SNAPSHOTS_KEPT = 64
"""Of each name: the first, the latest, and others evenly between them."""
SNAPSHOTS_BYTES = 16_000_000
"""Of one run, all names together; fewer are kept where they are large, but two of each name at least."""

Key = tuple[str, int]
"""Name, step."""


def surplus(steps: Collection[int], most: int) -> list[int]:
    """Those of some steps to let go, so that `most` (two at least) stay and are spread evenly.

    The first and the last stay. One by one goes the step whose neighbours are closest to each other: wherever a run
    ends, no gap that this makes is wider than twice the mean gap.
    """
    left = sorted(steps)
    gone = []
    while len(left) > most:
        gaps = [after - before for before, after in zip(left, left[2:], strict=False)]
        gone.append(left.pop(1 + gaps.index(min(gaps))))
    return gone


def pack(snapshot: Snapshot) -> bytes:
    """Its arrays as one safetensors file, which stores the memory as it lies, whatever the strides."""
    return safetensors.numpy.save({name: np.ascontiguousarray(each) for name, each in snapshot.arrays.items()})


def write(connection: Connection, run_id: str, fresh: Mapping[Key, tuple[int, bytes]]) -> None:
    """Add snapshots (epoch, packed arrays) to a run, and let go of those for which there is no room any more."""
    table = schema.snapshots
    mine = table.c.run == run_id
    sizes: dict[str, dict[int, int]] = {}
    for name, step, size in connection.execute(
        select(table.c.name, table.c.step, func.length(table.c.data)).where(mine)
    ):
        sizes.setdefault(name, {})[step] = size
    for (name, step), (_, data) in fresh.items():
        sizes.setdefault(name, {})[step] = len(data)
    largest = sum(max(each.values()) for each in sizes.values())
    most = max(2, min(SNAPSHOTS_KEPT, SNAPSHOTS_BYTES // largest))
    gone = {(name, step) for name, each in sizes.items() for step in surplus(each, most)}
    for name, step in gone | set(fresh):
        connection.execute(delete(table).where(mine, table.c.name == name, table.c.step == step))
    for (name, step), (epoch, data) in fresh.items():
        if (name, step) not in gone:
            connection.execute(insert(table).values(run=run_id, name=name, step=step, epoch=epoch, data=data))


def read(connection: Connection, run_id: str, name: str, step: int | None) -> Snapshot | None:
    """The latest snapshot of that name (step None), or the one at a step, else the nearest before it."""
    table = schema.snapshots
    query = select(table).where(table.c.run == run_id, table.c.name == name).order_by(table.c.step.desc()).limit(1)
    if step is not None:
        query = query.where(table.c.step <= step)
    row = connection.execute(query).mappings().first()
    return None if row is None else Snapshot(row["step"], row["epoch"], name, safetensors.numpy.load(row["data"]))


def steps(connection: Connection, run_id: str, name: str) -> list[int]:
    """The steps whose snapshots of that name are kept."""
    table = schema.snapshots.c
    query = select(table.step).where(table.run == run_id, table.name == name).order_by(table.step)
    return list(connection.scalars(query))
