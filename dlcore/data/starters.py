"""Drawings to try something at once with, generated from strokes made for this project: no person drew them."""

import numpy as np

from dlcore.data import skeletons
from dlcore.data.outliers import in_some_hand

_FACE = ("@.5,.5,.5,.5,0,360", "@.32,.38,.04,.06,0,360", "@.68,.38,.04,.06,0,360")
STROKES: dict[str, tuple[str, ...]] = {
    "smile": (*_FACE, "@.5,.55,.28,.25,20,160"),
    "frown": (*_FACE, "@.5,.85,.28,.25,200,340"),
    "circle": ("@.5,.5,.5,.5,0,360",),
    "square": skeletons.SIGNS["box"],
    "triangle": (".5,0 1,1 0,1 .5,0",),
    **{name: skeletons.SIGNS[name] for name in ("star", "heart", "house", "spiral", "lightning")},
    **{name: skeletons.LETTERS[name] for name in "ACDEFHKLMNPRTUVWXY"},
    **{str(digit): strokes for digit, strokes in enumerate(skeletons.DIGITS)},
}
"""By the name of the class; see dlcore.data.skeletons."""


def generated(name: str, seed: int) -> np.ndarray | None:
    """One drawing of a class as a network reads it, uint8 (28, 28), 0 = paper; None for a class without strokes."""
    if name not in STROKES:
        return None
    return in_some_hand(skeletons.polylines(STROKES[name]), np.random.default_rng(seed))
