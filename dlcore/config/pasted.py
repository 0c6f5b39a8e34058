"""What a person pastes: a series of numbers, or a text. No torch in here."""

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from dlcore.config.cells import is_date, is_gap
from dlcore.config.tables import Table, table
from dlcore.errors import InvalidValue
from dlcore.formula.numbers import between, plain

LEAST_POINTS = 20
LARGEST = 1e15
LEAST_TEXT = 100
GAPS = ("ask", "skip", "fill")
"""What becomes of rows without a number: a question, left out, or a straight line from neighbour to neighbour."""
_MOST_NAMED = 8


@dataclass(frozen=True)
class Reading:
    """values: the numbers, oldest first; name: where they stood, for a sentence

    gaps: the rows that had none, counted as in the text; treated: what became of them, one of GAPS
    """

    values: tuple[float, ...]
    name: str
    gaps: tuple[int, ...] = ()
    treated: str = "ask"

    @property
    def notice(self) -> str:
        """A sentence on the gaps, if there were any."""
        if not self.gaps:
            return ""
        done = {"skip": "left out", "fill": "filled along a straight line between its neighbours"}[self.treated]
        many = len(self.gaps) > 1
        done = done.replace("its", "their") if many else done
        return f"{_rows(self.gaps).capitalize()} of {self.name} had no number and {'were' if many else 'was'} {done}."


def numbers(text: str, column: str = "", gaps: str = "ask") -> tuple[float, ...]:
    """The numbers in a text, oldest first.

    text: one number a line, numbers in one line, or a table, as `dlcore.config.tables.table` reads it
    column: which column of a table, by its name or its number; empty: the last one that holds numbers
    gaps: what becomes of rows without a number, one of GAPS
    Raises InvalidValue where there are words, too few numbers, or only equal ones; where there are gaps to ask about;
    and where the column is not plain because the numbers of another one cannot be read.
    """
    return read(text, column, gaps).values


@functools.lru_cache(maxsize=32)
def read(text: str, column: str = "", gaps: str = "ask") -> Reading:
    """The same, with where the numbers stood."""
    found = table(text)
    place = _named(found, column) if column.strip() else _place(found)
    cells, values = found.cells(place), found.column(place)
    name = _name(found, place)
    empty = []
    for number, (cell, value) in enumerate(zip(cells, values, strict=True), start=found.first):
        if is_gap(cell) and (value is None or math.isnan(value)):
            empty.append(number)
        elif value is None:
            raise InvalidValue(
                f"row {number} of {name} must be a number, got {cell[:30]!r}: write the number, or remove the row"
            )
        elif not math.isfinite(value) or abs(value) > LARGEST:
            raise InvalidValue(f"row {number} of {name} must be {between(-LARGEST, LARGEST)}, got {cell[:30]!r}")
    known = [value if number not in empty else None for number, value in enumerate(values, start=found.first)]
    told = tuple(value for value in known if value is not None)
    if len(told) < LEAST_POINTS:
        count = "one number" if len(told) == 1 else f"{len(told)} numbers"
        raise InvalidValue(f"a series must have at least {LEAST_POINTS} numbers, got {count}: paste a longer one")
    if empty and gaps == "ask":
        raise InvalidValue(
            f"{_rows(empty)} of {name} {'have' if len(empty) > 1 else 'has'} no number: choose what becomes of gaps, "
            "skip to leave such rows out, or fill to draw a straight line over them"
        )
    if min(told) == max(told):
        raise InvalidValue(f"all {len(told)} numbers of {name} are {plain(told[0])}: there is nothing to forecast")
    return Reading(_filled(known) if gaps == "fill" else told, name, tuple(empty), gaps)


def _filled(values: Sequence[float | None]) -> tuple[float, ...]:
    """Straight lines over the gaps; at the ends the nearest number."""
    known = [(place, value) for place, value in enumerate(values) if value is not None]
    made, after = [], 0
    for place in range(len(values)):
        while after < len(known) and known[after][0] < place:
            after += 1
        (left, low), (right, high) = known[max(after - 1, 0)], known[min(after, len(known) - 1)]
        if right == place or right <= left:
            made.append(high)
        else:
            made.append(low + (high - low) * (min(max(place, left), right) - left) / (right - left))
    return tuple(made)


def _rows(places: Sequence[int]) -> str:
    """Row 13; rows 13, 40 and 41; rows 1, 2, … and 90 (31 of them)."""
    if len(places) == 1:
        return f"row {places[0]}"
    shown = list(map(str, places))
    if len(shown) > _MOST_NAMED:
        return f"rows {', '.join(shown[: _MOST_NAMED - 2])}, … and {shown[-1]} ({len(shown):,} of them)"
    return f"rows {', '.join(shown[:-1])} and {shown[-1]}"


def _name(found: Table, place: int) -> str:
    if names := found.names(place):
        return f"column {names[0]!r}"
    return f"column {place + 1} of {found.width}" if found.width > 1 else "the series"


def _named(found: Table, column: str) -> int:
    """The column with this name, or this number where there are no names."""
    wanted = column.strip().casefold()
    for choose in (slice(0, 1), slice(1, None)):
        for place in range(found.width):
            if wanted in (name.casefold() for name in found.names(place)[choose]):
                return place
    if wanted.isdecimal() and 1 <= int(wanted[:4]) <= found.width:
        return int(wanted[:4]) - 1
    raise InvalidValue(f"column must be one of the table's ({_choices(found)}), got {column!r}")


def _choices(found: Table) -> str:
    """The columns by their names; where they have none by their numbers."""
    names = [next(iter(found.names(place)), f"{place + 1}") for place in range(found.width)]
    return ", ".join(names[:12]) + (", …" if len(names) > 12 else "")


def _place(found: Table) -> int:
    """Which column holds the series: the last one with numbers that do more than count the rows.

    InvalidValue where that is no matter of course.
    """
    columns = [found.column(place) for place in range(found.width)]
    known = [sum(value is not None for value in column) for column in columns]
    numeric = [place for place in range(found.width) if 2 * known[place] >= len(found.rows)]
    last = next((place for place in reversed(numeric) if not _counts(columns[place])), numeric[-1] if numeric else None)
    if found.width == 1:
        return 0
    for place in reversed(range(found.width)):
        if last is None or place > last or (place < last and _counts(columns[last])):
            why = _nearly(found.cells(place), columns[place], sparse=place not in numeric)
            if why:
                raise InvalidValue(f"{_name(found, place)} {why} choose the column ({_choices(found)})")
    return last or 0


def _counts(column: Sequence[float | None]) -> bool:
    """Whether a column only counts the rows, from 0 or 1."""
    known = [value for value in column if value is not None]
    return len(known) > 1 and known[0] in (0, 1) and known == [known[0] + step for step in range(len(known))]


def _nearly(cells: Sequence[str], values: Sequence[float | None], sparse: bool) -> str:
    """Why a column that is all but numbers is none; empty if it is nothing of the kind: dates and words are not.

    sparse: whether numbers in only some of the rows are a reason
    """
    filled = [cell for cell in cells if not is_gap(cell)]
    numeric = [cell for cell in filled if any(map(str.isdigit, cell)) and not is_date(cell)]
    if 4 * len(numeric) < len(cells) or 2 * len(numeric) < len(filled):
        return ""
    unread = [cell for cell, value in zip(cells, values, strict=True) if cell in numeric and value is None]
    if unread:
        return f"looks like numbers that cannot be read, such as {unread[0][:30]!r}: write them as plain numbers, or"
    return f"has numbers in only {len(numeric):,} of {len(cells):,} rows:" if sparse else ""


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
