"""A drawing → the 28×28 image that a network reads, made the way MNIST was made. No torch in here.

MNIST (LeCun, Cortes, Burges): the digit's box is scaled to 20 pixels on its longer side, anti-aliased, and placed in
28×28 so that its centre of mass lies in the middle.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image
from scipy import ndimage

from dlcore.data import levels
from dlcore.data.levels import InkStep, to_uint8
from dlcore.data.photo.clean import Cleaned, clean, enlarged
from dlcore.data.photo.plain import is_drawing
from dlcore.data.picture_files import MAX_BYTES, decode

__all__ = ["BLANK", "BOX", "DOT", "FULL", "MAX_BYTES", "SIDE", "Ink", "InkStep", "decode", "found", "read"]

SIDE = 28
BOX = 20
PHOTO_SIDE = 40
"""Pictures of fewer pixels on their shorter side are drawings: no photograph is as small."""
TINY = 20
"""Pictures of fewer pixels on their longer side are enlarged first."""

BLANK = "The canvas is blank: draw something on it."
FULL = "Nearly all of the canvas is ink: clear it and draw with a thinner line."
DOT = "This is only a dot: draw something larger."
OF_PICTURES = {
    BLANK: "Nothing stands out from the background of this picture: use a darker pen, or more light.",
    FULL: "Most of this picture is as dark as ink: bring the digit alone, with paper around it.",
    DOT: "There is only a dot on this picture: bring the digit closer to the camera, or write it larger.",
}
"""What the same problems are called where no canvas is."""

HALF_NORMAL = 2.505
"""Standard deviations of normal noise in one median absolute deviation of its lower half."""


@dataclass(frozen=True)
class Ink:
    """What became of a drawing.

    image: uint8 (28, 28), 0 = paper, 255 = ink
    problem: empty, or a sentence that says why this cannot be read
    """

    image: np.ndarray
    steps: tuple[InkStep, ...]
    problem: str = ""

    @property
    def levels(self) -> np.ndarray:
        """uint8 (h, w), 0 = paper, 255 = ink: all of it, before it was cropped; a picture has other steps before."""
        return next(step.image for step in self.steps if step.name == "ink")


def read(
    pixels: np.ndarray,
    *,
    crop: bool = True,
    scale: bool = True,
    centre: bool = True,
    smooth: bool = True,
    canvas: bool = False,
) -> Ink:
    """Turn a drawing, or a picture of one, into the image that a network reads.

    pixels: uint8 (H, W) grey, (H, W, 3) RGB or (H, W, 4) RGBA; light on dark or dark on light, any size
    crop: cut to the box around the ink, without stray specks
    scale: make the longer side 20 pixels; else keep the size that it has when the whole drawing is shrunk to 28
    centre: put the centre of mass in the middle; else the box (or the drawing as it lies)
    smooth: average pixels when shrinking (anti-aliasing); else pick one of them
    canvas: it was drawn on a canvas, so that there is no light, no sheet, no line and no frame to take away

    Each step that is on appears in `steps`, after those that a picture needed. UnreadableImage if `pixels` has another
    shape or type.
    """
    pixels = levels.checked(pixels)
    grey = levels.grey(levels.shrunk(pixels))
    cleaned = None if canvas else picture(pixels, grey)
    ink = _ink(grey if cleaned is None else cleaned.ink.astype(np.float32))
    tidy = _without_specks(ink)
    problem = _problem(ink, tidy)
    if not canvas:
        problem = OF_PICTURES.get(problem, problem)
    steps = [*(cleaned.steps if cleaned else ()), InkStep("ink", "Ink is light, paper is dark", to_uint8(ink))]
    whole = max(ink.shape)
    if ink.any() and crop:
        ink = tidy[_box(tidy)]
        steps.append(InkStep("crop", "Cut to the box around the ink", to_uint8(ink)))
    target = BOX if scale else max(1, round(SIDE * max(ink.shape) / whole))
    small = _resized(ink, min(target, SIDE), smooth)
    if scale:
        steps.append(InkStep("scale", f"Longer side {BOX} pixels", to_uint8(small)))
    image = _placed(small, centre)
    if centre:
        steps.append(InkStep("centre", "Centre of mass in the middle", to_uint8(image)))
    return Ink(to_uint8(image), tuple(steps), (cleaned.problem if cleaned else "") or problem)


def found(pixels: np.ndarray) -> Cleaned:
    """The ink of a picture, and the steps to it; a plain drawing needs none.

    Its `ink` can be read as if it had been drawn on a canvas. pixels: as `read` takes them
    """
    pixels = levels.checked(pixels)
    grey = levels.grey(levels.shrunk(pixels))
    return picture(pixels, grey) or Cleaned(to_uint8(_ink(grey)), ())


def picture(pixels: np.ndarray, grey: np.ndarray) -> Cleaned | None:
    """The ink of a picture that is no plain drawing, with the steps to it; None if it is one.

    grey: float32 (h, w), its brightness at the working size
    """
    if max(grey.shape) < TINY:
        return enlarged(_ink(grey))
    if min(grey.shape) < PHOTO_SIDE or is_drawing(grey):
        return None
    cleaned = clean(pixels)
    return None if cleaned.plain and not cleaned.problem and _ink(grey).any() else cleaned


def _ink(grey: np.ndarray) -> np.ndarray:
    """How much ink is in each pixel: float32 (h, w) in 0…1, whatever colour ink and paper have."""
    frame = np.concatenate([grey[0], grey[-1], grey[1:-1, 0], grey[1:-1, -1]])
    signed = grey - np.median(frame)
    if np.square(signed[signed < 0]).sum() > np.square(signed[signed > 0]).sum():
        signed = -signed
    noise = 4 * _deviation(signed)
    peak = signed.max()
    if peak < max(24.0, 1.5 * noise):
        return np.zeros_like(grey)
    noise = min(noise, 0.5 * peak) if np.mean(signed > 0.5 * peak) < 0.5 else 0.0
    return np.clip((signed - noise) / (peak - noise), 0.0, 1.0)


def _deviation(signed: np.ndarray) -> float:
    """The standard deviation of the paper, robust against ink: all spread on the one side, where no ink is.

    Of a tightly cropped digit most pixels are ink or its edge, so that the spread of all would be that of the ink.
    """
    if 2 * np.count_nonzero(signed) < signed.size:
        return 0.0  # most of the paper has one level: both measures below are 0
    paper = signed[signed < 0]
    everywhere = 1.4826 * np.median(np.abs(signed - np.median(signed)))
    below = HALF_NORMAL * np.median(np.abs(paper - np.median(paper))) if paper.size else 0.0
    return float(min(everywhere, below))


def _problem(ink: np.ndarray, tidy: np.ndarray) -> str:
    """Why this is no digit, or nothing. tidy: `ink` without specks"""
    mask = ink > 0.5
    if not mask.any():
        return BLANK
    if mask.mean() > 0.6:
        return FULL
    height, width = mask[_box(mask)].shape
    largest = mask[_box(tidy)]
    whole = min(max(ink.shape), 3 * min(ink.shape))
    if max(height, width) < 0.04 * whole or _is_disc(largest):
        return DOT
    return ""


def fitted(ink: np.ndarray) -> np.ndarray:
    """Ink as `read` fits it into the image that a network reads: float32 (h, w) in 0…1, not blank → uint8 (28, 28)."""
    return to_uint8(_placed(_resized(ink[_box(ink)], BOX, True), True))


def cleared(ink: np.ndarray) -> tuple[np.ndarray, tuple[slice, slice]]:
    """Ink without stray specks, float32 (h, w) in 0…1, and the box around what is left; it must not be blank."""
    ink = _without_specks(ink)
    return ink, _box(ink)


def _is_disc(mask: np.ndarray) -> bool:
    """Whether `mask`, cut to its box, is about as wide as high and fills the ellipse within."""
    height, width = mask.shape
    y, x = (np.arange(height) + 0.5) * 2 / height - 1, (np.arange(width) + 0.5) * 2 / width - 1
    inside = y[:, None] ** 2 + x**2 < 0.85
    return max(mask.shape) < 1.6 * min(mask.shape) and bool(mask[inside].mean() > 0.985)


def _without_specks(ink: np.ndarray) -> np.ndarray:
    """`ink` without parts that are tiny beside its largest part in area and in extent."""
    if not (ink > 0.2).any():
        return ink
    box = _box(ink)
    parts, count = ndimage.label(ink[box] > 0.2, structure=np.ones((3, 3)))
    if count < 2:
        return ink
    area = np.bincount(parts.ravel(), ink[box].ravel(), count + 1)[1:]
    extent = np.array(
        [max(rows.stop - rows.start, cols.stop - cols.start) for rows, cols in ndimage.find_objects(parts)]
    )
    largest = area.argmax()
    speck = (area < 0.07 * area[largest]) & (extent < 0.25 * extent[largest])
    tidy = ink.copy()
    tidy[box][np.append(False, speck)[parts]] = 0
    return tidy


def _box(ink: np.ndarray) -> tuple[slice, slice]:
    mask = ink > 0.2
    rows, cols = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return slice(rows[0], rows[-1] + 1), slice(cols[0], cols[-1] + 1)


def _resized(ink: np.ndarray, side: int, smooth: bool) -> np.ndarray:
    """`ink` with its longer side made `side` pixels, its aspect and its darkest ink kept."""
    factor = side / max(ink.shape)
    height, width = (max(1, round(length * factor)) for length in ink.shape)
    how = Image.Resampling.BILINEAR if smooth else Image.Resampling.NEAREST
    small = np.asarray(Image.fromarray(ink).resize((width, height), how))
    peak = small.max()
    return small * (ink.max() / peak) if peak > 0 else small  # averaging would make thin lines faint


def _placed(small: np.ndarray, centre: bool) -> np.ndarray:
    """float32 (28, 28) with `small` in it, whole, its centre of mass as near to the middle as that allows."""
    image = np.zeros((SIDE, SIDE), np.float32)
    corner = []
    for axis, length in enumerate(small.shape):
        mass = small.sum(1 - axis)
        middle = (mass @ np.arange(length)) / mass.sum() if centre and mass.any() else (length - 1) / 2
        corner.append(int(np.clip(round(SIDE / 2 - middle - (0 if centre else 0.5)), 0, SIDE - length)))
    top, left = corner
    image[top : top + small.shape[0], left : left + small.shape[1]] = small
    return image
