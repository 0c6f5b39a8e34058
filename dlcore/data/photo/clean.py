"""A picture of a digit → its ink on clean paper, and each step that it took."""

from dataclasses import dataclass

import numpy as np
from PIL import Image
from scipy import ndimage

from dlcore.data.levels import InkStep, shrunk, to_uint8
from dlcore.data.photo import colour, lines, parts
from dlcore.data.photo import light as lighting
from dlcore.data.photo import sheet as sheets
from dlcore.data.photo.sheet import otsu

NOTHING = "Nothing stands out from the background of this picture: use a darker pen, or more light."
BARE = "There are only lines or frames on this picture, and nothing written between them."

ENLARGED = 8


@dataclass(frozen=True)
class Cleaned:
    """The ink of a picture.

    ink: uint8 (h, w), 0 = paper, 255 = ink
    steps: those that it took, in their order; problem: empty, or why there is no ink
    """

    ink: np.ndarray
    steps: tuple[InkStep, ...]
    problem: str = ""

    @property
    def plain(self) -> bool:
        """Whether there was nothing to take away."""
        return len(self.steps) < 2


def clean(pixels: np.ndarray) -> Cleaned:
    """The ink without uneven light, desk, lines and frames.

    pixels: uint8 (H, W), (H, W, 3) or (H, W, 4), at least 12 pixels a side
    """
    small = shrunk(pixels)
    grey, coloured = colour.grey(small)
    steps = [InkStep("picture", "In grey", _shown(grey))]
    if coloured:
        steps.append(InkStep("colour", "Told apart by colour, not by brightness", _shown(grey)))
    inside = np.ones(grey.shape, bool)
    sheet = sheets.find(grey)
    if sheet:
        grey, inside = _cut(grey, sheet)
        steps.append(InkStep("sheet", "The sheet, cut from what lies around it", _shown(np.where(inside, grey, 0))))
    seen = lighting.contrast(grey, inside)
    amount = seen.amount
    floor, peak = _range(seen, inside)
    if peak is None:
        return Cleaned(np.zeros(grey.shape, np.uint8), tuple(steps), NOTHING)
    if lighting.is_uneven(seen, inside, peak):
        steps.append(InkStep("light", "Uneven light taken away", to_uint8(np.clip(amount / max(peak, 1), 0, 1))))
    amount, inside, mask, count = _unruled(amount, inside, floor, peak)
    if count:
        steps.append(InkStep("lines", "Printed lines taken away", to_uint8(np.clip(amount / peak, 0, 1))))
    around = parts.around(mask, inside, cut_off=len(steps) > 1)
    if around.any():
        near = ndimage.maximum_filter(around, 5) & ~(mask & ~around)
        amount = np.where(near, 0, amount)
        steps.append(InkStep("frame", "Frame and edges taken away", to_uint8(np.clip(amount / peak, 0, 1))))
    ink = np.clip((amount - floor) / (peak - floor), 0, 1)
    return Cleaned(to_uint8(ink), tuple(steps), "" if (ink > 0.5).any() else BARE)


def enlarged(ink: np.ndarray) -> Cleaned:
    """A picture of a few pixels, whose shape is in how grey they are. ink: float32 (h, w) in 0…1"""
    height, width = ink.shape
    smooth = np.asarray(Image.fromarray(ink).resize((width * ENLARGED, height * ENLARGED), Image.Resampling.BICUBIC))
    sharp = to_uint8(np.clip((smooth / max(smooth.max(), 1e-6) - 0.25) / 0.35, 0, 1))
    caption = f"Enlarged {ENLARGED} times, its greys taken for parts of pixels"
    return Cleaned(sharp, (InkStep("picture", "As it came", to_uint8(ink)), InkStep("enlarge", caption, sharp)))


def _shown(grey: np.ndarray) -> np.ndarray:
    return np.clip(np.round(grey), 0, 255).astype(np.uint8)


def _cut(grey: np.ndarray, sheet: sheets.Sheet) -> tuple[np.ndarray, np.ndarray]:
    """The sheet alone, straight."""
    inside = sheet.inside
    if 1.5 < abs(sheet.turned) < 30:
        grey = ndimage.rotate(np.where(inside, grey, np.median(grey[inside])), sheet.turned, order=1, mode="nearest")
        inside = ndimage.rotate(inside.astype(np.float32), sheet.turned, order=1) > 0.99
    rows, cols = np.flatnonzero(inside.any(1)), np.flatnonzero(inside.any(0))
    box = slice(rows[0], rows[-1] + 1), slice(cols[0], cols[-1] + 1)
    return grey[box], inside[box]


def _range(seen: lighting.Contrast, inside: np.ndarray) -> tuple[float, float | None]:
    """From which amount on it is ink, and how much ink there is at most; None if nothing stands out."""
    amount = seen.amount[inside]
    usual = float(np.median(amount))
    floor = usual + 4 * seen.noise
    above = amount[amount > floor]
    if above.size < 3:
        return floor, None
    strong = above[above > otsu(above)] if np.ptp(above) > 1 else above
    peak = float(np.percentile(strong, 75)) if strong.size else float(above.max())
    if peak - floor < max(12.0 if seen.noise else 6.0, 2 * seen.noise):
        return floor, None
    return floor, peak


def _unruled(
    amount: np.ndarray, inside: np.ndarray, floor: float, peak: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Without printed lines, straightened by them: the ink, where there is paper, where there may be ink, and lines."""
    least = floor + 0.2 * (peak - floor)
    pen = lighting.thickness(amount > (floor + peak) / 2)
    angle = lines.turned(amount > least)
    if abs(angle) > 0.4:
        straight = ndimage.rotate(amount, angle, order=1, reshape=False)
        within = ndimage.rotate(inside.astype(np.float32), angle, order=1, reshape=False) > 0.99
        left, count = lines.without(straight, straight > least, within, pen)
        if count > 2:
            return left, within, left > least, count
    left, count = lines.without(amount, amount > least, inside, pen)
    return left, inside, left > least, count
