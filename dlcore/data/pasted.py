"""What a person pastes: a series of numbers, or a text. No torch in here."""

import csv
import functools
import math
import re
from collections.abc import Sequence

from dlcore.errors import InvalidValue

LEAST_POINTS = 20
LARGEST = 1e15
LEAST_TEXT = 100


@functools.lru_cache(maxsize=32)
def numbers(text: str, column: str = "") -> tuple[float, ...]:
    """The numbers in a text, oldest first.

    text: one number a line, numbers in one line, or a table (CSV; comma, semicolon or tab), with or without a header
    column: which column of a table, by its name; empty: the last one that holds numbers
    Raises InvalidValue where there are gaps, words, too few numbers, or only equal ones.
    """
    rows = _table(text)
    header, rows = _header(rows)
    place = _place(header, rows, column)
    name = f"column {header[place]!r}" if header else "the series"
    values = []
    for number, row in enumerate(rows, start=2 if header else 1):
        cell = row[place] if place < len(row) else ""
        value = _number(cell)
        if value is None:
            found = f"{cell[:30]!r}" if cell else "nothing"
            raise InvalidValue(f"row {number} of {name} must be a number, got {found}: fill the gap or remove the row")
        if not math.isfinite(value) or abs(value) > LARGEST:
            raise InvalidValue(f"row {number} of {name} must be between −1e15 and 1e15, got {cell[:30]!r}")
        values.append(value)
    if len(values) < LEAST_POINTS:
        count = "one number" if len(values) == 1 else f"{len(values)} numbers"
        raise InvalidValue(f"a series must have at least {LEAST_POINTS} numbers, got {count}: paste a longer one")
    if min(values) == max(values):
        raise InvalidValue(f"all {len(values)} numbers of {name} are {values[0]:g}: there is nothing to forecast")
    return tuple(values)


def _table(text: str) -> list[list[str]]:
    lines = [line.strip("\r") for line in text.lstrip("\ufeff").split("\n") if line.strip()]
    if not lines:
        raise InvalidValue("the series is empty: paste numbers, one a line, or a table in CSV")
    delimiter = next((mark for mark in ";\t," if any(mark in line for line in lines)), None)
    try:
        rows = (
            list(csv.reader(lines, delimiter=delimiter))
            if delimiter
            else [line.replace('"', " ").split() for line in lines]
        )
    except csv.Error as error:
        raise InvalidValue(f"the table cannot be read ({error}): paste plain CSV") from None
    rows = [[cell.strip() for cell in row] for row in rows]
    if delimiter in (";", "\t"):
        rows = [[re.sub(r"^([-+]?\d+),(\d+)$", r"\1.\2", cell) for cell in row] for row in rows]
    if len(rows) == 1 and len(rows[0]) > 1:
        return [[cell] for cell in rows[0] if cell]
    return rows


def _header(rows: list[list[str]]) -> tuple[list[str], list[list[str]]]:
    """The names in the first row, if there are any, and the other rows."""
    first = rows[0]
    if any(_number(cell) is not None for cell in first) or len(rows) == 1:
        return [], rows
    return first, rows[1:]


def _place(header: Sequence[str], rows: Sequence[Sequence[str]], column: str) -> int:
    """Which column holds the series."""
    if column:
        for place, name in enumerate(header):
            if name.casefold() == column.strip().casefold():
                return place
        there = ", ".join(name for name in header[:12] if name) or "none: the table has no header"
        raise InvalidValue(f"column must be one of the table's ({there}), got {column!r}")
    width = max(map(len, rows))
    for place in reversed(range(width)):
        numbers = sum(place < len(row) and _number(row[place]) is not None for row in rows)
        if 2 * numbers >= len(rows):
            return place
    return 0


def _number(cell: str) -> float | None:
    try:
        return float(cell) if "_" not in cell else None
    except ValueError:
        return None


def letters(text: str) -> str:
    """A text to learn from, its lines ended by newlines. InvalidValue if it is short or always the same character."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) < LEAST_TEXT:
        got = f"{len(text)} character{'s' if len(text) != 1 else ''}" if text else "an empty one"
        raise InvalidValue(f"a text must have at least {LEAST_TEXT} characters, got {got}: paste a longer one")
    if len(set(text)) == 1:
        raise InvalidValue(
            f"the text is the character {text[0]!r} over and over: paste one with at least two different"
        )
    return text
