"""The course of a training as a film asks for it: moments from any update on, in bounded time, again whenever asked."""

import threading
import time
from bisect import bisect_right
from dataclasses import dataclass

import torch

from dlcore.playground.setup import Setup
from dlcore.playground.training import Moment, State, Training

SLICE = 0.03
"""Seconds for which one visitor's training holds the turn; then it is the next one's."""
_BREATH = 0.001
_MOST_KEPT = 48
_AT_ONCE = 8

_turn = threading.Lock()


@dataclass(frozen=True)
class Stretch:
    """Consecutive moments. ended: whether no further one follows, because all updates are made or the loss is lost"""

    moments: tuple[Moment, ...]
    ended: bool

    @property
    def lost(self) -> bool:
        """Whether the loss or a weight stopped being a number."""
        return bool(self.moments) and not self.moments[-1].sound


class Course:
    """One training, forwards and backwards. Not for two threads at once."""

    def __init__(self, setup: Setup) -> None:
        torch.set_num_threads(1)  # of this thread: what is computed here is too small to be shared out
        self.setup = setup
        self.training = Training(setup)
        self.first = self.training.moment()
        """The network before its first update."""
        self._states: list[State] = [self.training.state()]
        self._held = 0.0

    def at(self, update: int, seconds: float) -> Moment | None:
        """The network after so many updates; None if it takes longer than `seconds` to get there."""
        deadline = time.perf_counter() + seconds
        return self.training.moment() if self._go(min(update, self.setup.updates), deadline) else None

    def after(self, update: int, every: int, count: int, seconds: float, to: int = 0) -> Stretch:
        """Up to `count` moments, each `every` updates after the last, the first one that far after `update`.

        to: the update at which the last one stands at the latest; 0: that of the setup
        Fewer, but at least one, where they would take longer than `seconds`; none where the end is reached.
        """
        deadline = time.perf_counter() + seconds
        end = self.setup.updates
        last = min(end, to or end)
        found: list[Moment] = []
        if update >= last or not self._go(update, float("inf")):
            return Stretch((), update >= end)
        while len(found) < count and self.training.update < last:
            if found and time.perf_counter() > deadline:
                break
            self._go(min(last, self.training.update + every), float("inf"))
            found.append(self.training.moment())
            if not found[-1].sound:
                return Stretch(tuple(found), True)
        self._keep()
        return Stretch(tuple(found), self.training.update >= end)

    def _go(self, update: int, deadline: float) -> bool:
        """Bring the training to an update, in turns with those of other visitors; False if it takes too long."""
        if update < self.training.update:
            self.training.restore(self._states[bisect_right([each.update for each in self._states], update) - 1])
        while self.training.update < update:
            with _turn:
                began = time.perf_counter()
                while self.training.update < update and self._held + time.perf_counter() - began < SLICE:
                    self.training.advance(min(_AT_ONCE, update - self.training.update))
                self._held += time.perf_counter() - began
            if self._held >= SLICE:
                self._held = 0.0
                time.sleep(_BREATH)
            if time.perf_counter() > deadline:
                return False
        return True

    def _keep(self) -> None:
        """Keep where it is now, so that the way back here is short; of too many, every second one goes."""
        if self.training.update > self._states[-1].update:
            self._states.append(self.training.state())
        if len(self._states) > _MOST_KEPT:
            self._states = self._states[:1] + self._states[1::2]
