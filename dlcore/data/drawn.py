"""Digits drawn by invented hands, as the ink pipeline delivers them."""

import numpy as np
import torch
from torch import Tensor

from dlcore.data import hands, ink
from dlcore.data.outliers import deformed, painted
from dlcore.data.sets import Progress

OF_EACH = 1_500
_SEED = 28
PENS = (0.04, 0.28)
"""Thinnest and widest pen, as a share of the longer side."""
HOLE = 0.4
"""Widest pen as a share of the shorter side of a 0 or an 8, which a wider one would fill."""


_kept: list[Tensor] = []


def digits(progress: Progress | None = None) -> Tensor:
    """uint8 (10, 1500, 28, 28), 0 = paper: the same ones every time.

    progress: called with a sentence and a fraction: to draw them takes some seconds, once in a process
    """
    if not _kept:
        _kept.append(torch.from_numpy(_drawn(progress)))
    return _kept[0]


def _drawn(progress: Progress | None) -> np.ndarray:
    random = np.random.default_rng(_SEED)
    images = np.empty((10, OF_EACH, ink.SIDE, ink.SIDE), np.uint8)
    for label, row in enumerate(images):
        if progress:
            progress("Drawing digits as many hands write them", label / len(images))
        for image in row:
            image[:] = _image(label, random)
    return images


def _image(label: int, random: np.random.Generator) -> np.ndarray:
    drawing = deformed(hands.digit(label, random), random)
    sides = np.ptp(np.concatenate(drawing), axis=0)
    widest = HOLE * sides.min() / sides.max() if label in (0, 8) else PENS[1]
    return painted(drawing, random, deform=False, pen=min(random.uniform(*PENS), widest))
