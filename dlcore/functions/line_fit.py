"""The best line through points, exactly: under the squared, the absolute, or the Huber loss.

    >>> fit("mae", [0, 1, 2, 3], [0, 1, 2, 30])
    Line(slope=1.0, intercept=0.0)

Nothing here takes small steps towards the answer. Least squares has a closed form; a line of least absolute error goes
through two of the points; the Huber loss is quadratic in pieces, and Newton's method ends on the right piece.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from dlcore.errors import InvalidValue
from dlcore.formula.numbers import between
from dlcore.functions.losses import loss

MAX_POINTS = 100
LIMIT = 1e6
LOSSES = ("mse", "mae", "huber")
_NEWTON_STEPS = 200


@dataclass(frozen=True)
class Line:
    """y = slope · x + intercept."""

    slope: float
    intercept: float

    def __call__(self, x: np.ndarray | float) -> np.ndarray | float:
        return self.slope * x + self.intercept


def fit(name: str, x: Sequence[float], y: Sequence[float], *, delta: float = 1.0) -> Line:
    """The line with the smallest mean loss of this name over the points (x, y).

    x, y: 1 to 100 numbers each, from -1e6 to 1e6; where all x are equal, the line is level
    delta: of the Huber loss, where its straight part begins

    Raises InvalidValue for anything else. Where several lines are best under the absolute error, it is the mean of
    those that go through two points, which is as good as they are.
    """
    if name not in LOSSES:
        raise InvalidValue(f"a line is fitted under {', '.join(LOSSES)}, got {name!r}: try huber")
    across, up = _checked("x", x), _checked("y", y)
    if len(across) != len(up):
        raise InvalidValue(f"x and y must be of one length, got {len(across)} and {len(up)}")
    if name == "huber":
        loss("huber")(0.0, 0.0, delta=delta)
    centre, half = (across.max() + across.min()) / 2, (across.max() - across.min()) / 2
    scaled = (across - centre) / half if half > 0 else np.zeros_like(across)
    slope, height = {"mse": _least_squares, "mae": _least_absolute}.get(name, _huber(delta))(scaled, up)
    slope = slope / half if half > 0 else 0.0
    return Line(float(slope), float(height - slope * centre))


def shares_of_pull(name: str, line: Line, points: np.ndarray, *, delta: float = 1.0) -> np.ndarray:
    """How much each of the points (N, 2) pulls at a line under a loss: its part of all absolute gradients (N,).

    All 0 where every point lies on the line.
    """
    given = {"delta": delta} if name == "huber" else {}
    predictions, targets = torch.as_tensor(line(points[:, 0])), torch.as_tensor(points[:, 1])
    pulls = loss(name).gradient(predictions, targets, **given).abs().numpy()
    return pulls / pulls.sum() if pulls.sum() > 1e-9 else np.zeros(len(points))


def _checked(name: str, values: Sequence[float]) -> np.ndarray:
    found = np.asarray(values, dtype=float)
    if found.ndim != 1 or not 1 <= len(found) <= MAX_POINTS:
        raise InvalidValue(f"{name} must be a list of 1 to {MAX_POINTS} numbers")
    if not (np.abs(found) <= LIMIT).all():
        raise InvalidValue(f"every {name} must be {between(-LIMIT, LIMIT)}")
    return found


def _design(x: np.ndarray) -> np.ndarray:
    return np.stack([x, np.ones_like(x)], axis=1)


def _least_squares(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.linalg.lstsq(_design(x), y, rcond=None)[0]


def _least_absolute(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Try every line through two points: one of them is best (Bloomfield and Steiger, 1983)."""
    first, second = np.triu_indices(len(x), 1)
    apart = np.abs(x[first] - x[second]) > 1e-12
    if not apart.any():
        return np.array([0.0, np.median(y)])
    first, second = first[apart], second[apart]
    slopes = (y[second] - y[first]) / (x[second] - x[first])
    heights = y[first] - slopes * x[first]
    costs = np.abs(slopes[:, None] * x + heights[:, None] - y).sum(axis=1)
    best = costs <= costs.min() * (1 + 1e-12) + 1e-12
    return np.array([slopes[best].mean(), heights[best].mean()])


def _huber(delta: float):
    """Newton's method with an exact line search (Madsen and Nielsen, 1990, BIT 30)."""

    def solve(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        design, line = _design(x), _least_squares(x, y)
        enough = 1e-13 * len(x) * (delta + np.abs(y).max())
        for _ in range(_NEWTON_STEPS):
            residual = y - design @ line
            downhill = design.T @ residual.clip(-delta, delta)
            if np.abs(downhill).max() <= enough:
                break
            bowl = design[np.abs(residual) <= delta]
            curvature = bowl.T @ bowl + 1e-9 * np.eye(2)
            step = np.linalg.solve(curvature, downhill)
            line = line + _length(residual, design @ step, delta) * step
        return line

    return solve


def _length(residual: np.ndarray, change: np.ndarray, delta: float) -> float:
    """How far to go so that the summed Huber loss of `residual - t * change` is least: where its slope crosses 0.

    The slope grows with t in straight pieces, which end where a residual passes ±delta.
    """
    moving = np.abs(change) > 1e-300
    ends = np.concatenate([(residual[moving] + side) / change[moving] for side in (-delta, delta)])
    ends = np.concatenate([[0.0], np.sort(ends[ends > 0])])
    slopes = -((residual - ends[:, None] * change).clip(-delta, delta) @ change)
    after = int(np.argmax(slopes >= 0))
    if slopes[after] < 0 or after == 0:
        return 0.0
    rise = slopes[after] - slopes[after - 1]
    return float(ends[after - 1] - slopes[after - 1] * (ends[after] - ends[after - 1]) / rise)
