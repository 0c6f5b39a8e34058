"""The curve of one run in the store: appended to in small chunks, kept in few, and bounded. No torch in here."""

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection, delete, insert, select

from dlcore.runs import curves, schema
from dlcore.training.records import Step

OPEN_CHUNKS = 32
"""Small chunks at the end before they are merged."""
FULL_ROWS = 8_192
"""Steps in a chunk that is not rewritten any more."""
MAX_ROWS = 100_000
"""Steps of a run; beyond, half of them go, in such a way that the extremes of the loss stay."""


@dataclass(frozen=True)
class Chunk:
    first: int
    rows: int


class Tape:
    """Where the chunks of a run lie. `append` returns the tape as it will be once the transaction is committed."""

    def __init__(self, connection: Connection | None, run_id: str, chunks: Sequence[Chunk] = ()) -> None:
        self.run_id = run_id
        if connection is not None:
            table = schema.chunks.c
            query = select(table.first, table.rows).where(table.run == run_id).order_by(table.first)
            chunks = [Chunk(*row) for row in connection.execute(query)]
        self.chunks = tuple(chunks)

    def append(self, connection: Connection, steps: Sequence[Step]) -> "Tape":
        """Write steps that follow all earlier ones, and tidy up when there are many chunks or many rows."""
        columns = tuple(dict.fromkeys(name for step in steps for name in curves.columns_of(step)))
        chunks = (*self.chunks, self._write(connection, columns, curves.table(steps, columns)))
        fresh = list(itertools.takewhile(lambda chunk: chunk.rows < FULL_ROWS, reversed(chunks)))
        if len(fresh) > OPEN_CHUNKS:
            columns, rows = self._take(connection, fresh)
            chunks = (*chunks[: -len(fresh)], self._write(connection, columns, rows))
        if sum(chunk.rows for chunk in chunks) > MAX_ROWS:
            chunks = self._thin(connection, chunks)
        return Tape(None, self.run_id, chunks)

    def _thin(self, connection: Connection, chunks: Sequence[Chunk]) -> tuple[Chunk, ...]:
        columns, rows = self._take(connection, chunks)
        rows = curves.thin(rows, columns.index("loss") if "loss" in columns else 0)
        parts = [rows[start : start + FULL_ROWS] for start in range(0, len(rows), FULL_ROWS)]
        return tuple(self._write(connection, columns, part) for part in parts)

    def _take(self, connection: Connection, some: Sequence[Chunk]) -> tuple[tuple[str, ...], np.ndarray]:
        """Read these chunks as one table, and remove them."""
        table = schema.chunks
        mine = (table.c.run == self.run_id) & table.c.first.in_([chunk.first for chunk in some])
        query = select(table.c.columns, table.c.data).where(mine).order_by(table.c.first)
        parts = [tuple(row) for row in connection.execute(query)]
        connection.execute(delete(table).where(mine))
        return curves.join(parts)

    def _write(self, connection: Connection, columns: tuple[str, ...], rows: np.ndarray) -> Chunk:
        values = {"first": int(rows[0, 0]), "last": int(rows[-1, 0]), "rows": len(rows)}
        blob = {"columns": json.dumps(columns), "data": curves.pack(rows)}
        connection.execute(insert(schema.chunks).values(run=self.run_id, **values, **blob))
        return Chunk(values["first"], values["rows"])
