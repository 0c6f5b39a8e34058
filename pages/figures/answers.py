"""The answer of a network over the plane, with the points that it is tested on. No streamlit in here."""

import numpy as np
from PIL import Image, ImageColor

from dlcore.playground.problems import REACH, Points
from pages.figures import png, theme
from pages.figures.mosaic import BLUE, ORANGE
from pages.figures.sketch import dot, svg

SIDE = 240
_MOST = 250
_RING = "stroke='#fff' stroke-width='1'"


def answer(label: str, answers: np.ndarray, points: Points) -> str:
    """An SVG of SIDE × SIDE. answers: (R, R, K), one number in −1 … 1 or the probabilities of the classes"""
    data = png.address(Image.fromarray(_pixels(answers), "RGBA"))
    tested = slice(points.train, points.train + _MOST)
    dots = (
        dot(SIDE / 2 * (1 + x / REACH), SIDE / 2 * (1 - y / REACH), 3, _colour(target, points), _RING)
        for (x, y), target in zip(points.points[tested].tolist(), points.targets[tested].tolist(), strict=True)
    )
    image = f'<image href="{data}" width="{SIDE}" height="{SIDE}" preserveAspectRatio="none"/>'
    return svg(label, SIDE, SIDE, image, *dots)


def _pixels(answers: np.ndarray) -> np.ndarray:
    """uint8 (R, R, 4): the colour of the answer, the clearer the less sure it is; grey where it is no number."""
    sound = np.isfinite(answers).all(-1)
    answers = np.nan_to_num(answers)
    pixels = np.empty((*answers.shape[:2], 4), np.uint8)
    if answers.shape[2] == 1:
        signed = answers[..., 0]
        pixels[..., :3] = np.where((signed < 0)[..., None], BLUE, ORANGE)
        share = np.abs(signed)
    else:
        colours = np.array([ImageColor.getrgb(each) for each in theme.digit_colours(answers.shape[2])])
        pixels[..., :3] = colours[answers.argmax(-1)]
        share = answers.max(-1)
    pixels[..., 3] = np.where(sound, 40 + 150 * share, 60).astype(np.uint8)
    pixels[~sound, :3] = 128
    return pixels


def _colour(target: float, points: Points) -> str:
    if points.classes > 2:
        return theme.digit_colours(points.classes)[int(target)]
    return f"rgb{ORANGE if target > (0.5 if points.classes else 0) else BLUE}"
