"""Where one character of a drawing may end and the next begin, found before anyone reads them. No torch in here.

A line of writing is parted by paths from its top to its bottom that cross as little ink as they can, found by dynamic
programming: none where there is a gap, about the width of a pen where two characters touch. Seams of that kind are
those of Avidan and Shamir, "Seam Carving for Content-Aware Image Resizing", ACM SIGGRAPH 2007; to cut into more pieces
than there are characters, and to let a reader choose, is the way of LeCun et al., "Gradient-Based Learning Applied to
Document Recognition", Proceedings of the IEEE 86(11), 1998.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from PIL import Image

from dlcore.data import ink

ROWS = 64
"""Height of a line of writing, in pixels, while it is being parted."""
LONGEST = 10
"""A line may be so many times as wide as high; a longer one has fewer rows."""
MOST_CUTS = 24
MOST_INK = 4.0
"""A cut may cross so many widths of the pen."""
LEAST_ROW = 0.25
"""What is less high, as a share of all rows, is no row: the two strokes of an equals sign are none."""
INKED = 0.2
"""From here on a pixel is ink."""
CLEAR = 0.15
"""Below this a cut crosses no ink, only soft edges."""
ROUND, STRAIGHT = 0.03, 0.5
"""What a cut pays for each step to a side, in pixels of ink: little, to go round all ink where there is a gap, or
much, to go straight through where two curves touch.
"""
SAME = 2
"""Cuts that are nowhere further apart, in pixels, are one."""


@dataclass(frozen=True)
class Cut:
    """A path from the top of a line to its bottom.

    path: int (rows,), the last column on the left of it, in every row
    crossed: how much ink it crosses, in widths of the pen
    gap: the narrowest blank space that it goes through, in heights of the line; 0 where it crosses ink
    """

    path: np.ndarray
    crossed: float
    gap: float

    @property
    def clear(self) -> bool:
        """Whether it crosses no ink."""
        return self.crossed < CLEAR


@dataclass(frozen=True)
class Part:
    """What lies between two cuts. image: uint8 (28, 28), 0 = paper; width, height: in heights of the line."""

    image: np.ndarray
    width: float
    height: float


@dataclass(frozen=True)
class Line:
    """A line of writing, in the middle of one pixel of paper all around, and where it can be cut, from left to right.

    ink: float32 (rows, columns) in 0…1; box: where it lies in the drawing; shape: of the drawing, (height, width)
    """

    ink: np.ndarray
    box: tuple[slice, slice]
    shape: tuple[int, int]

    @cached_property
    def cuts(self) -> tuple[Cut, ...]:
        """Those that cross the least ink. Their paths do not cross each other."""
        return tuple(self._parting([self._cut(*each) for each in _seams(self.ink)]))

    def within(self, left: Cut | None, right: Cut | None) -> np.ndarray:
        """bool (rows, columns): what lies between two cuts; None stands for an end of the line."""
        columns = np.arange(self.ink.shape[1])
        after = True if left is None else columns > left.path[:, None]
        before = True if right is None else columns <= right.path[:, None]
        return np.broadcast_to(after & before, self.ink.shape) if left or right else np.ones(self.ink.shape, bool)

    def part(self, left: Cut | None, right: Cut | None) -> Part:
        """What lies between two cuts, as the network reads it."""
        found = np.where(self.within(left, right), self.ink, 0)
        rows, columns = (np.flatnonzero((found > INKED).any(axis)) for axis in (1, 0))
        return Part(ink.fitted(found), (np.ptp(columns) + 1) / ROWS, (np.ptp(rows) + 1) / ROWS)

    def place(self, left: Cut | None, right: Cut | None) -> np.ndarray:
        """bool (height, width): the same as `within`, in the drawing. What lies beside the line is in no part."""
        rows, columns = self.box
        size = (columns.stop - columns.start, rows.stop - rows.start)
        inner = Image.fromarray(self.within(left, right)[1:-1, 1:-1]).resize(size, Image.Resampling.NEAREST)
        place = np.zeros(self.shape, bool)
        place[self.box] = np.asarray(inner)
        return place

    def _cut(self, path: np.ndarray, crossed: float) -> Cut:
        if crossed >= CLEAR:
            return Cut(path, crossed, 0.0)
        columns, mask = np.arange(self.ink.shape[1]), self.ink > INKED
        before = np.where(mask & (columns <= path[:, None]), columns, -np.inf).max(1)
        after = np.where(mask & (columns > path[:, None]), columns, np.inf).min(1)
        both = np.isfinite(before) & np.isfinite(after)
        wide = (after - before)[both].min() if both.any() else after.min() - before.max()
        return Cut(path, crossed, max(0.0, float(wide) - 1) / ROWS if np.isfinite(wide) else 0.0)

    def _parting(self, cuts: list[Cut]) -> list[Cut]:
        """Without those that have no ink between them and the one before, or after them."""
        kept: list[Cut] = []
        for cut in cuts:
            if self._inked(kept[-1] if kept else None, cut):
                kept.append(cut)
            elif kept and cut.crossed < kept[-1].crossed:
                kept[-1] = cut
        while kept and not self._inked(kept[-1], None):
            kept.pop()
        return kept

    def _inked(self, left: Cut | None, right: Cut | None) -> bool:
        return int((self.within(left, right) & (self.ink > INKED)).sum()) >= 4


def line(levels: np.ndarray) -> Line:
    """The line of writing in a drawing that is not blank.

    levels: uint8 (height, width), 0 = paper, 255 = ink, as the first step of `ink.read` gives them
    """
    whole, box = ink.cleared(levels.astype(np.float32) / 255)
    cropped = whole[box]
    height, width = cropped.shape
    factor = ROWS / max(height, width / LONGEST)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    small = np.asarray(Image.fromarray(cropped).resize(size, Image.Resampling.BILINEAR))
    return Line(np.pad(small, 1), box, levels.shape)


def has_two_rows(levels: np.ndarray) -> bool:
    """Whether two or more rows of about the same height stand one below the other, with blank paper in between."""
    inked = (ink.cleared(levels.astype(np.float32) / 255)[0] > INKED).any(1)
    edges = np.flatnonzero(np.diff(np.pad(inked.astype(np.int8), 1)))
    heights = edges[1::2] - edges[::2]
    whole = edges[-1] - edges[0] if len(edges) else 1
    return int(((heights > 0.5 * heights.max(initial=1)) & (heights > LEAST_ROW * whole)).sum()) > 1


def _seams(image: np.ndarray) -> list[tuple[np.ndarray, float]]:
    """Paths of little ink with what they cross, from left to right: the cheapest, of which none crosses another."""
    pen = _pen(image)
    gaps = [each for each in _valleys(image, ROUND) if each[1] < CLEAR * pen]
    found = gaps + [each for each in _valleys(image, STRAIGHT) if each[1] <= MOST_INK * pen]
    kept: list[tuple[np.ndarray, float]] = []
    for path, crossed in sorted(found, key=lambda each: each[1]):
        beside = all((path <= other).all() or (path >= other).all() for other, _ in kept)
        apart = all(np.abs(path - other).max() > SAME for other, _ in kept)
        if beside and apart and len(kept) < MOST_CUTS:
            kept.append((path, crossed / pen))
    return sorted(kept, key=lambda each: each[0].sum())


def _valleys(image: np.ndarray, lean: float) -> list[tuple[np.ndarray, float]]:
    """The path of least ink through every column of the middle row where that is less than beside it, with its ink."""
    middle = len(image) // 2
    (above, up), (below, down) = _least(image[: middle + 1], lean), _least(image[middle:][::-1], lean)
    total = np.round(above + below - image[middle], 1)
    found = []
    starts = np.flatnonzero(np.diff(total, prepend=np.nan) != 0)
    for start, stop in zip(starts, [*starts[1:], len(total)], strict=True):
        if start > 0 and stop < len(total) and total[start - 1] > total[start] < total[stop]:
            column = int(start + stop - 1) // 2
            path = [*reversed(_followed(up, column)), *_followed(down, column)[1:]]
            rows = np.arange(len(image))
            found.append((np.array(path), float(image[rows, path].sum())))
    return found


def _least(image: np.ndarray, lean: float) -> tuple[np.ndarray, np.ndarray]:
    """The least ink on a way from the first row to each place of the last; int (rows, columns): the step to each place.

    A way goes down by one row at a time, straight or to a neighbouring column.
    """
    rows, columns = image.shape
    steps = np.zeros((rows, columns), np.int64)
    least = image[0].astype(np.float32)
    reach = np.full((3, columns), np.inf, np.float32)
    for row in range(1, rows):
        reach[0] = least
        reach[1, 1:] = least[:-1] + lean
        reach[2, :-1] = least[1:] + lean
        steps[row] = reach.argmin(0)
        least = reach.min(0) + image[row]
    return least, np.array([0, -1, 1])[steps]


def _followed(steps: np.ndarray, column: int) -> list[int]:
    """The columns of the way that ends in the last row's `column`, from there back to the first row."""
    columns = [column]
    for row in range(len(steps) - 1, 0, -1):
        columns.append(columns[-1] + int(steps[row, columns[-1]]))
    return columns


def _pen(image: np.ndarray) -> float:
    """Width of the strokes in pixels: a stroke's area is its length times its width, its outline twice its length."""
    mask = image > 0.5
    outline = np.count_nonzero(np.diff(mask, axis=0)) + np.count_nonzero(np.diff(mask, axis=1))
    return max(2.0, 2 * mask.sum() / max(0.85 * outline, 1))
