"""Two setups on the same points, each from several seeds."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch

from dlcore.playground import heads
from dlcore.playground.course import Course
from dlcore.playground.features import given
from dlcore.playground.problems import REACH
from dlcore.playground.setup import Setup
from dlcore.playground.training import Training

MOMENTS = 25
SIDE = 60
"""Answers in each direction of the plane."""


@dataclass(frozen=True)
class Contest:
    """One contestant.

    updates: (T,); losses, scores: of the test points, (seeds, T), NaN where the loss was lost
    answers: of the first seed at its end, float32 (SIDE, SIDE, K) as `heads.answers` gives them; rows go down
    """

    setup: Setup
    updates: np.ndarray
    losses: np.ndarray
    scores: np.ndarray
    answers: np.ndarray

    def final(self) -> np.ndarray:
        """The last score of each seed, (seeds,)."""
        return self.scores[:, -1]


def run(setup: Setup, seeds: int, updates: int, progress: Callable[[float], None] | None = None) -> Contest:
    """Train a setup from so many seeds, its own and those after it. progress: called with the share that is done."""
    every = max(1, updates // MOMENTS)
    at = np.array([0, *range(every, updates, every), updates])
    losses, scores = (np.full((seeds, len(at)), np.nan) for _ in range(2))
    answers = np.empty(0)
    for seed in range(seeds):
        course = Course(replace(setup, seed=setup.seed + seed, start="", updates=max(setup.updates, updates)))
        moments = [course.first, *course.after(0, every, len(at), float("inf"), updates).moments]
        for moment in moments:
            place = int(np.searchsorted(at, moment.update))
            if moment.sound:
                losses[seed, place], scores[seed, place] = moment.losses[1], moment.scores[1]
        if seed == 0:
            answers = _answers(course.training)
        if progress:
            progress((seed + 1) / seeds)
    return Contest(setup, at, losses, scores, answers)


@torch.no_grad()
def _answers(training: Training) -> np.ndarray:
    across = torch.linspace(-REACH, REACH, SIDE)
    down, right = torch.meshgrid(across.flip(0), across, indexing="ij")
    training.model.eval()
    outputs = training.model(given(torch.stack((right.flatten(), down.flatten()), 1), training.setup.features))
    kind = heads.task(training.points.classes)
    return heads.answers(outputs, kind, training.setup.loss).numpy().reshape(SIDE, SIDE, -1)
