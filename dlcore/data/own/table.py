"""A CSV of pixels: a row for each image, 784 values from 0 to 255 or from 0 to 1, and its label. No torch.

As MNIST is handed around: a label in the first column or in the last, names above the columns or none.
"""

import csv
import math
from collections.abc import Sequence

import numpy as np

from dlcore.config import class_names
from dlcore.config.image_sets import SIDE
from dlcore.data.own.examples import MOST_IMAGES, Found
from dlcore.data.own.pictures import Gathering
from dlcore.errors import InvalidValue

PIXELS = SIDE * SIDE
LONGEST_LINE = 40_000
_TITLES = ("label", "labels", "class", "target", "y", "category", "name")


def read(data: bytes) -> Found:
    """The images of a CSV; InvalidValue says why there are none that can be used, with the row."""
    lines = _lines(data)
    separator = max(",;\t ", key=lines[0][1].count)
    header = _header(_cells(lines[0][1], separator))
    rows = [(number, _cells(line, separator)) for number, line in lines[bool(header) :]]
    if not rows:
        raise InvalidValue("the CSV has no rows of pixels: it needs one for each image")
    for number, cells in rows:
        if len(cells) != PIXELS + 1:
            without = " (the pixels without a label?)" if len(cells) == PIXELS else ""
            raise InvalidValue(
                f"each row must have a label and {PIXELS} pixels, {PIXELS + 1} columns, row {number:,} has "
                f"{len(cells):,}{without}: write images of {SIDE}×{SIDE} pixels"
            )
    last = _label_is_last(header, [cells for _, cells in rows])
    labels = [_label(cells[-1 if last else 0], number) for number, cells in rows]
    pixels = np.stack([_pixels(cells[:-1] if last else cells[1:], number) for number, cells in rows])
    gathering = Gathering()
    for label, image in zip(labels, _levels(pixels), strict=True):
        gathering.add(label, image.reshape(SIDE, SIDE))
    return gathering.found()


def _lines(data: bytes) -> list[tuple[int, str]]:
    """The lines that are not empty, with their numbers."""
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = data.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    if "\0" in text:
        raise InvalidValue(
            "this is neither a ZIP nor a CSV: name a ZIP with a folder for each class, or a CSV of pixels"
        )
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip(" ,;\t")]
    if not lines:
        raise InvalidValue("the file is empty: it needs a row of pixels for each image")
    if len(lines) > MOST_IMAGES + 1:
        raise InvalidValue(f"there may be up to {MOST_IMAGES:,} images, the CSV has {len(lines):,} rows: cut it")
    if long := next((number for number, line in lines if len(line) > LONGEST_LINE), 0):
        raise InvalidValue(
            f"row {long:,} is longer than the {LONGEST_LINE:,} characters of a label and {PIXELS} pixels"
        )
    return lines


def _cells(line: str, separator: str) -> list[str]:
    if '"' in line:
        return [each.strip() for each in next(csv.reader([line], delimiter=separator))]
    return [each.strip() for each in (line.split() if separator == " " else line.split(separator))]


def _header(cells: Sequence[str]) -> list[str]:
    """The names above the columns in small letters; none if the first row has pixels already."""
    words = sum(not _is_number(each) for each in cells)
    return [each.casefold() for each in cells] if words > 1 else []


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _label_is_last(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """By its name, else by what can be no pixel, else by what never changes: corners of images are empty."""
    if header:
        named = [place for place, each in enumerate(header) if each in _TITLES]
        if named in ([0], [PIXELS]):
            return named == [PIXELS]
    first, last = ({cells[place] for cells in rows} for place in (0, -1))
    words = [any(not _is_number(each) for each in column) for column in (first, last)]
    if words[0] != words[1]:
        return words[1]
    return len(first) == 1 and len(last) > 1


def _label(text: str, row: int) -> str:
    """3.0 is 3, as spreadsheets write it."""
    name = class_names.tidy(text)
    if not name:
        raise InvalidValue(f"row {row:,} has no label: write the name of its class")
    number = float(name) if _is_number(name) else math.nan
    return str(int(number)) if number.is_integer() and abs(number) < 1e9 else name


def _pixels(cells: Sequence[str], row: int) -> np.ndarray:
    """float32 (784,), from 0 to 255."""
    try:
        values = np.array(cells, dtype=np.float32)
    except ValueError:
        wrong = next(each for each in cells if not _is_number(each))
        raise InvalidValue(
            f"pixels must be numbers from 0 to 255 or from 0 to 1, row {row:,} has {wrong[:20]!r}"
        ) from None
    if not (values.min() >= 0 and values.max() <= 255):
        wrong = next(each for each in cells if not 0 <= float(each) <= 255)
        raise InvalidValue(f"pixels must lie between 0 and 255, or 0 and 1, row {row:,} has {wrong[:20]}")
    return values


def _levels(pixels: np.ndarray) -> np.ndarray:
    """uint8: values up to 1 are shares of white."""
    return (pixels * (255 if pixels.max() <= 1 else 1)).round().astype(np.uint8)
