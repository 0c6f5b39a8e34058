"""Pixels of any kind → grey at a working size, and the steps that a page shows. No torch in here."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from dlcore.errors import UnreadableImage

WORKING_SIDE = 560
"""Larger drawings are averaged down to about this many pixels first."""
LUMA = np.array([0.299, 0.587, 0.114], np.float32)


@dataclass(frozen=True)
class InkStep:
    """One step of the pipeline.

    image: uint8 (h, w), 0 = paper, 255 = ink; of steps that come before the ink is found: 0 = dark, 255 = light
    """

    name: str
    caption: str
    image: np.ndarray


def checked(pixels: np.ndarray) -> np.ndarray:
    """`pixels` as they are; UnreadableImage if they are no picture."""
    pixels = np.asarray(pixels)
    channels = pixels.shape[2] if pixels.ndim == 3 else 1
    if pixels.dtype != np.uint8 or pixels.ndim not in (2, 3) or channels not in (1, 3, 4) or pixels.size == 0:
        raise UnreadableImage(
            f"A drawing must be uint8 pixels (H, W), (H, W, 3) or (H, W, 4), got {pixels.dtype} {pixels.shape}."
        )
    return pixels[..., 0] if pixels.ndim == 3 and channels == 1 else pixels


def grey(pixels: np.ndarray) -> np.ndarray:
    """Luminance as float32 (H, W) in 0…255; transparent pixels are paper of the colour opposite to the ink."""
    return flat(pixels, LUMA)


def flat(pixels: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The same with other weights of red, green and blue. float32 (H, W)"""
    if pixels.ndim == 2:
        return pixels.astype(np.float32)
    light = pixels[..., :3].astype(np.float32) @ weights
    if pixels.shape[2] == 3 or pixels[..., 3].min() == 255:
        return light
    alpha = pixels[..., 3].astype(np.float32) / 255
    if not alpha.any():
        return np.zeros_like(light)
    if alpha.mean() < 0.5:
        paper = 255.0 if np.average(light, weights=alpha) < 128 else 0.0
    else:
        paper = float(np.median(light[alpha > 0.5]))
    return light * alpha + paper * (1 - alpha)


def shrunk(pixels: np.ndarray) -> np.ndarray:
    """Averaged down by a whole number, if that leaves more than WORKING_SIDE pixels on the longer side."""
    height, width = pixels.shape[:2]
    factor = min(max(height, width), 3 * min(height, width)) // WORKING_SIDE  # a digit on a long strip stays large
    if factor < 2:
        return pixels
    return np.asarray(Image.fromarray(pixels).reduce((min(factor, width), min(factor, height))))


def to_uint8(ink: np.ndarray) -> np.ndarray:
    """Shares in 0…1 as levels 0…255."""
    return np.round(ink * 255).astype(np.uint8)
