"""Questions on new images from random codes, with answers from those that are shown."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dlcore.formula.numbers import number
from pages.shared.experiments import Answer, Experiment, Reply


@dataclass(frozen=True)
class Shown:
    """Images that were drawn, uint8 (N, 28, 28), and how far images are from known ones, on average.

    distance: of those drawn; at(spread): of others from the same random numbers; real: of real images that are not
    among the known ones; nearest: the class of the known image that is most like the first
    """

    drawn: np.ndarray
    distance: float
    real: float
    nearest: str
    at: Callable[[float], float]


def _sure(shown: Shown) -> str:
    return (
        f"Mean squared difference of pixels over {len(shown.drawn)} images of one seed: it measures likeness to known "
        "images, not whether a person would take them for real."
    )


def _middle(shown: Shown) -> Reply:
    kinds = len(np.unique(shown.drawn.reshape(len(shown.drawn), -1), axis=0))
    said = "all alike" if kinds == 1 else f"of {kinds} different kinds"
    return Answer(
        f"The {len(shown.drawn)} images are {said}: every random code is multiplied by 0, so that one code is left. "
        f"The known image that is most like the first shows {shown.nearest}.",
        "Exact for this network.",
        right=0 if kinds == 1 else 1,
    )


def _trained(shown: Shown) -> Reply:
    ratio = shown.distance / shown.real
    return Answer(
        f"They are {number(shown.distance, 3)} away from the nearest known image on average, real images "
        f"{number(shown.real, 3)}: {number(ratio, 2)} times as far. Below 1 does not mean better than real: soft "
        "images lie in the middle of many, and so near to some.",
        _sure(shown),
        right=0 if ratio < 1 else 1,
    )


def _far(shown: Shown) -> Reply:
    usual = shown.at(1.0)
    return Answer(
        f"Images that are {number(shown.distance / usual, 2)} times as far from known ones as those at a spread of 1: "
        f"{number(shown.distance, 3)} instead of {number(usual, 3)}. Codes that far out belong to no image.",
        _sure(shown),
        right=0 if shown.distance > usual else 1,
    )


EXPERIMENTS = (
    Experiment(
        "The middle of it all", "What is drawn when every random code is the middle one?", {"ae_spread": 0.0},
        answer=_middle, choices=("The same image each time", "Different images"),
    ),
    Experiment(
        "As it was trained", "Are new images as near to known ones as real ones are?", {"ae_spread": 1.0},
        answer=_trained, choices=("Nearer", "Further away"),
    ),
    Experiment(
        "Too far out", "Where codes are rare, are the drawings less like known images?", {"ae_spread": 2.5},
        answer=_far, choices=("Less like them", "Just as like them"),
    ),
)  # fmt: skip
