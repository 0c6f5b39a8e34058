"""Step records as blocks of numbers: packed, unpacked, merged and thinned. No torch in here."""

import json
from collections.abc import Sequence

import numpy as np

from dlcore.training.records import Step

FIXED = ("step", "epoch", "learning_rate")


def columns_of(step: Step) -> tuple[str, ...]:
    """Names of the numbers that a step carries."""
    return (*FIXED, *step.values)


def table(steps: Sequence[Step], columns: tuple[str, ...]) -> np.ndarray:
    """float64 (len(steps), len(columns)); NaN where a step lacks a column."""
    names = columns[len(FIXED) :]
    nan = float("nan")
    rows = [(s.step, s.epoch, s.learning_rate, *(s.values.get(name, nan) for name in names)) for s in steps]
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(columns))


def pack(rows: np.ndarray) -> bytes:
    """Little-endian float64, row by row."""
    return np.ascontiguousarray(rows, dtype="<f8").tobytes()


def unpack(data: bytes, columns: int) -> np.ndarray:
    """float64 (n, columns)."""
    return np.frombuffer(data, dtype="<f8").reshape(-1, columns)


def union(headers: Sequence[str]) -> tuple[str, ...]:
    """All columns of several chunks, in the order in which they first appear; `headers` are JSON lists."""
    return tuple(dict.fromkeys(name for header in dict.fromkeys(headers) for name in json.loads(header)))


def join(parts: Sequence[tuple[str, bytes]]) -> tuple[tuple[str, ...], np.ndarray]:
    """Chunks (JSON header, data) as one table with the union of their columns."""
    columns = union([header for header, _ in parts]) or FIXED
    blocks = []
    for header, data in parts:
        names = json.loads(header)
        block = unpack(data, len(names))
        if tuple(names) != columns:
            wider = np.full((len(block), len(columns)), np.nan)
            wider[:, [columns.index(name) for name in names]] = block
            block = wider
        blocks.append(block)
    return columns, np.concatenate(blocks) if blocks else np.empty((0, len(columns)))


def thin(rows: np.ndarray, column: int) -> np.ndarray:
    """Half of the rows: of every four neighbours the two with the least and the greatest value in `column`."""
    whole = len(rows) // 4 * 4
    groups = np.nan_to_num(rows[:whole, column].reshape(-1, 4), nan=np.inf)
    low = groups.argmin(axis=1)
    high = groups.argmax(axis=1)
    high = np.where(high == low, (low + 1) % 4, high)
    start = np.arange(0, whole, 4)
    kept = np.sort(np.concatenate([start + low, start + high]))
    return np.concatenate([rows[kept], rows[whole:]])
