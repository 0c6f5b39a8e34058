"""Questions to predict before the answer is shown: what will descent do from here, at this learning rate?"""

import math
import random
from dataclasses import dataclass

from dlcore.descent.objective import Objective
from dlcore.descent.objectives import objective
from dlcore.descent.optimizers import Racer, optimizer
from dlcore.descent.sweep import Bound, bound
from dlcore.descent.trace import Trace, trace
from dlcore.errors import InvalidValue
from dlcore.formula.numbers import coordinates, fixed, number

ANSWERS = ("arrives", "swings", "diverges")
STEPS = 200
MOST_QUESTIONS = 9_999

_BOWLS = ("bowl", "ravine", "parabola", "booth", "matyas", "least-squares")
_HILLS = ("himmelblau", "styblinski-tang", "three-hump-camel", "double-well", "goldstein-price")
_SHAPES = {"bowl": ("condition", 1.5, 40.0), "ravine": ("condition", 2.0, 60.0), "parabola": ("curvature", 0.1, 20.0)}
_FACTORS = {"arrives": (0.25, 0.93), "swings": (1.05, 2.2), "diverges": (1.08, 3.0)}
_MOMENTUM = 0.9


@dataclass(frozen=True, eq=False)
class Question:
    """One question, and its answer as it was computed.

    trace: the descent itself, `STEPS` steps or until it diverged
    curvature: at the minimum that matters: where it ends, or else the nearest one to the start
    limit: the learning rate above which it cannot settle there
    answer: one of ANSWERS
    """

    number: int
    objective: Objective
    racer: Racer
    trace: Trace
    minimum: tuple[float, ...]
    curvature: Bound
    limit: float
    answer: str

    @property
    def start(self) -> tuple[float, ...]:
        """Where it begins."""
        return tuple(self.trace.positions[0].tolist())

    @property
    def factor(self) -> float:
        """The learning rate, as a multiple of the limit."""
        return self.racer.rate / self.limit

    @property
    def reason(self) -> str:
        """Why, in two sentences."""
        lam, alpha = self.curvature.steepest, self.racer.rate
        momentum = self.racer.settings.get("momentum", 0.0)
        rule = "2(1 + μ)/λmax" if momentum else "2/λmax"
        where = "Everywhere" if self.curvature.everywhere else f"At the minimum {coordinates(self.minimum)}"
        first = f"{where} λmax is {number(lam)}, so the limit {rule} is {number(self.limit)}; α = {number(alpha)} is "
        first += f"{number(self.factor, 3)} times that."
        if self.answer == "arrives":
            return f"{first} {_shrinks(alpha, lam, momentum)}"
        if self.answer == "diverges" and self.curvature.everywhere:
            return f"{first} {_grows(alpha, lam, momentum)}"
        if self.answer == "diverges":
            return f"{first} It cannot settle there, and further up the walls are steeper still: they throw it out."
        return (
            f"{first} It cannot settle there, but the walls around hold it: far from the minimum the landscape bends "
            "differently, so it swings for ever."
        )


def question(number: int) -> Question:
    """Question `number`, always the same one; InvalidValue outside of 1 to MOST_QUESTIONS."""
    if not 1 <= number <= MOST_QUESTIONS:
        raise InvalidValue(f"question must be between 1 and {MOST_QUESTIONS:,}, got {number}: try 1")
    chance = random.Random(number)
    wanted = chance.choice(ANSWERS)
    while True:
        made = _made(number, wanted, chance)
        if made is not None:
            return made


def _made(number: int, wanted: str, chance: random.Random) -> Question | None:
    """A question whose answer turned out to be the one that was wanted; None if it is another, or not clear."""
    landscape = _landscape(wanted, chance)
    momentum = _MOMENTUM if wanted != "swings" and chance.random() < 0.25 else 0.0
    start = tuple(_rounded(chance.uniform(low, high) * 0.9) for low, high in landscape.bounds)
    minimum = min((*landscape.minima, *landscape.local), key=lambda place: math.dist(place, start))
    curvature = bound(landscape, minimum)
    if curvature is None:
        return None
    limit = 2 * (1 + momentum) / curvature.steepest
    rate = _rounded(limit * math.exp(chance.uniform(*map(math.log, _FACTORS[wanted]))))
    if math.dist(start, minimum) < 0.1 * max(high - low for low, high in landscape.bounds) or rate > 10:
        return None
    racer = optimizer("momentum", lr=rate, momentum=momentum) if momentum else optimizer("sgd", lr=rate)
    run = trace(landscape, racer, start, STEPS)
    if _answer(run) != wanted:
        return None
    if wanted != "diverges":
        end = run.positions[-STEPS // 2 :].mean(axis=0).tolist()
        minimum = min((*landscape.minima, *landscape.local), key=lambda place: math.dist(place, end))
        curvature = bound(landscape, minimum)
        if curvature is None:
            return None
        limit = 2 * (1 + momentum) / curvature.steepest
    clear = rate < 0.96 * limit if wanted == "arrives" else rate > 1.04 * limit
    return Question(number, landscape, racer, run, minimum, curvature, limit, wanted) if clear else None


def _landscape(wanted: str, chance: random.Random) -> Objective:
    names = _HILLS if wanted == "swings" else (*_BOWLS, *_HILLS)
    name = chance.choice(names)
    if name not in _SHAPES:
        return objective(name)
    shape, low, high = _SHAPES[name]
    return objective(name, **{shape: _rounded(math.exp(chance.uniform(math.log(low), math.log(high))))})


def _answer(run: Trace) -> str | None:
    if run.verdict.kind == "diverged":
        return "diverges"
    if run.verdict.kind in ("minimum", "local"):
        return "arrives"
    late = run.positions[STEPS // 2 :]
    moves = ((late[1:] - late[:-1]) ** 2).sum(axis=1) ** 0.5
    width = max(high - low for low, high in run.objective.bounds)
    return "swings" if len(run.positions) == STEPS + 1 and moves.min() > 0.005 * width else None


def _shrinks(alpha: float, lam: float, momentum: float) -> str:
    if momentum:
        return "With μ = 0.9 it overshoots and swings back, by less each time."
    return f"{_each_step(alpha, lam)}: it shrinks."


def _grows(alpha: float, lam: float, momentum: float) -> str:
    if momentum:
        return "Momentum doubles the largest stable rate, and α is still above it: each swing is wider than the last."
    return f"{_each_step(alpha, lam)}: it grows."


def _each_step(alpha: float, lam: float) -> str:
    return f"In the steepest direction each step multiplies the distance by 1 − αλ = {fixed(1 - alpha * lam, 2)}"


def _rounded(value: float) -> float:
    return float(f"{value:.2g}")
