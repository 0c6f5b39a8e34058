"""Logarithmic axes that can be read: three labels or more, wherever they begin and end."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcore.formula.numbers import number

LEAST = 3
_DIGITS = ((1, 2, 5), (1, 2, 3, 5, 7))


def log_axis(low: float, high: float, most: int = 6) -> dict[str, Any]:
    """From 10**low to 10**high, labelled at powers of ten where there are enough, otherwise at round numbers between.

    most: about how many labels there is room for
    """
    axis = {"type": "log", "range": [low, high], "exponentformat": "power", "showexponent": "all"}
    for step in range(max(1, math.ceil((high - low) / most)), 0, -1):
        if math.floor(high / step) - math.ceil(low / step) + 1 >= LEAST:
            return axis | {"dtick": step}
    places = _between(low, high)
    return axis | {"tickvals": places, "ticktext": [number(each, 3) for each in places]}


def around(values: Sequence[float] | np.ndarray, room: float = 0.1, least: float = 1e-30) -> tuple[float, float]:
    """Powers of ten below and above all positive `values`, with `room` of the way (and of a power) on both sides."""
    values = np.asarray(values, dtype=float)
    known = np.log10(values[np.isfinite(values) & (values >= least)])
    low, high = (float(known.min()), float(known.max())) if known.size else (-1.0, 1.0)
    pad = room * max(high - low, 1.0)
    return low - pad, high + pad


def _between(low: float, high: float) -> list[float]:
    """Round numbers on an axis of less than three powers of ten."""
    powers = range(math.floor(low), math.ceil(high) + 1)
    for digits in _DIGITS:
        found = [each for power in powers for digit in digits if low <= math.log10(each := digit * 10.0**power) <= high]
        if len(found) >= LEAST:
            return found
    start, end = 10.0**low, 10.0**high
    unit = 10.0 ** math.floor(math.log10(end - start))
    for step in (5 * unit, 2 * unit, unit, unit / 2, unit / 5):
        found = (np.arange(math.ceil(start / step), math.floor(end / step) + 1) * step).tolist()
        if len(found) >= LEAST:
            break
    return found
