"""Drawings to try with one click: stroke lists on a 280×280 canvas, each with the question it answers."""

import math
from dataclasses import dataclass

UNITS = 280
"""Side of the square that strokes are measured in."""
PEN = 18.0
"""Width of the pen in UNITS."""

Point = tuple[float, float]
Stroke = list[Point]


@dataclass(frozen=True)
class Example:
    """A drawing that asks something."""

    title: str
    question: str
    strokes: list[Stroke]


def _arc(x: float, y: float, rx: float, ry: float, start: float, end: float) -> Stroke:
    """Part of an ellipse around (x, y); angles in degrees, 0 to the right, growing downwards."""
    count = max(2, round(abs(end - start) / 6))
    angles = [math.radians(start + (end - start) * i / count) for i in range(count + 1)]
    return [(x + rx * math.cos(each), y + ry * math.sin(each)) for each in angles]


def _moved(strokes: list[Stroke], scale: float, x: float, y: float, slant: float = 0.0) -> list[Stroke]:
    """Strokes around (140, 140) scaled, sheared by `slant` and moved so that their middle lies at (x, y)."""
    return [
        [(x + scale * (px - 140 - slant * (py - 140)), y + scale * (py - 140)) for px, py in stroke]
        for stroke in strokes
    ]


_SEVEN = [[(82, 66), (204, 66), (122, 226)], [(98, 148), (190, 148)]]
_THREE = [_arc(138, 98, 48, 44, -150, 85) + _arc(136, 186, 56, 46, -85, 150)]
_ZERO = [_arc(140, 140, 56, 84, -70, 290), [(186, 66), (94, 214)]]
_FIVE = [[(186, 62), (104, 62), (98, 128), *_arc(134, 172, 58, 52, -128, 140)]]
_EIGHT = [_arc(140, 96, 38, 40, 90, -270) + _arc(140, 186, 48, 50, -90, 270)]
_NUMBER = [
    [(52, 84), (34, 150), (116, 150)],
    [(100, 84), (96, 212)],
    [*_arc(194, 116, 38, 34, -160, 40), (156, 206), (242, 206)],
]
_LETTER = [[(76, 226), (140, 56), (204, 226)], [(100, 166), (180, 166)]]
_SCRIBBLE = [[(52 + 3 * i + 40 * math.cos(0.52 * i), 140 + (40 + 0.8 * i) * math.sin(0.52 * i)) for i in range(60)]]

EXAMPLES = (
    Example("7 with a bar", "Does a European seven, with its bar, still read as a 7?", _SEVEN),
    Example("Slashed zero", "Is a zero with a stroke through it an 8?", _ZERO),
    Example(
        "Tiny, in the corner",
        "Does it matter how large you draw, and where? Then switch off Crop.",
        _moved(_THREE, 0.3, 226, 226),
    ),
    Example(
        "Slanted", "How far may a digit lean before it is read as another?", _moved(_FIVE, 1.0, 140, 140, slant=0.45)
    ),
    Example(
        "Very bold",
        "What is left of the two holes of an 8 when the pen is thick?",
        [stroke for dx, dy in ((-9, 0), (9, 0), (0, -9), (0, 9)) for stroke in _moved(_EIGHT, 1.0, 140 + dx, 140 + dy)],
    ),
    Example("A number", "Can a network that reads one digit at a time read two?", _NUMBER),
    Example("A letter", "A network that reads digits has never seen an A. Does it know that this is not one?", _LETTER),
    Example("A scribble", "How sure is it about nonsense?", _SCRIBBLE),
)
