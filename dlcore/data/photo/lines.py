"""Ruled and squared paper: lines that run from one end of the sheet to the other, taken away around the strokes."""

from collections.abc import Iterator

import numpy as np
from scipy import ndimage

STEEPEST = 8.0
"""Degrees."""


def turned(mask: np.ndarray) -> float:
    """Degrees by which printed lines are off the picture's edges; 0 if there are none."""
    best = (0.0, 0.0)
    for flipped in (mask, mask.T):
        rows, cols = np.nonzero(flipped)
        if len(rows) < 50:
            continue
        pick = slice(None, None, max(1, len(rows) // 20_000))
        rows, cols = rows[pick].astype(np.float32), cols[pick] - flipped.shape[1] / 2
        sign = 1 if flipped is mask else -1
        for degrees in np.arange(-STEEPEST, STEEPEST + 0.1, 0.5):
            best = max(best, (_peaked(rows, cols, degrees), sign * degrees))
        for degrees in best[1] * sign + np.arange(-0.4, 0.41, 0.1):
            best = max(best, (_peaked(rows, cols, degrees), sign * degrees))
    return best[1]


def _peaked(rows: np.ndarray, cols: np.ndarray, degrees: float) -> float:
    """How much of the ink lies in few lines at that angle."""
    places = np.round(rows - cols * np.tan(np.radians(degrees))).astype(int)
    count = np.bincount(places - places.min()).astype(float)
    return float(np.square(count).sum() / count.sum() ** 2)


def without(amount: np.ndarray, mask: np.ndarray, inside: np.ndarray, thickness: float) -> tuple[np.ndarray, int]:
    """`amount` without printed lines, along rows and columns; and how many lines those were.

    mask: bool (h, w), where there may be ink; thickness: of the pen, in pixels
    """
    across, first = _without_rows(amount, mask, inside, thickness)
    along, second = _without_rows(amount.T, mask.T, inside.T, thickness)
    return np.minimum(across, along.T), first + second


def _without_rows(amount: np.ndarray, mask: np.ndarray, inside: np.ndarray, thickness: float) -> tuple[np.ndarray, int]:
    bands = list(_bands(mask, inside, thickness))
    if not bands:
        return amount, 0
    left = amount.copy()
    rows = np.zeros(len(mask), bool)
    for top, bottom in bands:
        rows[top:bottom] = True
    strokes = amount[mask & ~rows[:, None]]
    pen = float(np.percentile(strokes, 95)) if strokes.size else 0.0
    for top, bottom in bands:
        left[top:bottom] = np.where(_is_stroke(amount, mask, top, bottom, pen), amount[top:bottom], 0)
    return left, len(bands)


def _bands(mask: np.ndarray, inside: np.ndarray, thickness: float) -> Iterator[tuple[int, int]]:
    """First row and the one behind the last of each line that runs from one side of the paper to the other."""
    height, width = mask.shape
    wide = inside.sum(1)
    near = ndimage.maximum_filter1d(mask, 3, axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        covered = np.where(wide > 0.3 * width, (near & inside).sum(1) / wide, 0)
    runs, _ = ndimage.label(covered > 0.62)
    found = [(rows.start, rows.stop) for (rows,) in ndimage.find_objects(runs)]
    found = [
        (top, bottom)
        for top, bottom in found
        if bottom - top - 2 <= 0.05 * height and _whole(near, inside, top, bottom)
    ]
    if len(found) < 3:
        found = [(top, bottom) for top, bottom in found if bottom - top - 2 < 0.6 * thickness]
    yield from found


def _span(mask: np.ndarray) -> int:
    """Columns from the first to the last that has something."""
    columns = np.flatnonzero(mask.any(0))
    return int(np.ptp(columns)) + 1 if columns.size else 0


def _whole(near: np.ndarray, inside: np.ndarray, top: int, bottom: int) -> bool:
    """Whether a line reaches both sides: each tenth of the paper has its part of it."""
    columns = np.flatnonzero(inside[top:bottom].any(0))
    line = np.asarray(near[top:bottom].any(0))
    ends = max(2, len(columns) // 12)
    return line[columns[:ends]].mean() > 0.5 and line[columns[-ends:]].mean() > 0.5


def _is_stroke(amount: np.ndarray, mask: np.ndarray, top: int, bottom: int, pen: float) -> np.ndarray:
    """Which pixels of a line lie under the pen: darker than the line, or between ink above and below."""
    band = np.asarray(amount[top:bottom])
    height = bottom - top
    level = float(np.median(band.max(0)))
    reach = height + 1
    above = mask[max(0, top - 2) : max(1, top)].all(0)
    below = mask[bottom : bottom + 2].all(0) if bottom + 1 < len(mask) else np.zeros(mask.shape[1], bool)
    above, below = (ndimage.maximum_filter1d(each, reach) for each in (above, below))
    between = np.logical_and(above, below)
    deep = mask[max(0, top - height) : top].sum(0) + mask[bottom : bottom + height].sum(0) >= max(3, height)
    stroke = np.broadcast_to(between | deep, band.shape)
    if pen > 1.25 * level:
        darker = band > level + 0.45 * (pen - level)
        return darker | (stroke & (ndimage.maximum_filter(darker, (2 * height + 1, 5))))
    return stroke
