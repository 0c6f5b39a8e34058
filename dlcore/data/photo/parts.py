"""What is on the paper beside the digit: a frame around it, what the edge of the picture cuts off, and dirt."""

import numpy as np
from scipy import ndimage

ALL_AROUND = np.ones((3, 3))


def around(mask: np.ndarray, inside: np.ndarray, *, cut_off: bool) -> np.ndarray:
    """bool (h, w): the parts of `mask` that frame others, or lie along the edge.

    cut_off: whether everything that the edge cuts off goes too, as long as something is left
    """
    parts, count = ndimage.label(mask, ALL_AROUND)
    gone = np.zeros(count + 1, bool)
    if count < 2:
        return gone[parts]
    boxes = ndimage.find_objects(parts)
    extent = np.array([0, *(max(r.stop - r.start, c.stop - c.start) for r, c in boxes)])
    edges = _at_edges(parts, inside, count)
    free = extent[1:][~edges[1:].any(1)]
    if free.size and free.max() > 0.12 * max(mask.shape):
        gone[1:] = edges[1:].any(1)
        if not cut_off:
            for part in np.flatnonzero(gone):
                gone[part] = _lines_the_edge(parts == part, boxes[part - 1])
    for part in np.argsort(-extent)[:8]:
        if part and not gone[part] and extent[part] > 0.2 * max(mask.shape):
            gone[part] = _frames(parts, int(part), boxes[part - 1], extent, gone)
    return gone[parts]


def _at_edges(parts: np.ndarray, inside: np.ndarray, count: int) -> np.ndarray:
    """bool (count + 1, 1): which parts touch the edge of the paper."""
    edge = inside & ~ndimage.binary_erosion(inside, ALL_AROUND)
    touching = np.zeros((count + 1, 1), bool)
    touching[np.unique(parts[edge])] = True
    return touching


def _lines_the_edge(here: np.ndarray, box: tuple[slice, slice]) -> bool:
    """Whether a part runs along a whole side of the picture and is thin."""
    long = max(side.stop - side.start for side in box)
    sides = (here[0].mean(), here[-1].mean(), here[:, 0].mean(), here[:, -1].mean())
    return max(sides) > 0.9 and here.sum() / long < 0.5 * min(here.shape)


def _frames(parts: np.ndarray, part: int, box: tuple[slice, slice], extent: np.ndarray, gone: np.ndarray) -> bool:
    """Whether a part goes all around another one that is a third of its size."""
    here = parts[box] == part
    held = ndimage.binary_fill_holes(here) & ~here
    inner = np.unique(parts[box][held])
    return any(each and not gone[each] and extent[each] > extent[part] / 3 for each in inner)
