"""A drawing as it comes about: the moments between its first touch of the pen and its last. No torch in here."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dlcore.data.strokes import Point

MOST = 48
"""Moments of a drawing."""

Line = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Moment:
    """What is on the paper at one moment.

    lines: polylines of (x, y), the last of which may still be on its way
    stroke: index of the stroke that is being drawn; whole: whether it is complete
    share: of the length of all strokes, 0 to 1, that is drawn by then
    """

    lines: tuple[Line, ...]
    stroke: int
    whole: bool
    share: float


def moments(strokes: Sequence[Sequence[Point]], most: int = MOST) -> list[Moment]:
    """The moments of a drawing, the pen moving as fast everywhere; the last one is the whole drawing.

    strokes: polylines of (x, y), at least one point each
    Every stroke has its end among the moments, unless there are more strokes than `most`.
    """
    lines = [tuple((float(x), float(y)) for x, y in stroke) for stroke in strokes]
    lengths = np.array([max(_lengths(line)[-1], 1.0) for line in lines])
    found = []
    for place, (line, length) in enumerate(zip(lines, lengths, strict=True)):
        count = max(1, round(most * length / lengths.sum()))
        done = lengths[:place].sum()
        for step in range(1, count + 1):
            shown = (*lines[:place], beginning(line, step / count))
            share = float((done + length * step / count) / lengths.sum())
            found.append(Moment(shown, place, step == count, share))
    if len(found) <= most:
        return found
    ends = [place for place, each in enumerate(found) if each.whole]
    others = [place for place, each in enumerate(found) if not each.whole]
    kept = ends if len(ends) <= most else _spread(ends, most)
    return [found[place] for place in sorted([*kept, *_spread(others, most - len(kept))])]


def beginning(line: Sequence[Point], share: float) -> Line:
    """The first part of a polyline, `share` (0 to 1) of its length."""
    if share >= 1:
        return tuple((float(x), float(y)) for x, y in line)
    along = _lengths(line)
    target = share * along[-1]
    inside = int(np.searchsorted(along, target, side="right"))
    xs, ys = np.asarray(line, dtype=float).T
    end = (float(np.interp(target, along, xs)), float(np.interp(target, along, ys)))
    return (*((float(x), float(y)) for x, y in line[:inside]), end)


def _lengths(line: Sequence[Point]) -> np.ndarray:
    """Of the polyline up to each of its points, (points,)."""
    points = np.asarray(line, dtype=float)
    return np.concatenate([[0.0], np.hypot(*np.diff(points, axis=0).T).cumsum()])


def _spread(places: list[int], count: int) -> list[int]:
    """`count` of them, evenly, the last one among them."""
    if count <= 0:
        return []
    return [places[round(each)] for each in np.linspace(0, len(places) - 1, count)] if count > 1 else places[-1:]
