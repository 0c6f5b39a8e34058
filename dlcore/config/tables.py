"""A pasted table taken apart: its header, its rows, and the numbers in its cells, as people write them. No torch."""

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from dlcore.errors import InvalidValue

_SIGN = r"[-+]?"
_WHOLE = re.compile(rf"{_SIGN}\d+(,\d+)*(\.\d+)?")
"""What can be one number with commas in it, or several columns of numbers."""
_MARKED = re.compile(rf"{_SIGN}\d+([.,]\d+)+")
_DECIMAL = re.compile(rf"{_SIGN}\d+(,\d+)?")
_THOUSANDS = re.compile(rf"{_SIGN}[1-9]\d{{0,2}}(,\d{{3}})+(\.\d+)?")
_CERTAIN_THOUSANDS = re.compile(rf"{_SIGN}[1-9]\d{{0,2}}((,\d{{3}})+\.\d+|(,\d{{3}}){{2,}})")
_POINTS = re.compile(rf"{_SIGN}[1-9]\d{{0,2}}(\.\d{{3}})+(,\d+)?")
_CERTAIN_POINTS = re.compile(rf"{_SIGN}[1-9]\d{{0,2}}((\.\d{{3}})+,\d+|(\.\d{{3}}){{2,}})")


@dataclass(frozen=True)
class Table:
    """header: names of the columns, empty if there are none; first: number of the first row, header and titles counted

    delimiter: empty where spaces part the columns, or nothing does
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    first: int
    delimiter: str

    @property
    def width(self) -> int:
        """Cells of the longest row."""
        return max(map(len, self.rows), default=0)

    def column(self, place: int) -> list[float | None]:
        """A column as numbers, None where there is none. Its cells tell what a comma and a point stand for."""
        cells = [row[place] if place < len(row) else "" for row in self.rows]
        return [number(cell) for cell in _plain(cells, self.delimiter)]


def table(text: str) -> Table:
    """Lines of numbers, numbers in one line, or a table (CSV; comma, semicolon or tab), with or without a header.

    Comments (#) and titles above the table are left out. InvalidValue where a comma or a gap can mean two things.
    """
    every = [line.strip("\r") for line in text.lstrip("\ufeff").split("\n")]
    lines = [line for line in every if line.strip()]
    if not lines:
        raise InvalidValue("the series is empty: paste numbers, one a line, or a table in CSV")
    kept = [line for line in lines if not line.lstrip().startswith("#")] or lines
    skipped = len(lines) - len(kept)
    delimiter = next((mark for mark in ";\t," if any(mark in line for line in kept)), "")
    if delimiter == "," and len(kept) > 1 and (meant := _one_column(kept)):
        kept, delimiter = meant, ""
    rows = _cells(kept, delimiter)
    if len(rows) == 1 and len(rows[0]) > 1:
        return Table((), tuple((cell,) for cell in rows[0] if cell), 1 + skipped, delimiter)
    usual = Counter(map(len, rows)).most_common(1)[0][0]
    titles = list(itertools.takewhile(lambda row: len(row) < usual and not _numbers(row), rows))
    rows, skipped = rows[len(titles) :], skipped + len(titles)
    header = rows[0] if len(rows) > 1 and not _numbers(rows[0]) else ()
    if header:
        rows, skipped = rows[1:], skipped + 1
    if usual == 1:
        _check_gaps(every)
    return Table(header, tuple(rows), 1 + skipped, delimiter)


def number(cell: str) -> float | None:
    """A cell as Python writes numbers; None if it is none."""
    try:
        return float(cell) if "_" not in cell else None
    except ValueError:
        return None


def _numbers(row: Sequence[str]) -> bool:
    return any(number(cell) is not None or _MARKED.fullmatch(cell) for cell in row)


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
    body = [line.strip() for line in lines[named:]]
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


def _plain(cells: Sequence[str], delimiter: str) -> Sequence[str]:
    """Cells of a column as Python writes numbers.

    A lone comma is the mark of decimals, unless all that follow one in a table with commas are three digits.
    """
    if any(map(_CERTAIN_POINTS.fullmatch, cells)):
        marked = (cell.replace(".", "") if _POINTS.fullmatch(cell) else cell for cell in cells)
        return [cell.replace(",", ".") for cell in marked]
    lone = [cell for cell in cells if _DECIMAL.fullmatch(cell) and "," in cell]
    groups = delimiter == "," and all(map(_THOUSANDS.fullmatch, lone))
    if groups or any(map(_CERTAIN_THOUSANDS.fullmatch, cells)):
        return [cell.replace(",", "") if _THOUSANDS.fullmatch(cell) else cell for cell in cells]
    return [cell.replace(",", ".") if _DECIMAL.fullmatch(cell) else cell for cell in cells]


def _check_gaps(lines: Sequence[str]) -> None:
    """InvalidValue for an empty line between some of the numbers; one between all of them is a way to write."""
    places = [place for place, line in enumerate(lines) if number(line.strip()) is not None]
    pairs = itertools.pairwise(places)
    apart = [later - now > 1 and not "".join(lines[now + 1 : later]).strip() for now, later in pairs]
    if any(apart) and not all(apart):
        where = places[apart.index(True)] + 2
        raise InvalidValue(f"line {where} is empty, between two numbers: fill the gap or remove the line")
