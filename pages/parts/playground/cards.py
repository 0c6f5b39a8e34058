"""Guided experiments: each trains what it asks about, with the numbers of this very run in its answer."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import torch

from dlcore.formula.numbers import number, percent
from dlcore.playground.course import Course
from dlcore.playground.setup import Setup
from dlcore.playground.training import Moment
from pages.shared.experiments import ONE_SEED, Answer, Experiment, Reply

UPDATES = 1000
_FIVE = "Five seeds on the same points; other points could give other shares."


@lru_cache(maxsize=128)
def _after(setup: Setup, updates: int = UPDATES) -> Moment:
    """The network after so many updates, or the last one whose numbers were sound."""
    found = Course(setup).after(0, updates // 10, 11, float("inf"), updates).moments
    return next((each for each in reversed(found) if each.sound), found[0])


def _right(setup: Setup) -> str:
    return percent(_after(setup).scores[1])


def _xor(setup: Setup) -> Reply:
    layer, feature = replace(setup, network="dense 4, tanh"), replace(setup, features=(*setup.features, "product"))
    return Answer(
        f"Without a hidden layer the boundary is one straight line, and after {UPDATES:,} updates {_right(setup)} of "
        f"the test points are right, about as many as by guessing. With one layer of 4 units it is {_right(layer)}."
        f"  \nWith the feature x₁x₂ in the place of the layer it is {_right(feature)}.",
        ONE_SEED, right=1 if _after(setup).scores[1] < 0.9 else 0,
    )  # fmt: skip


def _features(setup: Setup) -> Reply:
    plain = replace(setup, features=("x1", "x2"))
    deep = replace(plain, network="dense 4, tanh, dense 2, tanh")
    return Answer(
        f"With x₁² and x₂² a circle is a straight line: {_right(setup)} of the test points are right without any "
        f"hidden layer. With x₁ and x₂ alone it is {_right(plain)} without a layer, and {_right(deep)} with two of 4 "
        "and 2 units.",
        ONE_SEED, right=0 if _after(setup).scores[1] > 0.9 else 1,
    )  # fmt: skip


def _size(moment: Moment) -> float:
    return float(np.sqrt(np.mean(np.square(moment.weights))))


def _decay(setup: Setup) -> Reply:
    free = replace(setup, penalty="none")
    with_it, without = _after(setup), _after(free)
    return Answer(
        f"The typical weight is {number(_size(with_it), 3)} with L2, and {number(_size(without), 3)} without it. On "
        f"the training points {percent(with_it.scores[0])} are right with it and {percent(without.scores[0])} "
        f"without; on the test points {percent(with_it.scores[1])} and {percent(without.scores[1])}.",
        ONE_SEED, right=0 if _size(with_it) < _size(without) else 1,
    )  # fmt: skip


def _dead(setup: Setup) -> tuple[int, int]:
    """Hidden units that are 0 for every training point after UPDATES, and how many there are."""
    course = Course(setup)
    course.at(UPDATES, float("inf"))
    one, dead, units = course.training, 0, 0
    with torch.no_grad():
        values = one.inputs[one.points.halves[0]]
        for module in one.model:
            values = module(values)
            if isinstance(module, torch.nn.ReLU):
                dead += int((values == 0).all(0).sum())
                units += values.shape[1]
    return dead, units


@lru_cache(maxsize=16)
def _dying(setup: Setup) -> Reply:
    dead, units = _dead(setup)
    calm, _ = _dead(replace(setup, learning_rate=0.1))
    return Answer(
        f"{dead} of {units} units give 0 for every training point after {UPDATES:,} updates: their slope is 0 there, "
        f"so no gradient reaches them any more. With a learning rate of 0.1 it would be {calm} of {units}.",
        ONE_SEED, right=0 if dead > calm else 1,
    )  # fmt: skip


def _vanishing(setup: Setup) -> Reply:
    sigmoid, tanh = (_after(each, 100).gradients for each in (setup, replace(setup, network=_DEEP_TANH)))
    ratio = sigmoid[-1] / max(sigmoid[0], 1e-30)
    return Answer(
        f"After 100 updates the gradient of the output’s weights has a length of {number(sigmoid[-1], 2)}, that of "
        f"the first layer {number(sigmoid[0], 2)}: {number(ratio, 2)} times less, since each sigmoid passes on a "
        f"quarter at most. With tanh they are {number(tanh[-1], 2)} and {number(tanh[0], 2)}.",
        ONE_SEED, right=0 if ratio > 10 else 1,
    )  # fmt: skip


def _rate(setup: Setup) -> Reply:
    calm = replace(setup, learning_rate=0.1)
    far, near = _after(setup), _after(calm)
    return Answer(
        f"After {UPDATES:,} updates the test loss is {number(far.losses[1], 3)} and {_right(setup)} of the test "
        f"points are right; with a rate of 0.1 the loss is {number(near.losses[1], 3)}, and {_right(calm)} are "
        "right. A step that is too long jumps over the valley that it was to go down into.",
        ONE_SEED, right=0 if far.losses[1] > near.losses[1] else 1,
    )  # fmt: skip


def _points(setup: Setup) -> Reply:
    wide = replace(setup, network="dense 16, tanh, dense 16, tanh")
    more = replace(setup, points_made=1000)
    shares = {each: _after(each).scores[1] for each in (setup, wide, more)}
    return Answer(
        f"With 40 points, half of them for the test, {percent(shares[setup])} of the test points are right. Four "
        f"times as many units make it {percent(shares[wide])}, while 1,000 points with the small network make it "
        f"{percent(shares[more])}.",
        f"{ONE_SEED} With 20 test points each one counts for 5 %.", right=0 if shares[more] > shares[wide] else 1,
    )  # fmt: skip


def _seeds(setup: Setup) -> Reply:
    shares = [_after(replace(setup, seed=seed)).scores[1] for seed in range(5)]
    learned = sum(each > 0.9 for each in shares)
    return Answer(
        f"Of five seeds {learned} came above 90 %: the test accuracies are {', '.join(map(percent, shares))}. Two "
        "units can tell these points apart only if their first weights point in a useful direction.",
        _FIVE, right=0 if learned == 5 else 1,
    )  # fmt: skip


BASE = {
    "pg_problem": "circle", "pg_learning_rate": 0.1, "pg_penalty": "none", "pg_noise": 0.0, "pg_points_made": 500,
    "pg_share": 50.0, "pg_data_seed": 0, "pg_batch_size": 10, "pg_optimizer": "sgd", "pg_schedule": "constant",
    "pg_updates": 20_000, "pg_seed": 0, "pg_loss": "entropy", "pg_features": ["x1", "x2"],
    "pg_network": "dense 4, tanh, dense 2, tanh",
}  # fmt: skip
_DEEP_TANH = ", ".join(["dense 4, tanh"] * 5)
_RELU, _DEEP = ", ".join(["dense 8, relu"] * 2), ", ".join(["dense 4, sigmoid"] * 5)

EXPERIMENTS = (
    Experiment("Why XOR needs a hidden layer", "Can a network without hidden layers tell these corners apart?",
               {**BASE, "pg_problem": "xor", "pg_network": ""}, answer=_xor, choices=("Yes", "No")),
    Experiment("A feature instead of a layer", "Are x₁² and x₂² enough for the circle, without any hidden layer?",
               {**BASE, "pg_network": "", "pg_features": ["x1-squared", "x2-squared"]}, answer=_features,
               choices=("Yes", "No")),
    Experiment("What L2 does to weights", "Few, noisy points and L2: will the weights be smaller than without it?",
               {**BASE, "pg_noise": 25.0, "pg_points_made": 100, "pg_network": "dense 16, tanh, dense 8, tanh",
                "pg_penalty": "l2", "pg_penalty_rate": 0.01}, answer=_decay, choices=("Smaller", "Not smaller")),
    Experiment("ReLUs that die", "Steps of a rate of 2: will more units be dead than at 0.1?",
               {**BASE, "pg_network": _RELU, "pg_learning_rate": 2.0}, answer=_dying, choices=("More", "No more")),
    Experiment("Gradients that vanish", "Five sigmoid layers: is the first layer’s gradient over ten times smaller "
               "than the last one’s?", {**BASE, "pg_network": _DEEP}, answer=_vanishing, choices=("Yes", "No")),
    Experiment("Too large a rate", "A learning rate of 10: will the loss end higher than with 0.1?",
               {**BASE, "pg_learning_rate": 10.0}, answer=_rate, choices=("Higher", "Lower")),
    Experiment("More points or more units", "Noisy points: what helps more on new ones, 25 times the points, or "
               "4 times the units?", {**BASE, "pg_noise": 15.0, "pg_points_made": 40}, answer=_points,
               choices=("More points", "More units")),
    Experiment("Seeds matter", "Two hidden units on XOR: do all of five seeds learn it?",
               {**BASE, "pg_problem": "xor", "pg_network": "dense 2, tanh"}, answer=_seeds, free=("pg_seed",),
               choices=("All five", "Not all")),
)  # fmt: skip
