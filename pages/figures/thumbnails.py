"""A small picture for each explorer, each computed from the thing that it stands for. No streamlit in here."""

import itertools
import math
from collections.abc import Callable, Sequence

import numpy as np

from pages.figures.sketch import dot, line, pixels, svg

WIDTH, HEIGHT = 240, 130
BLUE, AMBER, RED, ORANGE, VIOLET = "#3f90da", "#ffa90e", "#bd1f01", "#e76300", "#832db6"

SEVEN_STROKES = [[(82, 66), (204, 66), (122, 226)]]
SEVEN = (
    "0000000000000000000000000000",
    "0000000000000000000000000000",
    "0000000000000000000000000000",
    "0000000000000000000000000000",
    "0000000000000000000000000000",
    "0000000000000000000000000000",
    "0000000000000000000000000000",
    "0000000000000000000000000000",
    "00000ceeeeeeeeeeeeeec0000000",
    "00000ceeeeeeeeeeeeffd0000000",
    "000001333333333334de60000000",
    "000000000000000007fb10000000",
    "00000000000000002de500000000",
    "00000000000000008fb100000000",
    "0000000000000002de5000000000",
    "0000000000000008fa1000000000",
    "000000000000003de40000000000",
    "000000000000009fa10000000000",
    "00000000000003ee400000000000",
    "00000000000009f9000000000000",
    "0000000000004ee3000000000000",
    "000000000001af90000000000000",
    "000000000004ed30000000000000",
    "00000000001af800000000000000",
    "00000000004ed300000000000000",
    "0000000001bf8000000000000000",
    "0000000004ed2000000000000000",
    "0000000004d70000000000000000",
)
"""What `dlcore.data.ink` makes of a seven: 28 rows of 28 pixels, 0 = paper, f = ink."""
SEVEN_AGAIN = (
    "0000000000000000000000000000",
    "0000000000000000000000000000",
    "0000000000000000000000000000",
    "0000000000000000000000000000",
    "0000000000000000000000000000",
    "0000000000000000000000000000",
    "0000000112333222211000000000",
    "0000012469abbbbba98410000000",
    "00000136bdeeedddeed930000000",
    "000001258aba8778acdb30000000",
    "00000012333211225bea20000000",
    "00000000100000015de810000000",
    "00000000000000018ec500000000",
    "0000000000000003be9200000000",
    "0000000000000017ec6000000000",
    "000000000000003cea3000000000",
    "000000000000018ed71000000000",
    "00000000000003deb30000000000",
    "00000000000008ee710000000000",
    "0000000000002deb200000000000",
    "0000000000009ee6000000000000",
    "000000000002dfc2000000000000",
    "000000000008ee70000000000000",
    "00000000003ded30000000000000",
    "00000000007eea10000000000000",
    "00000000018dc500000000000000",
    "0000000001475100000000000000",
    "0000000000000000000000000000",
)
"""What the bundled autoencoder with two numbers draws after reading it."""

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


def playground() -> str:
    """Two arms of a spiral, and beside them what a unit of a network sees of the plane."""
    arms = "".join(
        dot(66 + 52 * way * math.sin(angle + turn), 65 - 52 * way * math.cos(angle + turn), 4.2, colour)
        for colour, turn in ((ORANGE, 0.0), (BLUE, math.pi))
        for way in np.linspace(0.06, 1, 26).tolist()
        for angle in [1.75 * 2 * math.pi * way]
    )
    edges = "".join(
        line([(136, y), (192, 65)], colour, width)
        for y, colour, width in ((24, ORANGE, 5), (65, BLUE, 2), (106, BLUE, 4))
    )
    units = "".join(
        f'<rect x="{x}" y="{y}" width="26" height="26" rx="4" fill="{colour}"/>'
        for x, y, colour in ((122, 11, BLUE), (122, 52, ORANGE), (122, 93, BLUE), (192, 52, ORANGE))
    )
    return _picture("Two arms of a spiral, and the network that tells them apart", arms, edges, units)


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
    """A seven, squeezed into two numbers and drawn again by the autoencoder that comes with the app."""
    waist = [(92, 20), (115, 58), (115, 72), (92, 110)], [(148, 20), (125, 58), (125, 72), (148, 110)]
    walls = "".join(line(side, "currentColor", 2.5) for side in waist)
    code = dot(120, 58, 5, ORANGE) + dot(120, 73, 5, BLUE)
    return _picture(
        "A seven, squeezed into two numbers, and drawn again",
        pixels(SEVEN, -8, 15, 100), walls, code, pixels(SEVEN_AGAIN, 148, 15, 100),
    )  # fmt: skip


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
