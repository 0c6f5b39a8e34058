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
        f"The mean squared difference of pixels over {len(shown.drawn)} images from one seed. It measures how similar "
        f"they are to known images, not whether a person would think they are real."
    )


def _middle(shown: Shown) -> Reply:
    kinds = len(np.unique(shown.drawn.reshape(len(shown.drawn), -1), axis=0))
    said = "all alike" if kinds == 1 else f"of {kinds} different kinds"
    return Answer(
        f"The {len(shown.drawn)} images are {said}: every random code is multiplied by 0, so only one code is left. "
        f"The known image that is most like the first one shows {shown.nearest}.",
        "Exact for this network.",
        right=0 if kinds == 1 else 1,
    )


def _trained(shown: Shown) -> Reply:
    ratio = shown.distance / shown.real
    return Answer(
        f"On average, they are {number(shown.distance, 3)} away from the nearest known image, and real images are "
        f"{number(shown.real, 3)} away: {number(ratio, 2)} times as far. A factor below 1 does not mean better than "
        f"real: a blurred image lies in the middle of many images and so is close to some of them.",
        _sure(shown),
        right=0 if ratio < 1 else 1,
    )


def _far(shown: Shown) -> Reply:
    usual = shown.at(1.0)
    return Answer(
        f"The images are {number(shown.distance / usual, 2)} times as far from known ones as at a distance of 1: "
        f"{number(shown.distance, 3)} instead of {number(usual, 3)}. No image has a code that far out.",
        _sure(shown),
        right=0 if shown.distance > usual else 1,
    )


EXPERIMENTS = (
    Experiment(
        "The middle of it all", "What is drawn when every random code is the middle of the "
        "distribution?", {"ae_spread": 0.0},
        answer=_middle, choices=("The same image each time", "Different images"),
    ),
    Experiment(
        "As it was trained", "Are new images as close to known ones as real images are?", {"ae_spread": 1.0},
        answer=_trained, choices=("Nearer", "Further away"),
    ),
    Experiment(
        "Too far out", "Far from all codes, are the drawings less similar to known images?", {"ae_spread": 2.5},
        answer=_far, choices=("Less similar", "Just as similar"),
    ),
)  # fmt: skip
