"""Characters that nobody wrote: those of fonts, and digits of seven segments. Drawn, and read by the ink pipeline."""

from itertools import product

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from dlcore.data import ink

CANVAS = 280
LIT = ("abcdef", "bc", "abged", "abgcd", "fgbc", "afgcd", "afgedc", "abc", "abcdefg", "abcdfg")
CORNERS = {"a": (0, 0, 1, 0), "b": (1, 0, 1, 1), "c": (1, 1, 1, 2), "d": (0, 2, 1, 2), "e": (0, 1, 0, 2),
           "f": (0, 0, 0, 1), "g": (0, 1, 1, 1)}  # fmt: skip


def printed(fonts: list[str], characters: str) -> list[tuple[ink.Ink, str]]:
    """Each character in each font, with the character. fonts: TrueType or OpenType files"""
    drawings = []
    for path, character in product(fonts, characters):
        canvas = Image.new("L", (CANVAS, CANVAS))
        font = ImageFont.truetype(path, 160)
        ImageDraw.Draw(canvas).text((CANVAS / 2, CANVAS / 2), character, fill=255, font=font, anchor="mm")
        drawings.append((ink.read(np.asarray(canvas), canvas=True), character))
    return drawings


def seven_segments() -> list[tuple[ink.Ink, str]]:
    """Every digit as a display shows it, in bars of three widths, with two gaps, upright and slanted: 120 drawings."""
    looks = product((14, 22, 32), (2, 8), (0.0, 0.15))
    return [(ink.read(_segments(digit, *look), canvas=True), str(digit)) for look in looks for digit in range(10)]


def _segments(digit: int, width: int, gap: int, slant: float) -> np.ndarray:
    canvas = Image.new("L", (CANVAS, CANVAS))
    pen = ImageDraw.Draw(canvas)
    for name in LIT[digit]:
        x0, y0, x1, y1 = (90 + 80 * each if place % 2 == 0 else 50 + 85 * each
                          for place, each in enumerate(CORNERS[name]))  # fmt: skip
        pen.polygon([(x + slant * (CANVAS / 2 - y), y) for x, y in _bar(x0, y0, x1, y1, width / 2, gap)], fill=255)
    return np.asarray(canvas)


def _bar(x0: float, y0: float, x1: float, y1: float, half: float, gap: float) -> list[tuple[float, float]]:
    """A bar with pointed ends, lying or upright."""
    if y0 == y1:
        left, right = x0 + gap, x1 - gap
        return [(left, y0), (left + half, y0 - half), (right - half, y0 - half), (right, y0), (right - half, y0 + half),
                (left + half, y0 + half)]  # fmt: skip
    top, bottom = y0 + gap, y1 - gap
    return [(x0, top), (x0 + half, top + half), (x0 + half, bottom - half), (x0, bottom), (x0 - half, bottom - half),
            (x0 - half, top + half)]  # fmt: skip
