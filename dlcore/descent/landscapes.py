"""The functions themselves. Named ones are in Jamil and Yang (2013), arXiv:1308.4008, unless said."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import torch

from dlcore.descent.objective import Objective, Samples
from dlcore.formula.expression import parse
from dlcore.formula.parameter import Parameter


@dataclass(frozen=True)
class Landscape:
    """How to build an objective from its parameters."""

    build: Callable[..., Objective]
    parameters: tuple[Parameter, ...] = ()


def _square(half: float) -> tuple[tuple[float, float], ...]:
    return ((-half, half), (-half, half))


def _made(name: str, title: str, text: str, **known: Any) -> Objective:
    return Objective(name, title, parse(text, ("x", "y")[: len(known["bounds"])]), **known)


def _fixed(name: str, title: str, text: str, **known: Any) -> Landscape:
    made = _made(name, title, text, **known)
    return Landscape(lambda: made)


CONDITION = Parameter(
    "condition", "Condition number", 10.0, 1.0, 1000.0,
    "How many times steeper the steepest direction is than the flattest: λmax / λmin of the Hessian.",
    r"\kappa", log=True,
)  # fmt: skip


def _bowl(condition: float) -> Objective:
    return _made(
        "bowl", "Quadratic bowl", f"(x**2 + {condition!r}*y**2) / 2",
        bounds=_square(5.0), start=(-4.5, 2.0), minima=((0.0, 0.0),), lowest=0.0, quadratic=True,
        parameters={"condition": condition},
        why="It can be solved on paper. Near a minimum every smooth function looks like it, and its condition "
        "number decides how long plain gradient descent takes.",
    )  # fmt: skip


def _ravine(condition: float) -> Objective:
    return _made(
        "ravine", "Ravine, turned by 45°", f"((x + y)**2 + {condition!r}*(x - y)**2) / 4",
        bounds=_square(5.0), start=(-4.6, -1.6), minima=((0.0, 0.0),), lowest=0.0, quadratic=True,
        parameters={"condition": condition},
        why="A bowl whose long axis is a diagonal. Momentum runs along it; optimizers that scale each coordinate by "
        "itself (AdaGrad, RMSprop, Adam) lose their advantage, because here no coordinate is steeper than the other.",
    )  # fmt: skip


def _rosenbrock(depth: float) -> Objective:
    return _made(
        "rosenbrock", "Rosenbrock's valley", f"(1 - x)**2 + {depth!r}*(y - x**2)**2",
        bounds=((-2.0, 2.0), (-1.0, 3.0)), start=(-1.2, 1.0), minima=((1.0, 1.0),), lowest=0.0, steep=True,
        parameters={"depth": depth},
        why="A curved valley: easy to fall into, slow to follow. The classic test since 1960 "
        "(Rosenbrock, doi:10.1093/comjnl/3.3.175), with its classic start.",
    )  # fmt: skip


def _least_squares() -> Objective:
    generator = torch.Generator().manual_seed(3)
    features = torch.linspace(0, 1, 100, dtype=torch.float64)
    noise = torch.randn(100, generator=generator, dtype=torch.float64)
    targets = 2 * features + 1 + 0.33 * noise
    design = torch.stack([features, torch.ones_like(features)], dim=1)
    slope, intercept = torch.linalg.lstsq(design, targets).solution.tolist()
    a, b = features.square().mean().item() / 2, features.mean().item()
    rest = (features * slope + intercept - targets).square().mean().item() / 2
    return _made(
        "least-squares", "Mini-batches: a line through 100 points",
        f"{a!r}*(x - {slope!r})**2 + {b!r}*(x - {slope!r})*(y - {intercept!r})"
        f" + (y - {intercept!r})**2/2 + {rest!r}",
        bounds=((-1.0, 5.0), (-2.0, 4.0)), start=(-0.5, -1.5),
        minima=((slope, intercept),), lowest=rest, quadratic=True,
        samples=Samples(features, targets),
        why="The mean squared error of a line with slope x and intercept y. Switch mini-batches on: every step sees "
        "only a few of the points: the gradient is right on average and wrong each time.",
    )  # fmt: skip


def _parabola(curvature: float) -> Objective:
    return _made(
        "parabola", "Parabola", "x**2/2" if curvature == 1 else f"{curvature!r}*x**2/2",
        bounds=((-5.0, 5.0),), start=(-4.0,), minima=((0.0,),), lowest=0.0, quadratic=True,
        parameters={"curvature": curvature},
        why="One dimension, one minimum. Gradient descent shrinks x by the factor 1 − α·λ at each step, so it diverges "
        "above α = 2/λ.",
    )  # fmt: skip


def _rastrigin() -> Objective:
    """In each coordinate the minima solve 2x + 20π sin(2πx) = 0, one near every whole number."""
    places = [_rastrigin_minimum(float(n)) for n in range(-5, 6)]
    points = tuple(each for each in product(places, repeat=2) if each != (0.0, 0.0))
    return _made(
        "rastrigin", "Rastrigin's egg box", "20 + x**2 - 10*cos(2*pi*x) + y**2 - 10*cos(2*pi*y)",
        bounds=_square(5.12), start=(-3.4, 2.6), minima=((0.0, 0.0),), lowest=0.0, local=points,
        why="121 minima, one of them the lowest. What an optimizer finds depends on where it starts and how long its "
        "steps are.",
    )  # fmt: skip


def _rastrigin_minimum(x: float) -> float:
    for _ in range(20):
        x -= (2 * x + 20 * math.pi * math.sin(2 * math.pi * x)) / (2 + 40 * math.pi**2 * math.cos(2 * math.pi * x))
    return x


_TANG = (-2.903534027771177, 2.746802770990837)
_HIMMELBLAU = (
    (3.0, 2.0),
    (-2.805118086952745, 3.131312518250573),
    (-3.779310253377747, -3.283185991286169),
    (3.5844283403304917, -1.8481265269644034),
)
_GOLDSTEIN_PRICE = (
    "(log((1 + (x + y + 1)**2*(19 - 14*x + 3*x**2 - 14*y + 6*x*y + 3*y**2))"
    "*(30 + (2*x - 3*y)**2*(18 - 32*x + 12*x**2 + 48*y - 36*x*y + 27*y**2))) - 8.693) / 2.427"
)

LANDSCAPES: dict[str, Landscape] = {
    "bowl": Landscape(_bowl, (CONDITION,)),
    "ravine": Landscape(_ravine, (replace(CONDITION, default=50.0),)),
    "rosenbrock": Landscape(
        _rosenbrock,
        (Parameter("depth", "Steepness of the walls", 100.0, 1.0, 1000.0, "More: a narrower valley.", log=True),),
    ),
    "saddle": _fixed(
        "saddle", "Saddle", "(x**2 - y**2)/2 + y**4/4",
        bounds=((-2.5, 2.5), (-2.0, 2.0)), start=(-2.0, 0.001), minima=((0.0, 1.0), (0.0, -1.0)), lowest=-0.25,
        why="The slope is zero at the middle, but it is no minimum: there is a way down to both sides. In high "
        "dimensions most points without slope are like this (Dauphin et al., 2014, arXiv:1406.2572).",
    ),
    "plateau": _fixed(
        "plateau", "Plateau", "1 - exp(-(x**2 + y**2)/2)",
        bounds=_square(5.0), start=(-3.6, 2.4), minima=((0.0, 0.0),), lowest=0.0,
        why="Far from the hole the gradient is almost nothing, as with saturated activations. Steps in proportion "
        "to it get nowhere; steps that are scaled (Adam, RMSprop, Rprop) walk on.",
    ),
    "himmelblau": _fixed(
        "himmelblau", "Himmelblau's four hollows", "(x**2 + y - 11)**2 + (x + y**2 - 7)**2",
        bounds=_square(5.0), start=(-0.3, -1.0), minima=_HIMMELBLAU, lowest=0.0, steep=True,
        why="Four minima of equal depth. From one start, different optimizers end in different ones.",
    ),
    "beale": _fixed(
        "beale", "Beale's corners", "(1.5 - x + x*y)**2 + (2.25 - x + x*y**2)**2 + (2.625 - x + x*y**3)**2",
        bounds=_square(4.5), start=(1.0, 1.6), minima=((3.0, 0.5),), lowest=0.0, steep=True,
        why="Flat in the middle, with walls like towers in the corners: gradients differ by a factor of a million.",
    ),
    "booth": _fixed(
        "booth", "Booth's bowl", "(x + 2*y - 7)**2 + (2*x + y - 5)**2",
        bounds=_square(8.0), start=(-6.0, -3.0), minima=((1.0, 3.0),), lowest=0.0, quadratic=True,
        why="A quadratic bowl that is tilted and away from zero: an easy one, to see who is fast.",
    ),
    "matyas": _fixed(
        "matyas", "Matyas' plate", "0.26*(x**2 + y**2) - 0.48*x*y",
        bounds=_square(8.0), start=(-6.0, 2.0), minima=((0.0, 0.0),), lowest=0.0, quadratic=True,
        why="A shallow plate with a nearly flat diagonal: small gradients everywhere.",
    ),
    "rastrigin": Landscape(_rastrigin),
    "ackley": _fixed(
        "ackley", "Ackley's funnel",
        "20 + e - 20*exp(-0.2*sqrt((x**2 + y**2)/2)) - exp((cos(2*pi*x) + cos(2*pi*y))/2)",
        bounds=_square(5.0), start=(-3.3, 2.4), minima=((0.0, 0.0),), lowest=0.0, smooth=False,
        why="A funnel with dents all over: the way is clear from afar, and hidden up close.",
    ),
    "styblinski-tang": _fixed(
        "styblinski-tang", "Styblinski and Tang's", "(x**4 - 16*x**2 + 5*x + y**4 - 16*y**2 + 5*y) / 2",
        bounds=_square(5.0), start=(0.4, 0.3), minima=((_TANG[0], _TANG[0]),), lowest=-78.33233140754282,
        local=((_TANG[0], _TANG[1]), (_TANG[1], _TANG[0]), (_TANG[1], _TANG[1])),
        why="Four hollows of different depth around a hill: the nearest is not the deepest.",
    ),
    "goldstein-price": _fixed(
        "goldstein-price", "Goldstein and Price's, scaled", _GOLDSTEIN_PRICE,
        bounds=((-2.0, 2.0), (-2.5, 1.5)), start=(-1.6, 0.9), minima=((0.0, -1.0),),
        lowest=(math.log(3) - 8.693) / 2.427, local=((-0.6, -0.4), (1.8, 0.2), (1.2, 0.8)),
        why="Four minima in a cross. The logarithm (Picheny et al., 2013, doi:10.1007/s00158-013-0919-4) tames values "
        "that span six powers of ten.",
    ),
    "three-hump-camel": _fixed(
        "three-hump-camel", "Three-hump camel", "2*x**2 - 1.05*x**4 + x**6/6 + x*y + y**2",
        bounds=((-3.0, 3.0), (-3.0, 3.0)), start=(-2.2, 2.0), minima=((0.0, 0.0),), lowest=0.0,
        local=((1.7475523458302893, -0.8737761729151446), (-1.7475523458302893, 0.8737761729151446)),
        why="Three minima in a row; momentum can carry an optimizer out of the first.",
    ),
    "least-squares": Landscape(_least_squares),
    "parabola": Landscape(
        _parabola, (Parameter("curvature", "Curvature λ", 1.0, 0.01, 100.0, "The second derivative.", log=True),)
    ),
    "double-well": _fixed(
        "double-well", "Two wells", "x**4/4 - x**2/2 + 0.15*x",
        bounds=((-2.0, 2.0),), start=(1.8,), minima=((-1.0679230136896973,),), lowest=-0.4052562298321122,
        local=((0.9142973158662134,),),
        why="The smallest landscape with a wrong answer: two minima, one lower than the other.",
    ),
    "ripples": _fixed(
        "ripples", "Ripples on a parabola", "x**2/20 + sin(3*x)",
        bounds=((-8.0, 8.0),), start=(-7.5,), minima=((-0.5178446602672468,),), lowest=-0.9864428547968879,
        local=((-6.731349074439018,), (-4.660396232565384,), (-2.5891892726775536,), (1.553527189531007,),
               (3.6248170357946954,), (5.695912079530644,)),
        why="Rastrigin's idea in one dimension: follow how momentum climbs over the ripples.",
    ),
    "kink": _fixed(
        "kink", "Absolute value", "abs(x)",
        bounds=((-3.0, 3.0),), start=(-2.3,), minima=((0.0,),), lowest=0.0, smooth=False,
        why="The slope is 1 until the very end: a fixed learning rate hops over the minimum for ever. Decay it.",
    ),
    "quartic": _fixed(
        "quartic", "Flat bottom", "x**4",
        bounds=((-1.5, 1.5),), start=(-1.4,), minima=((0.0,),), lowest=0.0,
        why="Its curvature at the minimum is zero: the closer, the slower, and no learning rate is right everywhere.",
    ),
}  # fmt: skip
"""Name, as in links and in code → how it is built, in the order of menus."""
