"""Points that a person brings: pasted, uploaded, drawn or told apart by a formula of theirs."""

import csv
import re

import numpy as np

from dlcore.config.class_names import tidy
from dlcore.errors import InvalidValue
from dlcore.formula.expression import Expression, parse
from dlcore.formula.numbers import typed
from dlcore.formula.vocabulary import InvalidExpression
from dlcore.playground.problems import MOST_CLASSES, REACH, Points, dealt, mixed

MOST_POINTS, MOST_TEXT = 500, 40_000
MOST_PASTED = 5_000_000
_COMPARED = re.compile(r"[<>≤≥]")
_SIGN = re.compile(r"[<>]=?|[≤≥]")
_SAMPLE = "1.5, −2, 0"
_FITS = 5.0


def read(text: str, share: float) -> Points:
    """The points of a text: two numbers and a class or a value each.

    A point a line, or, in a single line, points that semicolons part. Columns may be parted by commas, semicolons, tabs
    or spaces; a first line with names is left out. Whole numbers and words are classes, other numbers values. Where a
    coordinate is beyond ±6, each axis is scaled to −5 … 5; values are scaled to −1 … 1 likewise.
    Raises InvalidValue, with the row, for what cannot be used.
    """
    rows = _rows(text)
    if not rows:
        raise InvalidValue(f"there are no points yet: paste some, a point a line, such as {_SAMPLE}")
    if len(rows) > MOST_POINTS:
        raise InvalidValue(f"there may be up to {MOST_POINTS:,} points, these are {len(rows):,}: leave some out")
    points = np.array([[_number(cell, row) for cell in cells[:2]] for row, cells in rows])
    if np.abs(points).max() > REACH:
        points = _scaled(points, _FITS)
    last = [cells[2] for _, cells in rows]
    values = _values(last)
    if values is not None:
        return dealt(points, _scaled(values[:, None], 1.0)[:, 0], share, 0)
    names = sorted({_label(cell) for cell in last}, key=_rank)
    if len(names) > MOST_CLASSES:
        raise InvalidValue(
            f"there may be up to {MOST_CLASSES} classes, these points have {len(names):,}: the third column is the "
            "class; give values with decimals, such as 0.5, if a value is to be learned"
        )
    if len(names) < 2:
        raise InvalidValue(f"all points are of the class {names[0]!r}: a second class is needed to tell it apart from")
    places = {name: place for place, name in enumerate(names)}
    return dealt(points, np.array([places[_label(cell)] for cell in last]), share, len(names), tuple(names))


def tidied(text: str) -> tuple[str, int]:
    """A pasted or uploaded table as the short text that a link can carry, and how many points it had.

    Of more than MOST_POINTS every so many are kept.
    """
    if len(text) > MOST_PASTED:
        raise InvalidValue(f"the table may have {MOST_PASTED:,} characters, this has {len(text):,}: leave rows out")
    rows = _rows(text)
    kept = [rows[place] for place in np.linspace(0, len(rows) - 1, min(len(rows), MOST_POINTS)).round().astype(int)]
    read("\n".join(";".join(cells) for _, cells in kept), 0.5)
    points = np.array([[_number(cell, row) for cell in cells[:2]] for row, cells in kept])
    points = _scaled(points, _FITS) if np.abs(points).max() > REACH else points
    last = [cells[2].replace(",", ".").replace(";", " ") for _, cells in kept]
    return written(points, last), len(rows)


def written(points: np.ndarray, last: list[str]) -> str:
    """Points (N, 2), each with its class or value, in a single line."""
    return "; ".join(f"{x:.4g}, {y:.4g}, {each}" for (x, y), each in zip(points.tolist(), last, strict=True))


def ruled(text: str, count: int, noise: float, share: float, seed: int) -> Points:
    """Points all over the plane, told apart by a rule such as x2 > sin(x1), or with the value of a formula.

    Raises InvalidExpression for what is no rule, InvalidValue if all points fall on one side.
    """
    chance = np.random.default_rng(seed)
    points = chance.uniform(-REACH, REACH, (count, 2))
    read = points + chance.uniform(-REACH, REACH, (count, 2)) * noise
    formula, classes = rule(text)
    found = _run(formula, read)
    if not np.isfinite(found).all():
        x1, x2 = read[~np.isfinite(found)][0]
        raise InvalidValue(f"{text.strip()!r} has no value at x1 = {x1:.2f}, x2 = {x2:.2f}: write a rule that has one")
    if not classes:
        found = found / max(1.0, np.abs(found).max())
    elif len(set(found.tolist())) < 2:
        side = "on" if found[0] else "outside of"
        raise InvalidValue(
            f"every point of the plane is {side} the side of {text.strip()!r}: write a rule that parts it"
        )
    return mixed(points, found, share, seed, classes)


def rule(text: str) -> tuple[Expression, int]:
    """The formula of a rule in x1 and x2, or x and y, and how many classes it tells apart: 2, or 0 for a value."""
    names = ("x1", "x2", "x", "y")
    signs = list(_COMPARED.finditer(text))
    if not signs:
        return parse(text, names), 0
    begin = 0
    for end in (*(each.start() for each in signs), len(text)):
        _side(text, begin, end, names)
        begin = end + (len(_SIGN.findall(text[end:])[0]) if end < len(text) else 0)
    return parse(f"where({text}, 1, 0)", names), 2


def _side(text: str, begin: int, end: int, names: tuple[str, ...]) -> None:
    """Check what stands on one side of a comparison; an error points to its place in the whole text."""
    if not text[begin:end].strip():
        raise InvalidExpression("A comparison needs something on both of its sides, such as x2 > sin(x1)", text, begin)
    try:
        parse(text[begin:end], names)
    except InvalidExpression as error:
        said = str(error).rsplit(" (character", 1)[0]
        raise InvalidExpression(said, text, begin + error.position) from None


def _run(formula: Expression, points: np.ndarray) -> np.ndarray:
    import torch

    x1, x2 = torch.from_numpy(points).T
    values = {"x1": x1, "x2": x2, "x": x1, "y": x2}
    return np.broadcast_to(formula(**{name: values[name] for name in formula.used}).double().numpy(), len(points))


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """The cells of each row with its number, from 1."""
    lines = text.lstrip("\ufeff").splitlines()
    lines = lines if len(lines) > 1 else text.split(";")
    kept = [(number, line.strip()) for number, line in enumerate(lines, 1) if line.strip(" ,;\t\r")]
    if not kept:
        return []
    first = kept[0][1]
    separator = next((each for each in (";", "\t", ",") if each in first), " ")
    rows = [(number, _cells(line, separator)) for number, line in kept]
    if len(rows) > 1 and not _is_number(rows[0][1][0]):
        rows = rows[1:]
    for number, cells in rows:
        if len(cells) != 3:
            raise InvalidValue(
                f"a point has three columns, two numbers and its class or value, such as {_SAMPLE}; "
                f"row {number:,} has {len(cells)}"
            )
    return rows


def _cells(line: str, separator: str) -> list[str]:
    cells = line.split() if separator == " " else next(csv.reader([line], delimiter=separator))
    return [each.strip() for each in cells]


def _is_number(text: str) -> bool:
    try:
        return np.isfinite(typed(text))
    except ValueError:
        return False


def _number(text: str, row: int) -> float:
    if not _is_number(text) or abs(typed(text)) > 1e9:
        raise InvalidValue(f"the first two columns must be numbers, row {row:,} has {text[:20]!r}")
    return typed(text)


def _label(text: str) -> str:
    return str(int(typed(text))) if _is_number(text) else tidy(text) or "?"


def _rank(name: str) -> tuple[bool, float, str]:
    """Numbers first, by their size."""
    return (not _is_number(name), typed(name) if _is_number(name) else 0.0, name)


def _values(cells: list[str]) -> np.ndarray | None:
    """The third column as values; None if it names classes."""
    if not all(map(_is_number, cells)):
        return None
    found = np.array([typed(cell) for cell in cells])
    return None if (found == np.round(found)).all() else found


def _scaled(columns: np.ndarray, most: float) -> np.ndarray:
    """Each column moved and stretched to −most … most, if it is not within that already."""
    low, high = columns.min(0), columns.max(0)
    if np.abs(columns).max() <= most:
        return columns
    return (columns - (low + high) / 2) / np.maximum(high - low, 1e-12) * 2 * most
