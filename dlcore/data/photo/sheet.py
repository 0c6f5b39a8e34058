"""A sheet of paper on a desk: where it is, and how far it is turned."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from scipy.spatial import ConvexHull, QhullError

SMALL = 140
"""Side, in pixels, at which a sheet is looked for."""


@dataclass(frozen=True)
class Sheet:
    """inside: bool (h, w), the sheet without its edge; turned: degrees by which its edges are off the picture's."""

    inside: np.ndarray
    turned: float


def find(grey: np.ndarray) -> Sheet | None:
    """The sheet on the desk; None if the picture shows a sheet alone, or something else. grey: float32 (h, w)"""
    factor = max(1, round(max(grey.shape) / SMALL))
    small = _reduced(grey, factor)
    for light in (small, 255 - small):
        if (found := _brightest(light)) is not None:
            inside = np.kron(found, np.ones((factor, factor), bool))[: grey.shape[0], : grey.shape[1]]
            pad = [(0, size - have) for size, have in zip(grey.shape, inside.shape, strict=True)]
            inside = np.pad(inside, pad, mode="edge")
            edge = 2 * factor + 1
            return Sheet(ndimage.minimum_filter(inside, edge, mode="nearest"), _turned(found))
    return None


def otsu(values: np.ndarray) -> float:
    """The level that parts values into two groups whose spread is least. values: in 0…255"""
    count = np.bincount(np.clip(values, 0, 255).astype(np.uint8).ravel(), minlength=256).astype(float)
    below = np.cumsum(count)
    mass = np.cumsum(count * np.arange(256))
    above = below[-1] - below
    with np.errstate(divide="ignore", invalid="ignore"):
        between = (mass[-1] * below - mass * below[-1]) ** 2 / (below * above)
    between = np.nan_to_num(between, nan=0.0, posinf=0.0)
    best = np.flatnonzero(between >= between.max() * (1 - 1e-9))
    return float(best.mean()) + 0.5


def _reduced(grey: np.ndarray, factor: int) -> np.ndarray:
    height, width = (size // factor * factor for size in grey.shape)
    cut = grey[:height, :width]
    return cut.reshape(height // factor, factor, width // factor, factor).mean((1, 3))


def _brightest(light: np.ndarray) -> np.ndarray | None:
    """The light sheet in a small picture, filled: bool (h, w). None if no light part looks like one."""
    if min(light.shape) < 9:
        return None
    unruled = ndimage.grey_closing(light, 5)  # a line that is printed parts no sheet
    level = otsu(unruled)
    bright = ndimage.binary_opening(unruled > level, np.ones((3, 3)), border_value=1)
    if not bright.any():
        return None
    parts, _ = ndimage.label(bright)
    largest = parts == np.bincount(parts.ravel())[1:].argmax() + 1
    sheet = _filled(largest)
    share = sheet.mean()
    if not 0.12 < share < 0.985:
        return None
    outside = ~sheet
    step = np.median(light[largest]) - np.median(light[outside])
    if step < 40 or not _sharp(light, sheet, step) or not _straight(sheet):
        return None
    ink = sheet & (light < level)
    if ink.sum() < 0.002 * sheet.sum() or (sheet & ~largest).sum() > 0.16 * sheet.sum() or _is_bare_ring(sheet, ink):
        return None
    return sheet if not _written_on(light, outside, step) else None


def _filled(part: np.ndarray) -> np.ndarray:
    """Without its holes, and without the notches that ink at its edge makes."""
    width = max(3, min(part.shape) // 12) | 1
    padded = np.pad(part, width, mode="edge")
    closed = ndimage.binary_closing(padded, np.ones((width, width)))[width:-width, width:-width]
    return ndimage.binary_fill_holes(closed | part)


def _sharp(light: np.ndarray, sheet: np.ndarray, step: float) -> bool:
    """Whether the sheet ends at an edge, as paper does, and not in a shadow that fades."""
    rim_in = sheet & ~ndimage.binary_erosion(sheet, iterations=3, border_value=1)
    rim_in &= ~(sheet & ~ndimage.binary_erosion(sheet, border_value=1))
    rim_out = ndimage.binary_dilation(sheet, iterations=3) & ~ndimage.binary_dilation(sheet)
    if not rim_in.any() or not rim_out.any():
        return bool((~sheet).mean() < 0.1)
    return bool(np.median(light[rim_in]) - np.median(light[rim_out]) > 0.6 * step)


def _straight(sheet: np.ndarray) -> bool:
    """Whether it fills a convex outline, and that outline most of a turned rectangle."""
    corners = _outline(sheet)
    if corners is None:
        return False
    hull = _area(corners)
    if sheet.sum() < 0.93 * hull:
        return False
    edges = np.roll(corners, -1, 0) - corners
    boxes = []
    for angle in np.arctan2(edges[:, 1], edges[:, 0]):
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        boxes.append(np.prod(np.ptp(corners @ turn, axis=0)))
    return hull > 0.82 * min(boxes)


def _outline(sheet: np.ndarray) -> np.ndarray | None:
    """Corners (n, 2) of its convex hull, pixels being squares."""
    rows, cols = np.nonzero(sheet & ~ndimage.binary_erosion(sheet))
    points = np.concatenate([np.stack([rows + a, cols + b], 1) for a in (0, 1) for b in (0, 1)])
    try:
        return points[ConvexHull(points).vertices].astype(float)
    except (QhullError, ValueError):
        return None


def _area(corners: np.ndarray) -> float:
    y, x = corners.T
    return abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2


def _is_bare_ring(sheet: np.ndarray, ink: np.ndarray) -> bool:
    """Whether it is a thick zero: one plump hole in the middle and nothing else."""
    parts, _ = ndimage.label(ink, np.ones((3, 3)))
    sizes = np.bincount(parts.ravel())[1:]
    hole = parts == sizes.argmax() + 1
    if sizes.max() < 0.9 * sizes.sum():
        return False
    corners = _outline(hole)
    if corners is None:
        return True
    rows, cols = np.nonzero(hole)
    thin = min(np.ptp(rows), np.ptp(cols)) + 1
    return hole.sum() > 0.85 * _area(corners) and thin > 0.2 * np.sqrt(sheet.sum())


def _written_on(light: np.ndarray, outside: np.ndarray, step: float) -> bool:
    """Whether there is ink beside the sheet as well: then that is paper in the shade, and no desk."""
    if outside.sum() < 60:
        return False
    shade = float(np.median(light[outside]))
    dark = outside & (light < min(shade - 25, 0.55 * shade))
    parts, count = ndimage.label(dark, np.ones((3, 3)))
    if not count:
        return False
    return any(
        max(r.stop - r.start, c.stop - c.start) > 0.08 * max(light.shape) for r, c in ndimage.find_objects(parts)
    )


def _turned(sheet: np.ndarray) -> float:
    """Degrees in -45…45 of the edges of the sheet that are not those of the picture."""
    corners = _outline(sheet)
    if corners is None:
        return 0.0
    size = np.array(sheet.shape)
    ends = np.roll(corners, -1, 0)
    edges = ends - corners
    lies = ((corners <= 1) & (ends <= 1)) | ((corners >= size - 1) & (ends >= size - 1))
    length = np.hypot(*edges.T) * ~lies.any(1)
    angle = np.degrees(np.arctan2(edges[:, 0], edges[:, 1])) % 90
    if length.sum() < 0.3 * min(size):
        return 0.0
    votes = ndimage.gaussian_filter1d(np.bincount(angle.astype(int) % 90, length, 90), 2, mode="wrap")
    best = votes.argmax()
    near = np.abs((angle - best + 45) % 90 - 45) < 6
    mean = best + np.average((angle[near] - best + 45) % 90 - 45, weights=length[near] + 1e-9)
    return float((mean + 45) % 90 - 45)
