"""Pen strokes → pixels, as a drawing canvas paints them: round caps, round joints, soft edges. No torch in here."""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

OVERSAMPLING = 3

Point = Sequence[float]


def render(strokes: Sequence[Sequence[Point]], *, size: int = 280, width: float = 18.0) -> np.ndarray:
    """Paint strokes, white on black.

    strokes: polylines of (x, y) points, in pixels of a size × size canvas, y down; a single point makes a dot
    width: of the pen, in pixels
    Returns uint8 (size, size), 0 = paper, 255 = ink.
    """
    canvas = Image.new("L", (size * OVERSAMPLING, size * OVERSAMPLING))
    draw = ImageDraw.Draw(canvas)
    diameter = width * OVERSAMPLING
    for stroke in strokes:
        points = [tuple((coordinate + 0.5) * OVERSAMPLING - 0.5 for coordinate in point) for point in stroke]
        if len(points) > 1:
            draw.line(points, fill=255, width=max(1, round(diameter)))
        for x, y in points:
            radius = diameter / 2
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return np.asarray(canvas.reduce(OVERSAMPLING))
