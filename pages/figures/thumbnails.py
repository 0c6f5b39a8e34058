"""A small picture for each explorer, each computed from the thing that it stands for. No streamlit in here."""

import itertools
import math
from collections.abc import Callable, Sequence

import numpy as np

from pages.figures.home import SEVEN
from pages.figures.sketch import dot, line, pixels, svg

WIDTH, HEIGHT = 240, 130
BLUE, AMBER, RED, ORANGE, VIOLET = "#3f90da", "#ffa90e", "#bd1f01", "#e76300", "#832db6"

Points = list[tuple[float, float]]


def activations() -> str:
    """Sigmoid, tanh, ReLU and GELU from -4 to 4."""
    curves: dict[str, Callable[[float], float]] = {
        BLUE: lambda x: 1 / (1 + math.exp(-x)),
        VIOLET: math.tanh,
        ORANGE: lambda x: max(0.0, x),
        AMBER: lambda x: x * (1 + math.erf(x / math.sqrt(2))) / 2,
    }
    x = np.linspace(-4, 4, 81).tolist()
    drawn = [
        line(_placed(x, [each(at) for at in x], (-4, 4), (-1.3, 4.1)), colour, 3.5) for colour, each in curves.items()
    ]
    return _picture("Sigmoid, tanh, ReLU and GELU", _axes((-4, 4), (-1.3, 4.1)), *drawn)


def losses() -> str:
    """Squared, absolute and Huber loss against the error."""
    curves: dict[str, Callable[[float], float]] = {
        BLUE: lambda e: e * e / 2,
        ORANGE: abs,
        VIOLET: lambda e: e * e / 2 if abs(e) <= 1 else abs(e) - 0.5,
    }
    x = np.linspace(-3, 3, 81).tolist()
    drawn = [
        line(_placed(x, [each(at) for at in x], (-3, 3), (-0.2, 4.6)), colour, 3.5) for colour, each in curves.items()
    ]
    return _picture("Squared, absolute and Huber loss", _axes((-3, 3), (-0.2, 4.6)), *drawn)


def regression() -> str:
    """Twenty-four points around y = 2x + 1 and the line of least squares."""
    random = np.random.default_rng(4)
    x = np.sort(random.uniform(0, 1, 24))
    y = 2 * x + 1 + random.normal(0, 0.33, 24)
    slope, intercept = np.polyfit(x, y, 1)
    limits = (-0.05, 1.05), (0.3, 3.7)
    points = "".join(dot(*each, 4, BLUE) for each in _placed(x, y, *limits))
    ends = [0.0, 1.0]
    fitted = line(_placed(ends, [intercept + slope * each for each in ends], *limits), ORANGE, 4)
    return _picture("Points and the line that fits them", points, fitted)


def descent() -> str:
    """Plain gradient descent and momentum from one start in a bowl that is ten times steeper one way."""
    limits = (-3.4, 1.0), (-1.25, 1.25)
    circle = [2 * math.pi * i / 60 for i in range(61)]
    rings = "".join(
        line(
            _placed([r * math.cos(a) for a in circle], [r * math.sin(a) / math.sqrt(10) for a in circle], *limits),
            "currentColor", 1.2, "opacity='0.35'",
        )
        for r in (0.5, 1.1, 1.8, 2.6, 3.5)
    )  # fmt: skip
    plain, heavy = _descended(0.185, 0.0, 14), _descended(0.03, 0.8, 40)
    paths = line(_placed(*zip(*plain, strict=True), *limits), BLUE, 3) + line(
        _placed(*zip(*heavy, strict=True), *limits), ORANGE, 3
    )
    return _picture("Two paths down a bowl", rings, paths, *(dot(*_placed([0.0], [0.0], *limits)[0], 5, RED),))


def _descended(rate: float, momentum: float, steps: int) -> Points:
    """Where gradient descent on (x² + 10y²) / 2 comes from (-3, 0.9)."""
    at, velocity = np.array([-3.0, 0.9]), np.zeros(2)
    path = [tuple(at)]
    for _ in range(steps):
        velocity = momentum * velocity + at * (1.0, 10.0)
        at = at - rate * velocity
        path.append(tuple(at))
    return path


def backprop() -> str:
    """A network of 2, 3 and 1 units whose edges are as thick as their weights, as drawn from a seed."""
    random = np.random.default_rng(1)
    columns = [[(34, y) for y in (40, 90)], [(120, y) for y in (22, 65, 108)], [(206, 65)]]
    edges = "".join(
        line([start, end], ORANGE if weight > 0 else BLUE, 1 + 3 * abs(weight))
        for left, right in itertools.pairwise(columns)
        for start in left
        for end in right
        for weight in [random.normal()]
    )
    nodes = "".join(
        dot(*place, 13, "var(--st-background-color)", "stroke='currentColor' stroke-width='2.5'")
        for column in columns
        for place in column
    )
    return _picture("A small network", edges, nodes)


def recurrent() -> str:
    """The chaotic series of Mackey and Glass (Science, 1977): the last third is what is to be forecast."""
    delay, series = 17, [1.2] * 18
    for _ in range(420):
        past = series[-1 - delay]
        series.append(series[-1] + 0.2 * past / (1 + past**10) - 0.1 * series[-1])
    shown = series[140:440:2]
    places = _placed(range(len(shown)), shown, (0, len(shown) - 1), (0.3, 1.45))
    now = 2 * len(shown) // 3
    return _picture(
        "A chaotic series and its future",
        line(places[: now + 1], BLUE, 3.5),
        line(places[now:], ORANGE, 3.5, "stroke-dasharray='7 6'"),
        dot(*places[now], 5, "currentColor"),
    )


def autoencoder() -> str:
    """A seven that is squeezed through a narrow waist."""
    waist = [(100, 22), (128, 60), (128, 70), (100, 108)], [(168, 22), (140, 60), (140, 70), (168, 108)]
    walls = "".join(line(side, "currentColor", 2.5) for side in waist)
    code = dot(134, 58, 5, ORANGE) + dot(134, 72, 5, BLUE)
    return _picture("A seven squeezed into two numbers", pixels(SEVEN, 4, 20, 90), walls, code, _question(176))


def _question(x: float) -> str:
    return f'<text x="{x + 14:g}" y="92" font-size="76" font-weight="700" fill="currentColor" opacity="0.8">?</text>'


def _picture(label: str, *parts: str) -> str:
    return svg(label, WIDTH, HEIGHT, *parts)


def _placed(x: Sequence[float], y: Sequence[float], across: Sequence[float], up: Sequence[float]) -> Points:
    """Data coordinates → places in the picture."""
    return [
        (
            8 + (WIDTH - 16) * (each - across[0]) / (across[1] - across[0]),
            HEIGHT - 8 - (HEIGHT - 16) * (other - up[0]) / (up[1] - up[0]),
        )
        for each, other in zip(x, y, strict=True)
    ]


def _axes(across: Sequence[float], up: Sequence[float]) -> str:
    lines = ([across[0], across[1]], [0, 0]), ([0, 0], [up[0], up[1]])
    return "".join(line(_placed(x, y, across, up), "currentColor", 1, "opacity='0.35'") for x, y in lines)
