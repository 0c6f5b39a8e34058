"""What there is to learn in the plane, by name, and the points of a setup. No torch."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dlcore.config.registry import Registry
from dlcore.playground import shapes

REACH = 6.0
"""The plane that is looked at goes from −REACH to REACH in both directions."""
MOST_CLASSES = 8

Shape = Callable[[int, float, int, np.random.Generator], tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Problem:
    """One set of points.

    about: what it looks like; numbers: whether values are learned, not classes; many: whether there can be more than
    two classes; shape: draws the points, None for those that a person brings
    """

    name: str
    title: str
    about: str
    numbers: bool = False
    many: bool = False
    shape: Shape | None = None


PROBLEMS: Registry[Problem] = Registry("problem")

for each in (
    Problem("circle", "Circle", "one class around the other", many=True, shape=shapes.circle),
    Problem("xor", "XOR", "opposite corners belong together", shape=shapes.xor),
    Problem("gauss", "Gauss", "a cloud for each class", many=True, shape=shapes.gauss),
    Problem("spiral", "Spiral", "arms that wind around each other", many=True, shape=shapes.spiral),
    Problem("plane", "Plane", "a value that rises evenly along the diagonal", numbers=True, shape=shapes.plane),
    Problem("hills", "Hills", "three hills and three hollows", numbers=True, shape=shapes.hills),
    Problem("rule", "A rule", "points that a formula of yours tells apart"),
    Problem("own", "My points", "points that you draw, paste or upload", many=True),
):
    PROBLEMS.register(each)


@dataclass(frozen=True, eq=False)
class Points:
    """points: float32 (N, 2); targets: float32 (N,), the number of a class or a value; train: how many of them, which
    come first, are learned from; classes: how many, 0 where values are learned; names: of the classes; order: for each
    its place among the points as they were brought
    """

    points: np.ndarray
    targets: np.ndarray
    train: int
    classes: int
    names: tuple[str, ...] = ()
    order: tuple[int, ...] = ()

    @property
    def halves(self) -> tuple[slice, slice]:
        """The training points and the test points."""
        return slice(0, self.train), slice(self.train, None)


def mixed(points: np.ndarray, targets: np.ndarray, share: float, seed: int, classes: int,
          names: tuple[str, ...] = ()) -> Points:  # fmt: skip
    """Points in a random order that `seed` says, of which a `share`, at least one, is learned from.

    At least one is left to be tested on wherever there are two.
    """
    order = np.random.default_rng((seed, 1)).permutation(len(points))
    train = max(1, min(len(points) - 1, round(share * len(points))))
    return Points(points[order].astype(np.float32), targets[order].astype(np.float32), train, classes, names)


def dealt(points: np.ndarray, targets: np.ndarray, share: float, classes: int, names: tuple[str, ...] = ()) -> Points:
    """Points that are dealt to training and test in turn, so that one more leaves all others where they are."""
    number = np.arange(len(points))
    chosen = np.floor((number + 1) * share + 1e-9) > np.floor(number * share + 1e-9)
    if chosen.all() or not chosen.any():
        chosen[-1] = not chosen[-1]
    order = np.concatenate((number[chosen], number[~chosen]))
    return Points(
        points[order].astype(np.float32), targets[order].astype(np.float32), int(chosen.sum()), classes, names,
        tuple(order.tolist()),
    )  # fmt: skip
