"""Drawings that are no digits, generated: they teach a network to doubt (outlier exposure).

Hendrycks, Mazeika and Dietterich, "Deep Anomaly Detection with Outlier Exposure", ICLR 2019, arXiv:1812.04606.
Letters and signs that can be read as a digit (O, I, l, S, Z, b, g, q, /, …) are left out.
"""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from dlcore.data import hands, ink, skeletons, strokes

HELD_OUT_SEED = 20_261_123
"""Of those with which trained networks are measured."""
CANVAS = 96
MARGIN = 12
LIKE, FEWEST = 0.94, 50
PENS = (0.04, 0.22)
"""Thinnest and widest pen, as a share of the longer side."""

Random = np.random.Generator
Drawing = list[np.ndarray]
"""Polylines (points, 2) on the unit square."""


def outliers(n: int, seed: int) -> Tensor:
    """Letters, signs, scribbles, blobs, specks, pairs of digits and textures as the ink pipeline delivers them.

    Returns uint8 (n, 1, 28, 28), 0 = paper; the same for the same seed.
    """
    random = np.random.default_rng(seed)
    makers, shares = zip(*MAKERS, strict=True)
    kinds = random.choice(len(makers), size=n, p=np.array(shares) / sum(shares))
    images = np.empty((n, 1, ink.SIDE, ink.SIDE), np.uint8)
    for image, kind in zip(images, kinds, strict=True):
        image[0] = makers[kind](random)
    return torch.from_numpy(images)


def unlike(strange: Tensor, known: Tensor) -> Tensor:
    """Those outliers that do not look like any of the images that are known, in the order of their likeness.

    A network that is to learn a smile must not be taught to doubt every smiling face that the generator draws.
    Likeness is the cosine of two images after a mean over 5×5 pixels; below LIKE two are different, and the FEWEST that
    are most different stay in any case. strange, known: uint8 (N, 1, 28, 28)
    """
    likeness = (_blurred(strange) @ _blurred(known).T).amax(1)
    count = max(FEWEST, int((likeness < LIKE).sum()))
    return strange[likeness.argsort(stable=True)[:count]]


def _blurred(images: Tensor) -> Tensor:
    """Directions float32 (N, 196)."""
    soft = functional.avg_pool2d(images.float(), 5, stride=2, padding=2)
    return functional.normalize(soft.flatten(1), dim=1)


def letter(random: Random) -> np.ndarray:
    """A letter of one of several alphabets, in some hand."""
    return painted(_one_of(random, LETTERS), random)


def sign(random: Random) -> np.ndarray:
    """An arrow, a heart, a smiley and the like."""
    return painted(_one_of(random, SIGNS), random)


def pair(random: Random) -> np.ndarray:
    """Two or three characters side by side, such as the number 47."""
    drawing: Drawing = []
    at = 0.0
    for _ in range(random.integers(2, 4)):
        character = _one_of(random, DIGITS if random.random() < 0.8 else LETTERS)
        drawing += [stroke * (random.uniform(0.7, 1), 1) + (at, 0) for stroke in deformed(character, random)]
        at += random.uniform(0.9, 1.4)
    return painted(drawing, random, deform=False)


def turned(random: Random) -> np.ndarray:
    """A digit lying on its side, or in the mirror: most are none then."""
    lying = random.random() < 0.5
    label = random.choice((2, 3, 4, 5, 7) if lying else (3, 4, 7))
    drawing = hands.digit(label, random)
    return painted([stroke[:, ::-1] * (1, -1) if lying else stroke * (-1, 1) for stroke in drawing], random)


def composed(random: Random) -> np.ndarray:
    """Letters and signs on top of each other: a character of no alphabet."""
    drawings = [_one_of(random, (LETTERS, SIGNS)[random.integers(2)]) for _ in range(random.integers(2, 4))]
    return painted([stroke for drawing in drawings for stroke in drawing], random)


def scribble(random: Random) -> np.ndarray:
    """One long line without a plan: a walk, a zigzag, or loops."""
    count = random.integers(9, 40)
    kind = random.integers(3)
    if kind == 0:
        line = skeletons.smooth(random.uniform(0, 1, (count, 2)))
    elif kind == 1:
        across = np.linspace(0, 1, count)
        line = np.stack([across, np.arange(count) % 2 + random.normal(0, 0.1, count)], axis=1)
    else:
        angle = np.linspace(0, random.uniform(3, 8) * 2 * np.pi, 8 * count)
        radius = 0.5 + random.uniform(0.05, 0.45) * np.sin(angle * random.uniform(0.05, 0.45) + random.uniform(0, 6))
        drift = np.linspace(0, random.uniform(0, 1.5), len(angle))
        line = np.stack([radius * np.cos(angle) + drift, radius * np.sin(angle)], axis=1)
    return painted([line], random)


def loose_strokes(random: Random) -> np.ndarray:
    """Several short strokes that do not belong together."""
    count = random.integers(3, 8)
    starts, turns = random.uniform(0, 1, (count, 1, 2)), random.normal(0, 0.35, (count, 2, 2))
    return painted([skeletons.smooth(each) for each in np.concatenate([starts, starts + turns], axis=1)], random)


def blob(random: Random) -> np.ndarray:
    """A dot or a filled shape about as wide as high."""
    angle = np.linspace(0, 2 * np.pi, random.integers(4, 24), endpoint=False)
    radius = random.uniform(1 - random.uniform(0, 0.7), 1, len(angle))
    outline = np.stack([np.cos(angle) * radius * random.uniform(0.7, 1.4), np.sin(angle) * radius], axis=1)
    rings = [np.concatenate([outline, outline[:1]]) * size for size in (1, 0.75, 0.5, 0.25, 0.02)]
    return painted(rings, random, pen=0.22)


def specks(random: Random) -> np.ndarray:
    """Some dots on a canvas that is blank otherwise; now and then nothing at all."""
    count = random.integers(0, 9)
    dots = [point[None] for point in random.uniform(0, 1, (count, 2))]
    return painted(dots, random, deform=False) if dots else np.zeros((ink.SIDE, ink.SIDE), np.uint8)


def texture(random: Random) -> np.ndarray:
    """Noise, stripes, checks, a frame or a fill over all of the image, as when no step of the pipeline is on."""
    rows, columns = np.mgrid[: ink.SIDE, : ink.SIDE] * random.uniform(0.2, 1.2)
    kind = random.integers(5)
    if kind == 0:
        grain = random.integers(1, 8)
        level = random.random((ink.SIDE // grain + 1,) * 2).repeat(grain, 0).repeat(grain, 1)[: ink.SIDE, : ink.SIDE]
        level = level > random.uniform(0.2, 0.9) if random.random() < 0.5 else level
    elif kind == 1:
        angle = random.uniform(0, np.pi)
        level = np.sin(np.cos(angle) * rows + np.sin(angle) * columns) > random.uniform(-0.5, 0.5)
    elif kind == 2:
        level = np.sin(rows) * np.sin(columns) > random.uniform(-0.2, 0.4)
    elif kind == 3:
        level = (
            np.maximum(abs(rows - rows.mean()), abs(columns - columns.mean())) > random.uniform(0.5, 0.9) * rows.mean()
        )
    else:
        level = np.full((ink.SIDE, ink.SIDE), random.uniform(0.3, 1))
    return np.round(level * random.uniform(100, 255)).astype(np.uint8)


LETTERS = tuple(skeletons.polylines(each) for each in skeletons.LETTERS.values())
SIGNS = tuple(skeletons.polylines(each) for each in skeletons.SIGNS.values())
DIGITS = tuple(skeletons.polylines(each) for each in skeletons.DIGITS)

MAKERS: tuple[tuple[Callable[[Random], np.ndarray], float], ...] = (
    (letter, 0.58),
    (sign, 0.1),
    (turned, 0.05),
    (composed, 0.03),
    (pair, 0.07),
    (scribble, 0.06),
    (loose_strokes, 0.04),
    (blob, 0.03),
    (specks, 0.02),
    (texture, 0.02),
)


def in_some_hand(drawing: Drawing, random: Random) -> np.ndarray:
    """A drawing on the unit square as some hand and some pen make it, through the ink pipeline: uint8 (28, 28)."""
    return painted(drawing, random)


def _one_of(random: Random, drawings: tuple[Drawing, ...]) -> Drawing:
    return drawings[random.integers(len(drawings))]


def deformed(drawing: Drawing, random: Random) -> Drawing:
    """As another hand would draw it, more or less: every stroke a bit off, all of it slanted, turned and bent."""
    much = random.uniform(0.3, 1.1)
    angle, slant = random.normal(0, 0.1 * much), random.normal(0, 0.2 * much)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle) - slant, np.cos(angle)]])
    turn[:, 0] *= np.exp(random.normal(-0.25, 0.25))
    waves = random.normal(0, 0.035 * much, (2, 2, 2))
    phase = random.uniform(0, 2 * np.pi, (2, 2))
    result = []
    for stroke in drawing:
        middle = stroke.mean(0)
        own = (stroke - middle) * np.exp(random.normal(0, 0.08 * much, 2)) + middle + random.normal(0, 0.03 * much, 2)
        bent = own + np.sin(4 * own + phase[0]) @ waves[0] + np.sin(8 * own + phase[1]) @ waves[1] * 0.5
        result.append((bent - 0.5) @ turn)
    return result


def painted(drawing: Drawing, random: Random, *, deform: bool = True, pen: float | None = None) -> np.ndarray:
    """`drawing` in the middle of a canvas, in a pen of some width, through the ink pipeline: uint8 (28, 28).

    pen: its width as a share of the longer side; drawn at random unless given
    """
    drawing = deformed(drawing, random) if deform else drawing
    points = np.concatenate(drawing)
    low, high = points.min(0), points.max(0)
    scale = (CANVAS - 2 * MARGIN) / max(*(high - low), 0.02)
    placed = [(stroke - (low + high) / 2) * scale + CANVAS / 2 for stroke in drawing]
    width = (pen or random.uniform(*PENS)) * (CANVAS - 2 * MARGIN)
    return ink.read(strokes.render(placed, size=CANVAS, width=width), canvas=True).image
