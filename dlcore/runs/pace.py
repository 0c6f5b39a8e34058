"""How fast a run goes, how long it has gone, and how long it will. No torch in here."""

import time
from collections import deque
from collections.abc import Callable

WINDOW_SECONDS = 3.0


class Pace:
    """A clock that stands still while the run is paused."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since: float | None = clock()
        self._before = 0.0
        self._recent: deque[tuple[float, int]] = deque()
        self._first: tuple[float, int] | None = None

    @property
    def seconds(self) -> float:
        """Time since the start, pauses left out."""
        return self._before + (self._clock() - self._since if self._since is not None else 0.0)

    def pause(self) -> None:
        self._before, self._since = self.seconds, None

    def resume(self) -> None:
        if self._since is None:
            self._since = self._clock()

    def mark(self, step: int) -> None:
        """Note that `step` has been reached."""
        now = self.seconds
        self._first = self._first or (now, step)
        self._recent.append((now, step))
        while len(self._recent) > 2 and now - self._recent[0][0] > WINDOW_SECONDS:
            self._recent.popleft()

    def steps_per_second(self) -> float | None:
        """Over the last few seconds; None before there is anything to compare."""
        return _rate(self._recent[0], self._recent[-1]) if self._recent else None

    def seconds_left(self, step: int, total: int) -> float | None:
        """At the mean rate so far, evaluations included."""
        rate = self._first and _rate(self._first, (self.seconds, step))
        return (total - step) / rate if rate else None


def _rate(start: tuple[float, int], end: tuple[float, int]) -> float | None:
    seconds, steps = end[0] - start[0], end[1] - start[1]
    return steps / seconds if seconds > 0 and steps > 0 else None
