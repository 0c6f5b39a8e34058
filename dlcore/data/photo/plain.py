"""Whether a picture is a plain drawing: strokes on paper of one level, with nothing to take away."""

import numpy as np
from scipy import ndimage

LEVELS = 6
"""By which paper of one level may differ from itself."""


def is_drawing(grey: np.ndarray) -> bool:
    """Quick, and not to be sure of it is to say no. grey: float32 (h, w) in 0…255"""
    frame = np.concatenate([grey[0], grey[-1], grey[1:-1, 0], grey[1:-1, -1]])
    paper = frame[0]
    if np.ptp(frame) > LEVELS:
        return False
    away = np.abs(grey - paper)
    peak = float(away.max())
    strokes, touched = away > 0.5 * peak, away > LEVELS
    share = float(strokes.mean())
    if peak < 48 or share > 0.3 or touched.sum() > 2 * strokes.sum() + 0.002 * grey.size:
        return False
    rows, cols = np.flatnonzero(touched.any(1)), np.flatnonzero(touched.any(0))
    if min(rows[0], cols[0], len(grey) - 1 - rows[-1], grey.shape[1] - 1 - cols[-1]) < 1:
        return False
    box = touched[rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1]
    if share > 0.1 and box.mean() > 0.6:  # it may be a sheet on a desk
        return False
    parts, count = ndimage.label(box, np.ones((3, 3)))
    return count == 1 or not _one_within_another(ndimage.find_objects(parts))


def _one_within_another(boxes: list[tuple[slice, slice]]) -> bool:
    """Whether the box of a part holds that of another: the first may be a frame."""
    if len(boxes) > 12:
        return True
    return any(
        one is not other and all(a.start < b.start and b.stop < a.stop for a, b in zip(one, other, strict=True))
        for one in boxes
        for other in boxes
    )
