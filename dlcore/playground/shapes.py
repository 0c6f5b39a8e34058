"""Points in the plane, after the sets of the Neural Network Playground (Smilkov and Carter, 2016, arXiv:1708.03788).

Each function is whole by itself, since scripts carry its source. It draws `count` points in −6 … 6:
`(points float64 (count, 2), targets float64 (count,))`: the number of a class, or a value in −1 … 1.

noise: 0 to 0.5; classes: how many there are, where a shape can have more than two; chance: a numpy Generator
"""

import numpy as np


def circle(count: int, noise: float, classes: int, chance: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A disc of radius 5 in rings, the last class inside; noise moves the place at which a point's class is read."""
    ring = np.arange(count) % classes
    low, high = (ring + 0.4 * (ring > 0)) / classes, (ring + 1) / classes
    radius, angle = 5 * chance.uniform(low, high), chance.uniform(0, 2 * np.pi, count)
    points = np.stack((radius * np.sin(angle), radius * np.cos(angle)), 1)
    read = points + chance.uniform(-5, 5, (count, 2)) * noise
    ring = np.minimum(np.floor(np.hypot(*read.T) / 5 * classes), classes - 1)
    return points, classes - 1 - ring


def xor(count: int, noise: float, classes: int, chance: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Four squares of side 5: class 1 where both coordinates have the same sign, class 0 elsewhere."""
    points = chance.uniform(-5, 5, (count, 2))
    points += np.where(points > 0, 0.3, -0.3)
    read = points + chance.uniform(-5, 5, (count, 2)) * noise
    return points, (read.prod(1) >= 0).astype(float)


def gauss(count: int, noise: float, classes: int, chance: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A normal cloud for each class, around centres on a circle; noise widens them from a variance of 0.5 to 4."""
    kind = np.arange(count) % classes
    angle = np.pi / 4 + np.pi + 2 * np.pi * kind / classes
    centres = np.hypot(2, 2) * np.stack((np.cos(angle), np.sin(angle)), 1)
    return centres + np.sqrt(0.5 + 7 * noise) * chance.standard_normal((count, 2)), kind.astype(float)


def spiral(count: int, noise: float, classes: int, chance: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """An arm of a spiral for each class, with one and three quarters of a turn; noise moves its points."""
    kind, arm = np.arange(count) % classes, -(-count // classes)
    way = (np.arange(count) // classes) / arm
    angle = 1.75 * 2 * np.pi * way + 2 * np.pi * kind / classes
    points = 5 * way[:, None] * np.stack((np.sin(angle), np.cos(angle)), 1)
    return points + chance.uniform(-1, 1, (count, 2)) * noise, kind.astype(float)


def plane(count: int, noise: float, classes: int, chance: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """(x₁ + x₂) / 10, kept between −1 and 1; noise moves the place at which a point's value is read."""
    points = chance.uniform(-6, 6, (count, 2))
    read = points + chance.uniform(-6, 6, (count, 2)) * noise
    return points, np.clip(read.sum(1) / 10, -1, 1)


def hills(count: int, noise: float, classes: int, chance: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Three hills and three hollows, cones of radius 2; where two meet, the larger one counts."""
    centres = np.array([(-4, 2.5), (0, 2.5), (4, 2.5), (-4, -2.5), (0, -2.5), (4, -2.5)])
    signs = np.array([1, -1, 1, -1, 1, -1])
    points = chance.uniform(-6, 6, (count, 2))
    read = points + chance.uniform(-6, 6, (count, 2)) * noise
    away = np.hypot(*(read[:, None] - centres).transpose(2, 0, 1))
    cones = signs * np.clip(1 - away / 2, 0, 1)
    return points, cones[np.arange(count), np.abs(cones).argmax(1)]
