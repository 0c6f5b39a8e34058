"""Signed arrays as small pictures: blue below zero, orange above, clear at zero, on light and dark pages alike."""

import math

import numpy as np
from PIL import Image

from pages.figures import png

BLUE, ORANGE = (0x2F, 0x7F, 0xD0), (0xE8, 0x77, 0x2E)


def mosaic(values: np.ndarray, most: float | None = None) -> tuple[str, int, int]:
    """A PNG as a data address, and its width and height in cells.

    values: (channels, height, width) as a grid of maps with a gap between them, or (units,) as rows of cells
    most: the absolute value that is fully opaque; by default the largest there is
    """
    grid = _grid(np.asarray(values, dtype=np.float64))
    top = most or float(np.nanmax(np.abs(grid), initial=0.0)) or 1.0
    strength = np.nan_to_num(np.clip(np.abs(grid) / top, 0, 1))
    pixels = np.empty((*grid.shape, 4), dtype=np.uint8)
    pixels[..., :3] = np.where((grid < 0)[..., None], BLUE, ORANGE)
    pixels[..., 3] = (255 * np.sqrt(strength)).astype(np.uint8)
    height, width = grid.shape
    return png.address(Image.fromarray(pixels, "RGBA")), width, height


def _grid(values: np.ndarray) -> np.ndarray:
    if values.ndim == 1:
        columns = min(16, len(values))
        rows = math.ceil(len(values) / columns)
        filled = np.full(rows * columns, np.nan)
        filled[: len(values)] = values
        return filled.reshape(rows, columns)
    count, height, width = values.shape
    columns = math.ceil(math.sqrt(count * 1.0))
    rows = math.ceil(count / columns)
    grid = np.full((rows * (height + 1) - 1, columns * (width + 1) - 1), np.nan)
    for place, each in enumerate(values):
        top, left = place // columns * (height + 1), place % columns * (width + 1)
        grid[top : top + height, left : left + width] = each
    return grid
