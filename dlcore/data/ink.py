"""A drawing → the 28×28 image that a network reads, made the way MNIST was made. No torch in here.

MNIST (LeCun, Cortes, Burges): the digit's box is scaled to 20 pixels on its longer side, anti-aliased, and placed in
28×28 so that its centre of mass lies in the middle.
"""

import io
import warnings
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageOps
from scipy import ndimage

from dlcore.errors import UnreadableImage

SIDE = 28
BOX = 20
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
WORKING_SIDE = 560
"""Larger drawings are averaged down to about this many pixels first."""

BLANK = "The canvas is blank: draw something on it."
FULL = "Nearly all of the canvas is ink: clear it and draw with a thinner line."
DOT = "This is only a dot: draw something larger."

HALF_NORMAL = 2.505
"""Standard deviations of normal noise in one median absolute deviation of its lower half."""

MAX_BYTES = 4_000_000
"""Of an image file, unless a caller says otherwise."""


@dataclass(frozen=True)
class InkStep:
    """One step of the pipeline. image: uint8 (h, w), 0 = paper, 255 = ink."""

    name: str
    caption: str
    image: np.ndarray


@dataclass(frozen=True)
class Ink:
    """What became of a drawing.

    image: uint8 (28, 28), 0 = paper, 255 = ink
    problem: empty, or a sentence that says why this cannot be read
    """

    image: np.ndarray
    steps: tuple[InkStep, ...]
    problem: str = ""


def decode(data: bytes, *, max_bytes: int = MAX_BYTES, max_side: int = 4096) -> np.ndarray:
    """The pixels of an image file as uint8 (H, W, 4) RGBA.

    Length, format and size are checked before a pixel is decoded; UnreadableImage says what is wrong.
    """
    if len(data) > max_bytes:
        raise UnreadableImage(
            f"The image has {len(data):,} bytes, but at most {max_bytes:,} are allowed: save it smaller."
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(io.BytesIO(data), formats=FORMATS)
            if max(image.size) > max_side:
                raise UnreadableImage(
                    f"The image is {image.width}×{image.height} pixels, but at most {max_side} a side are allowed: "
                    f"scale it down."
                )
            return np.asarray(_rgba(ImageOps.exif_transpose(image)))
    except UnreadableImage:
        raise
    except Exception as error:  # a damaged file makes Pillow raise nearly anything
        allowed = ", ".join(FORMATS)
        raise UnreadableImage(f"This is not an image that can be read: use one of {allowed}, undamaged.") from error


def _rgba(image: Image.Image) -> Image.Image:
    if image.mode.startswith(("I", "F")):  # 16 bits a pixel and more; convert() would clip them
        levels = np.asarray(image, dtype=np.float64)
        span = np.ptp(levels) or 1.0
        image = Image.fromarray(((levels - levels.min()) * (255 / span)).astype(np.uint8))
    return image.convert("RGBA")


def read(pixels: np.ndarray, *, crop: bool = True, scale: bool = True, centre: bool = True, smooth: bool = True) -> Ink:
    """Turn a drawing into the image that a network reads.

    pixels: uint8 (H, W) grey, (H, W, 3) RGB or (H, W, 4) RGBA; light on dark or dark on light, any size
    crop: cut to the box around the ink, without stray specks
    scale: make the longer side 20 pixels; else keep the size that it has when the whole drawing is shrunk to 28
    centre: put the centre of mass in the middle; else the box (or the drawing as it lies)
    smooth: average pixels when shrinking (anti-aliasing); else pick one of them

    Each step that is on appears in `steps`. UnreadableImage if `pixels` has another shape or type.
    """
    ink = _ink(_checked(pixels))
    problem = _problem(ink)
    steps = [InkStep("ink", "Ink is light, paper is dark", _levels(ink))]
    whole = max(ink.shape)
    if problem != BLANK and crop:
        ink = _without_specks(ink)
        ink = ink[_box(ink)]
        steps.append(InkStep("crop", "Cut to the box around the ink", _levels(ink)))
    target = BOX if scale else max(1, round(SIDE * max(ink.shape) / whole))
    small = _resized(ink, min(target, SIDE), smooth)
    if scale:
        steps.append(InkStep("scale", f"Longer side {BOX} pixels", _levels(small)))
    image = _placed(small, centre)
    if centre:
        steps.append(InkStep("centre", "Centre of mass in the middle", _levels(image)))
    return Ink(_levels(image), tuple(steps), problem)


def _checked(pixels: np.ndarray) -> np.ndarray:
    pixels = np.asarray(pixels)
    channels = pixels.shape[2] if pixels.ndim == 3 else 1
    if pixels.dtype != np.uint8 or pixels.ndim not in (2, 3) or channels not in (1, 3, 4) or pixels.size == 0:
        raise UnreadableImage(
            f"A drawing must be uint8 pixels (H, W), (H, W, 3) or (H, W, 4), got {pixels.dtype} {pixels.shape}."
        )
    return pixels[..., 0] if pixels.ndim == 3 and channels == 1 else pixels


def _ink(pixels: np.ndarray) -> np.ndarray:
    """How much ink is in each pixel: float32 (h, w) in 0…1, whatever colour ink and paper have."""
    grey = _grey(_shrunk(pixels))
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
    paper = signed[signed < 0]
    everywhere = 1.4826 * np.median(np.abs(signed - np.median(signed)))
    below = HALF_NORMAL * np.median(np.abs(paper - np.median(paper))) if paper.size else 0.0
    return float(min(everywhere, below))


def _grey(pixels: np.ndarray) -> np.ndarray:
    """Luminance as float32 (H, W) in 0…255; transparent pixels are paper of the colour opposite to the ink."""
    if pixels.ndim == 2:
        return pixels.astype(np.float32)
    grey = pixels[..., :3].astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)
    if pixels.shape[2] == 3 or pixels[..., 3].min() == 255:
        return grey
    alpha = pixels[..., 3].astype(np.float32) / 255
    if not alpha.any():
        return np.zeros_like(grey)
    if alpha.mean() < 0.5:
        paper = 255.0 if np.average(grey, weights=alpha) < 128 else 0.0
    else:
        paper = float(np.median(grey[alpha > 0.5]))
    return grey * alpha + paper * (1 - alpha)


def _shrunk(pixels: np.ndarray) -> np.ndarray:
    height, width = pixels.shape[:2]
    factor = max(height, width) // WORKING_SIDE
    if factor < 2:
        return pixels
    return np.asarray(Image.fromarray(pixels).reduce((min(factor, width), min(factor, height))))


def _problem(ink: np.ndarray) -> str:
    mask = ink > 0.5
    if not mask.any():
        return BLANK
    if mask.mean() > 0.6:
        return FULL
    height, width = mask[_box(mask)].shape
    largest = mask[_box(_without_specks(ink))]
    if max(height, width) < 0.04 * max(ink.shape) or _is_disc(largest):
        return DOT
    return ""


def fitted(ink: np.ndarray) -> np.ndarray:
    """Ink as `read` fits it into the image that a network reads: float32 (h, w) in 0…1, not blank → uint8 (28, 28)."""
    return _levels(_placed(_resized(ink[_box(ink)], BOX, True), True))


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
    parts, count = ndimage.label(ink > 0.2, structure=np.ones((3, 3)))
    if count < 2:
        return ink
    area = np.bincount(parts.ravel(), ink.ravel())[1:]
    extent = np.array(
        [max(rows.stop - rows.start, cols.stop - cols.start) for rows, cols in ndimage.find_objects(parts)]
    )
    largest = area.argmax()
    speck = (area < 0.07 * area[largest]) & (extent < 0.25 * extent[largest])
    return np.where(np.append(False, speck)[parts], np.float32(0), ink) if speck.any() else ink


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


def _levels(ink: np.ndarray) -> np.ndarray:
    return np.round(ink * 255).astype(np.uint8)
