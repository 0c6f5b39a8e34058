"""The strokes on a canvas as polylines: what the browser sent is read with care, and never without end."""

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from dlcore.data.growing import Line
from pages.shared import canvas
from pages.shared.examples import UNITS

MOST_COMMANDS = 20_000
"""Of the pen that are read, which is minutes of drawing."""
MOST_STROKES, MOST_POINTS = 64, 600
"""That are kept: of the strokes the first ones, of the points every so many."""
FAR = 10 * canvas.SIDE
"""Pixels from the canvas's corner beyond which no pen is followed."""
_NUMBERS = {"M": 2, "L": 2, "Q": 4, "C": 6}
"""How many numbers follow each command of a path."""


def polylines(key: str) -> tuple[Line, ...]:
    """What was drawn on the canvas called `key`, stroke after stroke: points (x, y) in 0…UNITS, y down."""
    return flattened(canvas.objects(key))


def flattened(objects: Iterable[Any]) -> tuple[Line, ...]:
    """The same of Fabric.js objects; what is no path of a pen is left out."""
    left, found = MOST_COMMANDS, []
    for each in objects:
        path = each.get("path") if isinstance(each, Mapping) else None
        if not isinstance(path, list):
            continue
        points = _points(path[:left])
        left -= len(path[:left])
        if points:
            found.append(points)
        if left <= 0 or len(found) == MOST_STROKES:
            break
    total = sum(map(len, found))
    step = math.ceil(total / (MOST_POINTS - 2 * len(found))) if total > MOST_POINTS else 1
    return tuple((*points[:-1:step], points[-1]) for points in found)


def _points(path: Sequence[Any]) -> Line:
    """Where the pen was: the ends of its lines, and of its curves the middle too."""
    points: list[tuple[float, float]] = []
    for command in path:
        numbers = _numbers(command)
        if numbers is None:
            continue
        end = numbers[-2:]
        if len(numbers) > 2 and points:
            points.append(_middle([points[-1], *zip(numbers[::2], numbers[1::2], strict=True)]))
        points.append((end[0], end[1]))
    return tuple(points)


def _numbers(command: Any) -> list[float] | None:
    """The numbers of one command in UNITS; None if it is none that draws."""
    if not isinstance(command, list) or not command or _NUMBERS.get(str(command[0])) != len(command) - 1:
        return None
    numbers = command[1:]
    if not all(isinstance(each, int | float) and abs(each) <= FAR for each in numbers):
        return None
    return [each * UNITS / canvas.SIDE for each in numbers]


def _middle(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The point in the middle of a Bézier curve, from its end points and those that pull at it (de Casteljau)."""
    while len(points) > 1:
        points = [((ax + bx) / 2, (ay + by) / 2) for (ax, ay), (bx, by) in pairwise(points)]
    return points[0]
