"""Digits placed beside one another, as a pen would draw them."""

from collections.abc import Sequence

import numpy as np

from dlcore.data import skeletons
from dlcore.data.strokes import render


def beside(digits: Sequence[int], *, gap: float, height: float = 90, width: float = 12, size: int = 400) -> np.ndarray:
    """Digits in one row, uint8 (size, size); gap: of blank paper between the ink of two, in heights of a digit."""
    strokes, at = [], 0.0
    for digit in digits:
        drawn = [stroke * (0.6 * height, height) for stroke in skeletons.polylines(skeletons.DIGITS[digit])]
        points = np.concatenate(drawn)
        left, right = points[:, 0].min(), points[:, 0].max()
        strokes += [stroke + np.array([at - left, 0]) for stroke in drawn]
        at += right - left + width + gap * height
    across = at - width - gap * height
    return render([stroke + np.array([size - across, size - height]) / 2 for stroke in strokes], size=size, width=width)


FIVE_WITH_A_ROOF_APART = [
    [(100, 90), (98, 140), (140, 132), (172, 158), (168, 200), (130, 222), (92, 208)],
    [(112, 62), (186, 58)],
]
BARRED_SEVEN = [[(82, 66), (204, 66), (122, 226)], [(98, 148), (190, 148)]]
SLASHED_ZERO = [
    [(140 + 56 * np.cos(angle), 140 + 84 * np.sin(angle)) for angle in np.linspace(0, 2 * np.pi, 40)],
    [(186, 66), (94, 214)],
]
OPEN_FOUR = [[(96, 60), (88, 150), (160, 150)], [(176, 66), (172, 226)]]
"""Its two strokes do not meet: from one to the other there is a gap from top to bottom."""
