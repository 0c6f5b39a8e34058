"""A curve that is drawn while it grows: bounded in size, whatever the length of the run. No torch in here."""

from collections.abc import Callable

import numpy as np


class Curve:
    """Points (x, y) thinned by buckets of equal count that keep their lowest and highest value.

    When more than `limit` points are held, neighbouring buckets are merged, so adding n points costs O(n)
    whatever came before, and no spike disappears.
    """

    def __init__(self, limit: int = 500) -> None:
        self._buckets = max(4, limit // 2)
        self._width = 1
        self._low = np.empty((0, 2), dtype=np.float32)
        self._high = np.empty((0, 2), dtype=np.float32)
        self._open = np.empty((0, 2), dtype=np.float32)

    def extend(self, x: np.ndarray, y: np.ndarray) -> None:
        """Add points (n,), in the order of x."""
        points = np.column_stack((x, y)).astype(np.float32)
        self._open = np.concatenate((self._open, points))
        self._close_full_buckets()
        while len(self._low) > self._buckets:
            self._merge_pairs()

    def _close_full_buckets(self) -> None:
        full = len(self._open) // self._width
        closed = self._open[: full * self._width].reshape(full, self._width, 2)
        self._open = self._open[full * self._width :]
        rows = np.arange(full)
        self._low = np.concatenate((self._low, closed[rows, _lowest(closed[:, :, 1])]))
        self._high = np.concatenate((self._high, closed[rows, _highest(closed[:, :, 1])]))

    def _merge_pairs(self) -> None:
        self._low = _halved(self._low, _lowest)
        self._high = _halved(self._high, _highest)
        self._width *= 2

    @property
    def points(self) -> tuple[np.ndarray, np.ndarray]:
        """x and y, float32, in the order of x."""
        both = np.concatenate((self._low, self._high))
        both = np.unique(both, axis=0) if self._width == 1 else both
        everything = np.concatenate((both[np.argsort(both[:, 0], kind="stable")], self._open))
        return everything[:, 0], everything[:, 1]

    def until(self, x: float) -> "Curve":
        """A curve of those of its points that are not beyond x."""
        past = Curve(2 * self._buckets)
        xs, ys = self.points
        past.extend(xs[xs <= x], ys[xs <= x])
        return past


def _halved(points: np.ndarray, pick: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """One of each two neighbours; an odd one out at the end stays."""
    even = len(points) // 2 * 2
    pairs = points[:even].reshape(-1, 2, 2)
    return np.concatenate((pairs[np.arange(even // 2), pick(pairs[:, :, 1])], points[even:]))


def _lowest(values: np.ndarray) -> np.ndarray:
    """Index of the lowest value in each row of (n, m), ignoring NaN."""
    return np.where(np.isnan(values), np.inf, values).argmin(axis=1) if len(values) else np.empty(0, int)


def _highest(values: np.ndarray) -> np.ndarray:
    """Index of the highest value in each row of (n, m), ignoring NaN."""
    return np.where(np.isnan(values), -np.inf, values).argmax(axis=1) if len(values) else np.empty(0, int)
