"""Questions on what the numbers of a code draw, with answers from the strokes that are shown."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cosine_similarity

from dlcore.formula.numbers import number, percent
from pages.parts.autoencoder.codes import REACH, Known
from pages.shared.experiments import Answer, Experiment, Reply

_ONE_NETWORK = "Measured on this one network and this one image."
_SEEN = 0.05
"""A pixel changes visibly from this share of black on."""


@dataclass(frozen=True)
class Shown:
    """The number of the code that is turned, and what it draws from end to end: uint8 (T, 28, 28).

    strokes(image): what each number draws, (k, 28, 28), from the code of an image; start: the image on the screen
    """

    known: Known
    number: int
    turned: np.ndarray
    start: int
    strokes: Callable[[int], Tensor]

    @property
    def part(self) -> float:
        """Of the variance of all codes, the share of this number."""
        return (self.known.deviation[self.number].square() / self.known.deviation.square().sum()).item()


def _draws(shown: Shown) -> Reply:
    change = np.abs(shown.turned[-1].astype(float) - shown.turned[0]) / 255
    visible = int((change > _SEEN).sum())
    return Answer(
        f"From {number(REACH)} standard deviations below the mean to {number(REACH)} above, {visible} of 784 pixels "
        f"change visibly; the largest change is {percent(change.max())} of black. This number has "
        f"{percent(shown.part)} of the variance of all codes.",
        _ONE_NETWORK,
        right=0 if visible else 1,
    )


def _elsewhere(shown: Shown) -> Reply:
    here, there = (shown.strokes(image)[shown.number].flatten() for image in (shown.start, 0))
    alike = cosine_similarity(here, there, dim=0).item() if torch.any(here) and torch.any(there) else 0.0
    return Answer(
        f"The strokes of this number from image {shown.start} and from image 0 have a cosine similarity of "
        f"{number(alike, 2)}: 1 means the same stroke, 0 means that they have nothing in common. "
        + ("It is nearly the same." if alike > 0.9 else "What it draws depends on where it starts."),
        "Measured on this one network and these two images.",
        right=0 if alike > 0.9 else 1,
    )


def experiments(known: Known) -> list[Experiment]:
    """Questions, with the controls that answer them for this model."""
    wide = len(known.order) > 2
    draws = ("A visible change", "Nothing visible")
    return [
        Experiment(
            "The widest number", "How much does the picture change along the number that varies most?", {"ae_unit": 1},
            answer=_draws, choices=draws, free=("ae_turn_from",),
        ),
        Experiment(
            "One of the narrowest" if wide else "The other number",
            "Does it draw anything at all?" if wide else "How much does the second one change?",
            {"ae_unit": len(known.widest) if wide else 2}, answer=_draws, choices=draws, free=("ae_turn_from",),
        ),
        Experiment(
            "From somewhere else", "Does a number draw the same stroke wherever you start?", {"ae_turn_from": 7},
            answer=_elsewhere, choices=("Nearly the same", "A different one"), free=("ae_unit",),
        ),
    ]  # fmt: skip
