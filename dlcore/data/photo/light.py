"""Uneven light: what the paper would look like without ink, and how much darker the ink is than that."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from dlcore.data.photo.sheet import otsu


@dataclass(frozen=True)
class Contrast:
    """How much each pixel differs from the paper around it.

    amount: float32 (h, w) from 0, in levels; noise: a deviation in it
    paper: float32 (h, w), the paper without ink; dark: whether the ink is darker than the paper
    """

    amount: np.ndarray
    noise: float
    paper: np.ndarray
    dark: bool


def contrast(grey: np.ndarray, inside: np.ndarray) -> Contrast:
    """The ink, whatever the light. grey: float32 (h, w); inside: bool (h, w), where there is paper"""
    level = _one_level(grey, inside)
    if level is not None:
        dark = bool(np.square(np.minimum(grey - level, 0)).sum() >= np.square(np.maximum(grey - level, 0)).sum())
        amount = np.where(inside, np.maximum(level - grey if dark else grey - level, 0), 0)
        return Contrast(amount.astype(np.float32), 0.0, np.full_like(grey, level), dark)
    noise = _noise(grey, inside)
    calm = ndimage.gaussian_filter(grey, 0.9) if noise > 1.5 and min(grey.shape) > 40 else grey
    if calm is not grey:
        noise = _noise(calm, inside) + 0.25 * noise
    dark = _is_dark(calm, inside)
    light = calm if dark else 255 - calm
    paper = _paper(light, inside, max(9, round(0.35 * min(grey.shape))))
    first = np.where(inside, paper - light, 0)
    width = thickness(first > otsu(first))
    paper = _paper(light, inside, int(np.clip(3 * width, 9, 0.35 * min(grey.shape))))
    amount = paper - light
    if dark:
        amount = amount * (255 / np.maximum(paper, 40))  # what ink takes away is a share of the light
        noise *= 255 / max(float(np.median(paper[inside])), 40)
    amount = np.where(inside, amount, 0)
    return Contrast(amount.astype(np.float32), noise, paper if dark else 255 - paper, dark)


def is_uneven(seen: Contrast, inside: np.ndarray, peak: float) -> bool:
    """Whether the paper's own light varies so much that it matters beside the ink."""
    low, high = np.percentile(seen.paper[inside][::7], (3, 97))
    return bool(high - low > max(10, 0.12 * peak))


def _one_level(grey: np.ndarray, inside: np.ndarray) -> float | None:
    """The level of paper that has but one, where all that differs from it is ink through and through."""
    values = grey[inside]
    count = np.bincount(np.clip(np.round(values), 0, 255).astype(np.uint8), minlength=256)
    near = np.convolve(count, np.ones(7, int), "same")
    low, high = np.percentile(values[::5], (2, 98))
    between = np.mean((values > low + 0.2 * (high - low)) & (values < high - 0.2 * (high - low)))
    return float(near.argmax()) if near.max() > 0.3 * values.size and between < 0.3 else None


def _is_dark(grey: np.ndarray, inside: np.ndarray) -> bool:
    """Whether what differs from the light around it is darker."""
    step = max(1, max(grey.shape) // 32)
    filled = np.where(inside, grey, np.median(grey[inside]))
    small = filled[::step, ::step]
    around = ndimage.median_filter(small, max(3, max(small.shape) // 2 | 1), mode="reflect")
    near = ndimage.zoom(around, np.array(grey.shape) / small.shape, order=1, grid_mode=True, mode="nearest")
    signed = np.where(inside, filled - near, 0)
    return bool(np.square(signed[signed < 0]).sum() >= np.square(signed[signed > 0]).sum())


def _paper(light: np.ndarray, inside: np.ndarray, size: int) -> np.ndarray:
    """A grey closing: dark things narrower than `size` take the level of the paper around them."""
    beyond = size // 2 + 1  # windows may reach over the edge: a ramp has no narrow dark end
    padded = np.pad(np.where(inside, light, 0), beyond)
    widest = ndimage.maximum_filter(padded, size, mode="constant", cval=0)
    paper = ndimage.minimum_filter(np.where(widest > 0, widest, 255), size, mode="constant", cval=255)
    return np.maximum(paper[beyond:-beyond, beyond:-beyond], light)


def _noise(grey: np.ndarray, inside: np.ndarray) -> float:
    """The deviation from pixel to pixel where there are no edges."""
    steps = grey[1:-1, 1:-1] - (grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:]) / 4
    steps = steps[inside[1:-1, 1:-1]]
    return float(1.4826 * np.median(np.abs(steps)) / np.sqrt(1.25)) if steps.size else 0.0


def thickness(mask: np.ndarray) -> float:
    """Of the pen: the widest place of the strokes, in pixels."""
    small = mask[::2, ::2]
    if not small.any():
        return 0.0
    depth = np.asarray(ndimage.distance_transform_edt(small))
    return 4 * float(np.percentile(depth[small], 99))
