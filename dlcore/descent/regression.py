"""A line through points by gradient descent, beside the closed-form solution.

The loss is J(w, b) = 1/(2N) Σ (w·x + b − y)², half the mean squared error: a bowl over (w, b) whose curvature does not
depend on y. Gradient descent goes down it exactly as long as its step stays below 2/λmax of that curvature.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dlcore.config.fields import Section, choice, number
from dlcore.errors import InvalidValue
from dlcore.formula.numbers import plain

MOST_STEPS = 100_000
"""Steps of one descent: 1,000 epochs of single samples through 100 points."""

FAR = 1e9
"""A parameter beyond this has diverged."""


@dataclass(frozen=True)
class Recipe(Section):
    """How points are made: y = slope·x + intercept + noise, x evenly spaced. The defaults are the article's example."""

    count: int = number(100, 2, 500, "Points.", integer=True)
    slope: float = number(2.0, -10.0, 10.0, "Slope of the line behind the points.")
    intercept: float = number(1.0, -10.0, 10.0, "Height of the line behind the points at x = 0.")
    noise: float = number(0.33, 0.0, 5.0, "Standard deviation of the points around the line, in units of y.")
    low: float = number(-1.0, -20.0, 20.0, "Smallest x.")
    high: float = number(1.0, -20.0, 20.0, "Largest x.")
    outliers: float = number(0.0, 0.0, 0.5, "Share of points that lie far above the line.")
    seed: int = number(0, 0, 2**31 - 1, "Starts the random numbers.", integer=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.high - self.low < 0.1:
            raise InvalidValue(
                f"Largest x must be at least 0.1 above Smallest x, got {plain(self.high)} and {plain(self.low)}: "
                "try 1 and -1"
            )

    def points(self) -> tuple[np.ndarray, np.ndarray]:
        """x and y, float64 (N,).

        The noise comes from NumPy's legacy generator, whose numbers are the same in every version and on every machine.
        """
        random = np.random.RandomState(self.seed)
        x = np.linspace(self.low, self.high, self.count)
        y = self.slope * x + self.intercept + self.noise * random.randn(self.count)
        if self.outliers:
            strange = random.permutation(self.count)[: round(self.outliers * self.count)]
            y[strange] += 3 + 3 * random.rand(len(strange))
        return x, y


@dataclass(frozen=True)
class Settings(Section):
    """How the line is found. The defaults are the article's example."""

    learning_rate: float = number(0.01, 1e-6, 10.0, "How far one step goes along the negative gradient.")
    epochs: int = number(1000, 1, 5000, "Passes over the points.", integer=True)
    batch_size: int = number(100, 1, 500, "Points per step; as many as there are, or more: all of them.", integer=True)
    scaling: str = choice("off", ("off", "standardise"), "Descend on (x − mean)/deviation instead of x.")
    start_w: float = number(0.0, -100.0, 100.0, "Slope at the start.")
    start_b: float = number(0.0, -100.0, 100.0, "Intercept at the start.")
    seed: int = number(0, 0, 2**31 - 1, "Decides the order of the points in each epoch.", integer=True)


@dataclass(frozen=True)
class Bowl:
    """The loss of every line through some points.

    x, y: float64 (N,)
    """

    x: np.ndarray
    y: np.ndarray

    def loss(self, w: np.ndarray | float, b: np.ndarray | float) -> np.ndarray:
        """1/(2N) Σ (w·x + b − y)² of each (w, b), broadcast; in the square of y's unit."""
        w, b = np.broadcast_arrays(w, b)
        rows = max(1, 1_000_000 // len(self.x))
        flat = np.stack([w.ravel(), b.ravel()], axis=1).astype(float)
        parts = (flat[i : i + rows] for i in range(0, len(flat), rows))
        found = [np.square(part[:, :1] * self.x + part[:, 1:] - self.y).mean(axis=1) / 2 for part in parts]
        return np.concatenate(found).reshape(w.shape)

    def gradient(self, w: float, b: float) -> tuple[float, float]:
        """(∂J/∂w, ∂J/∂b) = (1/N Σ (ŷ − y)·x, 1/N Σ (ŷ − y))."""
        error = w * self.x + b - self.y
        return float((error * self.x).mean()), float(error.mean())

    @cached_property
    def hessian(self) -> np.ndarray:
        """(2, 2): the same everywhere. [[mean x², mean x], [mean x, 1]]."""
        return np.array([[np.square(self.x).mean(), self.x.mean()], [self.x.mean(), 1.0]])

    @cached_property
    def curvatures(self) -> tuple[float, float]:
        """The Hessian's eigenvalues, the smaller first; never below zero."""
        low, high = np.linalg.eigvalsh(self.hessian)
        return max(float(low), 0.0), float(high)

    @property
    def bound(self) -> float:
        """The largest stable learning rate of whole-batch descent, 2/λmax."""
        return 2 / self.curvatures[1]

    @property
    def best_rate(self) -> float:
        """The learning rate that shrinks the error fastest, 2/(λmin + λmax)."""
        return 2 / sum(self.curvatures)

    @property
    def condition(self) -> float:
        """λmax/λmin: how much longer than wide the bowl is, squared; infinite where one line of minima is left."""
        low, high = self.curvatures
        return high / low if low > 1e-12 * high else float("inf")

    @cached_property
    def minimum(self) -> tuple[float, float]:
        """(w, b) of least squares in closed form; of several equally good ones the shortest."""
        columns = np.stack([self.x, np.ones_like(self.x)], axis=1)
        w, b = np.linalg.lstsq(columns, self.y, rcond=None)[0]
        return float(w), float(b)


@dataclass(frozen=True)
class Descent:
    """A way down the bowl.

    bowl: the bowl that was descended: over the scaled x where x was scaled
    w, b: float64 (T + 1,), the parameters before the first step and after each one, in that bowl
    gradients: float64 (T, 2), the gradient that each step followed
    rates: float64 (T,), the learning rate of each step
    steps_per_epoch: T is this times the epochs, less where it diverged
    diverged: whether it was given up because a parameter went beyond FAR
    shift, scale: x as descended is (x − shift)/scale
    """

    bowl: Bowl
    w: np.ndarray
    b: np.ndarray
    gradients: np.ndarray
    rates: np.ndarray
    steps_per_epoch: int
    diverged: bool
    shift: float
    scale: float

    @property
    def steps(self) -> int:
        """Steps that were taken."""
        return len(self.w) - 1

    def line(self, steps: np.ndarray | int = -1) -> tuple[np.ndarray, np.ndarray]:
        """Slope and intercept over the x of the data after each of `steps`, by default after the last."""
        w = self.w[steps] / self.scale
        return w, self.b[steps] - w * self.shift

    def predict(self, x: float) -> float:
        """The height of the last line at x of the data."""
        slope, intercept = self.line()
        return float(slope * x + intercept)


def scaled(x: np.ndarray, scaling: str) -> tuple[np.ndarray, float, float]:
    """x as it is descended, with its shift and scale: (x − mean)/deviation, or x itself."""
    if scaling == "off":
        return x, 0.0, 1.0
    shift, scale = float(x.mean()), float(x.std())
    scale = scale if scale > 1e-12 else 1.0
    return (x - shift) / scale, shift, scale


def batches(count: int, settings: Settings) -> list[np.ndarray]:
    """Which points each step looks at, in order: int64 (B,) each. A whole batch keeps the order of the data."""
    size = min(settings.batch_size, count)
    per_epoch = -(-count // size)
    if per_epoch * settings.epochs > MOST_STEPS:
        raise InvalidValue(
            f"Epochs must be at most {MOST_STEPS // per_epoch:,} with {per_epoch} steps an epoch, "
            f"got {settings.epochs:,}: try more points per step"
        )
    if per_epoch == 1:
        return [np.arange(count)] * settings.epochs
    random = np.random.RandomState(settings.seed)
    orders = (random.permutation(count) for _ in range(settings.epochs))
    return [order[i : i + size] for order in orders for i in range(0, count, size)]


def descend(x: np.ndarray, y: np.ndarray, settings: Settings | None = None) -> Descent:
    """Plain gradient descent: θ ← θ − α·∇J, where ∇J is the mean over one batch.

    The sums over each batch are taken beforehand, for all batches at once: the loop is left with a handful of numbers,
    and 100,000 steps take a tenth of a second. Raises InvalidValue for data or settings that it cannot use.

    x, y: (N,), N from 2 to 1,000, at most 1e4 in size
    """
    settings = settings or Settings()
    x, y = checked_points(x, y)
    feature, shift, scale = scaled(x, settings.scaling)
    order = batches(len(x), settings)
    alpha = settings.learning_rate
    w, b = settings.start_w, settings.start_b
    path: list[tuple[float, ...]] = [(w, b)]
    gradients: list[tuple[float, ...]] = []
    for xx, mx, xy, my in _sums(feature, y, order):
        gradient = (w * xx + b * mx - xy, w * mx + b - my)
        w -= alpha * gradient[0]
        b -= alpha * gradient[1]
        path.append((w, b))
        gradients.append(gradient)
        if not (abs(w) < FAR and abs(b) < FAR):
            break
    per_epoch = len(order) // settings.epochs
    return descent(Bowl(feature, y), path, gradients, [alpha] * len(gradients), per_epoch, shift, scale)


def _sums(x: np.ndarray, y: np.ndarray, order: list[np.ndarray]) -> list[list[float]]:
    """The means of x², x, x·y and y over each batch."""
    parts = np.stack([x * x, x, x * y, y])
    if all(each is order[0] for each in order):
        return [parts[:, order[0]].mean(axis=1).tolist()] * len(order)
    sizes = np.array([len(each) for each in order])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    return (np.add.reduceat(parts[:, np.concatenate(order)], starts, axis=1) / sizes).T.tolist()


def descent(
    bowl: Bowl,
    path: list[tuple[float, ...]],
    gradients: list[tuple[float, ...]],
    rates: list[float],
    steps_per_epoch: int,
    shift: float,
    scale: float,
) -> Descent:
    """A Descent from the lists that a loop filled."""
    w, b = np.array(path).T
    diverged = not (abs(w[-1]) < FAR and abs(b[-1]) < FAR)
    return Descent(bowl, w, b, np.array(gradients), np.array(rates), steps_per_epoch, diverged, shift, scale)


def checked_points(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """x and y as float64 (N,); InvalidValue where they are no points that can be used."""
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if x.ndim != 1 or x.shape != y.shape or not 2 <= len(x) <= 1000:
        raise InvalidValue(f"Points must be 2 to 1,000 pairs of x and y, got shapes {x.shape} and {y.shape}")
    if not (np.abs(x) <= 1e4).all() or not (np.abs(y) <= 1e4).all():
        raise InvalidValue("Every x and y must be a number between -10,000 and 10,000: move the far points closer")
    return x, y
