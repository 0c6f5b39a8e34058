"""Questions on a line and its bowl, with answers from the descent that is shown."""

import math
from dataclasses import dataclass, replace

import numpy as np

from dlcore.descent.regression import Bowl, Descent, Settings, descend, scaled
from dlcore.formula.numbers import fixed, number, percent
from pages.parts.regression.numbers import agreement, steps_to_halve
from pages.shared.experiments import ONE_SEED, Answer, Experiment, Reply, Unanswered

NOBODY = "none"
_THESE_POINTS = "Exact for these points: the same settings always give the same numbers."


@dataclass(frozen=True)
class Shown:
    """The descent on the screen, its points (x of the data) and settings, and dlcore's own training if it ran too."""

    descent: Descent
    x: np.ndarray
    settings: Settings
    trained: Descent | None

    def away(self, descent: Descent | None = None) -> np.ndarray:
        """(T + 1,): the distance from the bowl's lowest point after each step, of this descent or another."""
        one = descent or self.descent
        w, b = one.bowl.minimum
        return np.hypot(one.w - w, one.b - b)


def _arrived(shown: Shown) -> Reply:
    way = shown.descent
    left = {
        name: abs(path[-1] - end) / abs(path[0] - end) if path[0] != end else 0.0
        for name, path, end in zip(("slope", "intercept"), (way.w, way.b), way.bowl.minimum, strict=True)
    }
    first = min(left, key=left.__getitem__)
    curvature = dict(zip(left, np.diag(way.bowl.hessian), strict=True))
    return Answer(
        f"The {first}: {percent(left['slope'], 2)} of the slope's way to the exact solution is left, and "
        f"{percent(left['intercept'], 2)} of the intercept's. Along the slope the bowl's curvature is only "
        f"{number(curvature['slope'], 3)}, along the intercept {number(curvature['intercept'], 3)}.",
        _THESE_POINTS,
        right=list(left).index(first),
    )


def _thrown(shown: Shown) -> Reply:
    way, rate = shown.descent, shown.settings.learning_rate
    steepest, axis = way.bowl.curvatures[1], np.linalg.eigh(way.bowl.hessian)[1][:, 1]
    away = shown.away()
    along = "intercept" if abs(axis[1]) > abs(axis[0]) else "slope"
    return Answer(
        f"Along the {along}, where the curvature is largest: each step multiplies that distance by 1 − α·λmax = "
        f"{fixed(1 - rate * steepest, 3)}, so that it jumps from one side to the other. In {way.steps:,} steps the "
        f"distance from the lowest point goes from {number(away[0], 3)} to {number(away[-1], 3)}.",
        _THESE_POINTS,
        right=0 if along == "slope" else 1,
    )


def _rest(shown: Shown) -> Reply:
    tenth = replace(shown.settings, learning_rate=shown.settings.learning_rate / 10)
    smaller = descend(shown.x, shown.descent.bowl.y, tenth)
    last = [float(shown.away(each)[-shown.descent.steps_per_epoch :].mean()) for each in (shown.descent, smaller)]
    return Answer(
        f"In the last epoch it is {number(last[0], 2)} from the lowest point on average. With α/10 it would "
        f"be {number(last[1], 2)}: each point has a bowl of its own, and α says how far it is followed.",
        f"One order of the points. {ONE_SEED}",
        right=1,
    )


def _narrow(shown: Shown) -> Reply:
    plain, round_ = Bowl(shown.x, shown.descent.bowl.y), Bowl(scaled(shown.x, "standardise")[0], shown.descent.bowl.y)
    rate = shown.settings.learning_rate
    return Answer(
        f"Without scaling the condition number is {number(plain.condition, 3)}, and at α = {number(rate)} the distance "
        f"along the slowest direction halves every {_steps(plain, rate)}. With it the condition number is "
        f"{number(round_.condition, 3)}, and it halves every {_steps(round_, rate)}; α may be up to "
        f"{number(round_.bound, 3)} then instead of {number(plain.bound, 3)}.",
        _THESE_POINTS,
    )


def _steps(bowl: Bowl, rate: float) -> str:
    count = steps_to_halve(bowl, rate)
    return f"{number(count, 3)} steps" if math.isfinite(count) else "∞ steps: it does not shrink"


def _same(shown: Shown) -> Reply:
    if shown.trained is None:
        return Unanswered("Choose sgd beside it first.")
    steps, gap = agreement(shown.descent, shown.trained)
    return Answer(
        f"Over {steps:,} steps no parameter differs by more than {number(gap, 2)}, so that the first "
        f"{max(0, int(-math.log10(max(gap, 1e-17))))} digits agree. What is left is rounding: both use 64-bit numbers, "
        "and add up in another order.",
        f"Compared after each of the {steps:,} steps that both took.",
        right=0 if gap < 1e-9 else 1,
    )


ARTICLE = {
    "reg_rate": 0.01, "reg_batch": 100, "reg_epochs": 1000, "reg_scaled": False, "reg_beside": NOBODY,
    "reg_noise": 0.33, "reg_slope": 2.0, "reg_intercept": 1.0, "reg_low": -1.0, "reg_high": 1.0, "reg_count": 100,
    "reg_seed": 0, "reg_outliers": 0.0, "reg_edits": "", "reg_w": 0.0, "reg_b": 0.0, "reg_order": 0,
}  # fmt: skip

EXPERIMENTS = (
    Experiment(
        "The textbook run", "After 1,000 epochs at α = 0.01: which is closer to its end, slope or intercept?", ARTICLE,
        answer=_arrived, choices=("The slope", "The intercept"),
    ),
    Experiment(
        "Just too far",
        "The bound is α = 2. What does 1 % more do to the ball, and in which direction does it fly off?",
        {**ARTICLE, "reg_rate": 2.02, "reg_epochs": 200, "reg_w": -1.0, "reg_b": 3.0},
        answer=_thrown, choices=("Along the slope", "Along the intercept"),
    ),
    Experiment(
        "One point at a time",
        "With one point a step and a large α, does it ever come to rest? And with a smaller α?",
        {**ARTICLE, "reg_rate": 0.2, "reg_batch": 1, "reg_epochs": 5},
        answer=_rest, free=("reg_rate", "reg_order"), choices=("Yes", "No"),
    ),
    Experiment(
        "A long, narrow bowl",
        "x from 0 to 10 makes a bowl that is steep one way and flat the other. What does “Scale x first” change?",
        {**ARTICLE, "reg_low": 0.0, "reg_high": 10.0, "reg_noise": 1.0, "reg_b": -4.0, "reg_rate": 0.05,
         "reg_epochs": 200},
        answer=_narrow, free=("reg_scaled", "reg_rate"),
    ),
    Experiment(
        "The same in PyTorch",
        "Does dlcore’s own training, with autograd and torch.optim, take the same steps? To which digit?",
        {**ARTICLE, "reg_beside": "sgd", "reg_schedule": "constant"},
        answer=_same, choices=("Yes, to rounding", "No"),
    ),
)  # fmt: skip
