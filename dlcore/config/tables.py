"""A pasted table taken apart: its header, its rows, and the numbers in its cells, as people write them. No torch."""

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from dlcore.config import cells
from dlcore.config.cells import cleaned, is_date, is_gap, number
from dlcore.errors import InvalidValue

DELIMITERS = ";\t|,"
_SAID = re.compile(r'\s*"?sep=(.)"?[\s;,]*', re.IGNORECASE)
"""The line in which Excel is told what parts the columns."""
_MOST_HEADERS = 6

_SIGN = r"[-+]?"
_WHOLE = re.compile(rf"{_SIGN}\d+(,\d+)*(\.\d+)?")
"""What can be one number with commas in it, or several columns of numbers."""
_MARKED = re.compile(rf"{_SIGN}\d+([.,]\d+)+")
_DECIMAL = re.compile(rf"{_SIGN}\d+(,\d+)?")
_THOUSANDS = re.compile(rf"{_SIGN}[1-9]\d{{0,2}}(,\d{{3}})+(\.\d+)?")


@dataclass(frozen=True)
class Table:
    """headers: rows above the numbers, each with the names of the columns; first: number of the first row, all counted

    delimiter: empty where spaces part the columns, or nothing does
    """

    headers: tuple[tuple[str, ...], ...]
    rows: tuple[tuple[str, ...], ...]
    first: int
    delimiter: str

    @property
    def width(self) -> int:
        """Cells of the longest row."""
        return max(map(len, self.rows), default=0)

    def names(self, place: int) -> tuple[str, ...]:
        """What a column is called, the whole name first, then by rows: ("Close MSFT", "Close", "MSFT")."""
        said = [row[place] for row in self.headers if place < len(row) and row[place]]
        parts = tuple(dict.fromkeys(said))
        return (" ".join(parts), *parts) if len(parts) > 1 else parts

    def cells(self, place: int) -> list[str]:
        """A column as it stands there; cells that a short row lacks are empty."""
        return [row[place] if place < len(row) else "" for row in self.rows]

    def column(self, place: int) -> list[float | None]:
        """A column as numbers, None where there is none."""
        return [number(cell) for cell in cells.plain(self.cells(place), self.delimiter == ",")]


def table(text: str) -> Table:
    """Lines of numbers, numbers in one line, or a table (CSV; comma, semicolon, tab or bar), with or without headers.

    Comments (#), titles above the table and a line such as sep=; are left out. InvalidValue where a comma can mean
    two things.
    """
    every = [cells.joined(line.strip("\r")) for line in text.lstrip("\ufeff").split("\n")]
    lines = [line for line in every if line.strip()]
    if not lines:
        raise InvalidValue("the series is empty: paste numbers, one a line, or a table in CSV")
    said = _SAID.fullmatch(lines[0].lstrip("\ufeff")) if len(lines) > 1 else None
    kept = [line for line in lines[bool(said) :] if not line.lstrip().startswith("#")] or lines
    skipped = len(lines) - len(kept)
    delimiter = said[1].replace("\\", "\t") if said else _delimiter(kept)
    if delimiter == "," and len(kept) > 1 and (meant := _one_column(kept)):
        kept, delimiter = meant, ""
    rows = _cells(kept, delimiter)
    if len(rows) == 1 and len(rows[0]) > 1:
        return Table((), tuple((cell,) for cell in rows[0] if cell), 1 + skipped, delimiter)
    usual = Counter(map(len, rows)).most_common(1)[0][0]
    titles = list(itertools.takewhile(lambda row: len(row) < usual and not _numbers(row), rows))
    rows, skipped = rows[len(titles) :], skipped + len(titles)
    headers = rows[: _headers(rows)]
    rows, skipped = rows[len(headers) :], skipped + len(headers)
    if usual == 1:
        rows = _with_gaps(every, rows)
    return Table(tuple(headers), tuple(rows), 1 + skipped, delimiter)


def _delimiter(lines: Sequence[str]) -> str:
    """What parts most lines into equally many cells; a comma also where only some lines have one."""
    shares = {}
    for mark in DELIMITERS:
        count, often = Counter(map(len, _cells(lines, mark))).most_common(1)[0]
        shares[mark] = often if count > 1 else 0
    best = max(shares, key=lambda mark: shares[mark])
    if shares[best]:
        return best
    return "," if any("," in line for line in lines) else ""


def _numbers(row: Sequence[str]) -> bool:
    """Whether a row has numbers in it, or dates, as no header does."""
    known = (cleaned(cell) for cell in row)
    return any(number(cell) is not None or _MARKED.fullmatch(cell) or is_date(cell) for cell in known if cell)


def _headers(rows: Sequence[Sequence[str]]) -> int:
    """How many rows of headers there are: after the first, only rows with a word where numbers or dates follow."""
    if len(rows) < 2 or _numbers(rows[0]):
        return 0
    body = next((place for place, row in enumerate(rows[:_MOST_HEADERS]) if _numbers(row)), 0)
    for place in range(1, body):
        words = [column for column, cell in enumerate(rows[place]) if not is_gap(cell) and not _has_digit(cell)]
        below = [_has_digit(rows[body][column]) for column in words if column < len(rows[body])]
        if not any(below):
            return place
    return max(1, body)


def _has_digit(cell: str) -> bool:
    return any(each.isdigit() for each in cell)


def _cells(lines: Sequence[str], delimiter: str) -> list[tuple[str, ...]]:
    if not delimiter:
        return [tuple(line.replace('"', " ").split()) or ("",) for line in lines]
    import csv  # a fifth of the time that importing the config would take, where few need it

    try:
        rows = list(csv.reader(lines, delimiter=delimiter))
    except csv.Error as error:
        raise InvalidValue(f"the table cannot be read ({error}): paste plain CSV") from None
    return [tuple(cell.strip() for cell in row) for row in rows]


def _one_column(lines: Sequence[str]) -> list[str] | None:
    """The lines with points for decimals where each is one number with commas in it; None if they are a table.

    InvalidValue if they can be both, as 1,50 can.
    """
    named = not _numbers(lines[0].split(","))
    body = [cleaned(line) for line in lines[named:]]
    if not body or (named and "," in lines[0]) or not all(map(_WHOLE.fullmatch, body)):
        return None
    parts = [line.split(",") for line in body]
    ragged = len(set(map(len, parts))) > 1
    steps = {float(later[0]) - float(now[0]) for now, later in itertools.pairwise(parts)}
    if not ragged and len(steps) == 1 and steps != {0}:
        return None
    decimal = all(map(_DECIMAL.fullmatch, body))
    thousands = all(_THOUSANDS.fullmatch(line) or "," not in line for line in body)
    if decimal != thousands and (named or ragged or (decimal and any(re.search(r",0\d", line) for line in body))):
        return [*lines[:named], *(line.replace(",", "." if decimal else "") for line in body)]
    example = next(line for line in body if "," in line)
    raise InvalidValue(
        f"{example[:30]!r} can be one number or several columns: write numbers with a point for the decimals and "
        "without a mark for thousands, or put names above the columns, such as time,value"
    )


def _with_gaps(lines: Sequence[str], rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Rows of one column with an empty one for each empty line between two of them.

    Where there is one between all of them that is a way to write.
    """
    filled = [place for place, line in enumerate(lines) if line.strip()][-len(rows) :]
    apart = [later - now - 1 for now, later in itertools.pairwise(filled)]
    if len(filled) < len(rows) or not any(apart) or len(set(apart)) == 1:
        return rows
    after = [*apart, 0]
    return [each for row, empty in zip(rows, after, strict=True) for each in (row, *[("",)] * empty)]
