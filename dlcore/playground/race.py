"""Two setups on the same points, each from several seeds."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from dlcore.playground.course import Course
from dlcore.playground.setup import Setup

MOMENTS = 25


@dataclass(frozen=True)
class Contest:
    """One contestant. updates: (T,); losses, scores: of the test points, (seeds, T), NaN where the loss was lost"""

    setup: Setup
    updates: np.ndarray
    losses: np.ndarray
    scores: np.ndarray

    def final(self) -> np.ndarray:
        """The last score of each seed, (seeds,)."""
        return self.scores[:, -1]


def run(setup: Setup, seeds: int, updates: int, progress: Callable[[float], None] | None = None) -> Contest:
    """Train a setup from so many seeds, its own and those after it. progress: called with the share that is done."""
    every = max(1, updates // MOMENTS)
    at = np.array([0, *range(every, updates, every), updates])
    losses, scores = (np.full((seeds, len(at)), np.nan) for _ in range(2))
    for seed in range(seeds):
        course = Course(replace(setup, seed=setup.seed + seed, start="", updates=max(setup.updates, updates)))
        moments = [course.first, *course.after(0, every, len(at), float("inf"), updates).moments]
        for moment in moments:
            place = int(np.searchsorted(at, moment.update))
            if moment.sound:
                losses[seed, place], scores[seed, place] = moment.losses[1], moment.scores[1]
        if progress:
            progress((seed + 1) / seeds)
    return Contest(setup, at, losses, scores)
