"""The answer of a network over the plane, with the points that it is tested on. No streamlit in here."""

import base64
import io

import numpy as np
from PIL import Image

from dlcore.playground.problems import REACH, Points
from pages.figures import theme
from pages.figures.mosaic import BLUE, ORANGE
from pages.figures.sketch import dot, svg

SIDE = 240
_MOST = 250
_RING = "stroke='#fff' stroke-width='1'"


def answer(label: str, answers: np.ndarray, points: Points) -> str:
    """An SVG of SIDE × SIDE. answers: (R, R, K), one number in −1 … 1 or the probabilities of the classes"""
    out = io.BytesIO()
    Image.fromarray(_pixels(answers), "RGBA").save(out, "PNG")
    data = base64.b64encode(out.getvalue()).decode("ascii")
    tested = slice(points.train, points.train + _MOST)
    dots = (
        dot(SIDE / 2 * (1 + x / REACH), SIDE / 2 * (1 - y / REACH), 3, _hex(_colour(target, points)), _RING)
        for (x, y), target in zip(points.points[tested].tolist(), points.targets[tested].tolist(), strict=True)
    )
    image = f'<image href="data:image/png;base64,{data}" width="{SIDE}" height="{SIDE}" preserveAspectRatio="none"/>'
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
        colours = np.array([_rgb(each) for each in theme.digit_colours(answers.shape[2])])
        pixels[..., :3] = colours[answers.argmax(-1)]
        share = answers.max(-1)
    pixels[..., 3] = np.where(sound, 40 + 150 * share, 60).astype(np.uint8)
    pixels[~sound, :3] = 128
    return pixels


def _colour(target: float, points: Points) -> tuple[int, int, int]:
    if points.classes > 2:
        return _rgb(theme.digit_colours(points.classes)[int(target)])
    return ORANGE if target > (0.5 if points.classes else 0) else BLUE


def _rgb(text: str) -> tuple[int, int, int]:
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def _hex(colour: tuple[int, int, int]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
