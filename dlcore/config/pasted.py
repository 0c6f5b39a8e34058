"""What a person pastes: a series of numbers, or a text. No torch in here."""

import functools
import math
from dataclasses import dataclass

from dlcore.config.tables import Table, table
from dlcore.errors import InvalidValue
from dlcore.formula.numbers import between, plain

LEAST_POINTS = 20
LARGEST = 1e15
LEAST_TEXT = 100


@dataclass(frozen=True)
class Reading:
    """values: the numbers, oldest first; name: where they stood, for a sentence"""

    values: tuple[float, ...]
    name: str


def numbers(text: str, column: str = "") -> tuple[float, ...]:
    """The numbers in a text, oldest first.

    text: one number a line, numbers in one line, or a table, as `dlcore.config.tables.table` reads it
    column: which column of a table, by its name; empty: the last one that holds numbers
    Raises InvalidValue where there are gaps, words, too few numbers, or only equal ones.
    """
    return read(text, column).values


@functools.lru_cache(maxsize=32)
def read(text: str, column: str = "") -> Reading:
    """The same, with where the numbers stood."""
    found = table(text)
    place = _place(found, column)
    values = found.column(place)
    name = _name(found, place)
    for number, (row, value) in enumerate(zip(found.rows, values, strict=True), start=found.first):
        cell = row[place] if place < len(row) else ""
        if value is None:
            got = f"{cell[:30]!r}" if cell else "nothing"
            raise InvalidValue(f"row {number} of {name} must be a number, got {got}: fill the gap or remove the row")
        if not math.isfinite(value) or abs(value) > LARGEST:
            raise InvalidValue(f"row {number} of {name} must be {between(-LARGEST, LARGEST)}, got {cell[:30]!r}")
    known = tuple(value for value in values if value is not None)
    if len(known) < LEAST_POINTS:
        count = "one number" if len(values) == 1 else f"{len(values)} numbers"
        raise InvalidValue(f"a series must have at least {LEAST_POINTS} numbers, got {count}: paste a longer one")
    if min(known) == max(known):
        raise InvalidValue(f"all {len(values)} numbers of {name} are {plain(known[0])}: there is nothing to forecast")
    return Reading(known, name)


def _name(found: Table, place: int) -> str:
    if place < len(found.header) and found.header[place]:
        return f"column {found.header[place]!r}"
    return f"column {place + 1} of {found.width}" if found.width > 1 else "the series"


def _place(found: Table, column: str) -> int:
    """Which column holds the series."""
    if column:
        for place, name in enumerate(found.header):
            if name.casefold() == column.strip().casefold():
                return place
        there = ", ".join(name for name in found.header[:12] if name) or "none: the table has no header"
        raise InvalidValue(f"column must be one of the table's ({there}), got {column!r}")
    for place in reversed(range(found.width)):
        known = sum(value is not None for value in found.column(place))
        if 2 * known >= len(found.rows):
            return place
    return 0


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
