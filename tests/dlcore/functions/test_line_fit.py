"""The fitted lines are the best ones: no other line has a smaller loss, and independent solvers agree."""

import re

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from dlcore.errors import InvalidValue
from dlcore.functions.line_fit import LOSSES, Line, fit
from dlcore.functions.losses import loss

COORDINATES = st.floats(-100, 100, allow_nan=False).map(lambda value: round(value, 2))
POINTS = st.lists(st.tuples(COORDINATES, COORDINATES), min_size=1, max_size=15)


def cost(name: str, line: Line, x, y, delta: float = 1.0) -> float:
    parameters = {"delta": delta} if name == "huber" else {}
    return loss(name)(torch.as_tensor(line(np.asarray(x))), torch.as_tensor(y), **parameters).sum().item()


def scattered(seed: int, points: int = 20) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    x = draw.uniform(-5, 5, points)
    y = 0.7 * x + 1 + draw.normal(size=points)
    y[: points // 5] += 30
    return x, y


def least_absolute_by_linear_programming(x: np.ndarray, y: np.ndarray) -> float:
    """The smallest sum of absolute errors, from a general solver: minimise the sum of t where -t ≤ a·x + b - y ≤ t."""
    lines, slack = np.stack([x, np.ones_like(x)], 1), np.eye(len(x))
    bounds = np.block([[lines, -slack], [-lines, -slack]])
    price = np.concatenate([[0, 0], np.ones(len(x))])
    return linprog(price, bounds, np.concatenate([y, -y]), bounds=[(None, None)] * 2 + [(0, None)] * len(x)).fun


@pytest.mark.parametrize("seed", range(5))
def test_least_squares_is_that_of_numpy(seed):
    x, y = scattered(seed)
    line = fit("mse", x, y)
    assert (line.slope, line.intercept) == pytest.approx(tuple(np.polyfit(x, y, 1)))


@pytest.mark.parametrize("seed", range(5))
def test_no_line_has_a_smaller_absolute_error(seed):
    x, y = scattered(seed)
    assert cost("mae", fit("mae", x, y), x, y) == pytest.approx(least_absolute_by_linear_programming(x, y))


@pytest.mark.parametrize("delta", [0.05, 0.5, 1.0, 10.0])
@pytest.mark.parametrize("seed", range(3))
def test_the_huber_line_is_where_the_gradient_of_the_loss_vanishes(seed, delta):
    x, y = scattered(seed)
    line = fit("huber", x, y, delta=delta)
    pulls = loss("huber").gradient(torch.as_tensor(line(x)), torch.as_tensor(y), delta=delta).numpy()
    assert np.abs([pulls.sum(), (pulls * x).sum()]).max() < 1e-9


@settings(max_examples=60, deadline=None)
@given(POINTS, st.sampled_from(LOSSES), st.floats(0.05, 10), st.floats(-1, 1), st.floats(-1, 1))
def test_any_other_line_is_no_better(points, name, delta, turn, lift):
    x, y = map(np.array, zip(*points, strict=True))
    line = fit(name, x, y, delta=delta)
    other = Line(line.slope + turn, line.intercept + lift)
    best = cost(name, line, x, y, delta)
    assert best <= cost(name, other, x, y, delta) + 1e-9 * (1 + best)


def test_an_outlier_moves_the_squared_fit_much_the_huber_fit_little_and_the_absolute_fit_not_at_all():
    x = np.arange(10.0)
    clean = 2 * x + 1
    spoiled = clean.copy()
    spoiled[-1] += 50
    moved = {name: abs(fit(name, x, spoiled, delta=1.0)(9) - fit(name, x, clean)(9)) for name in LOSSES}
    assert moved["mse"] > 10
    assert moved["huber"] < 1
    assert moved["mae"] == pytest.approx(0, abs=1e-9)


def test_a_wide_huber_is_least_squares_and_a_narrow_one_is_nearly_least_absolute():
    x, y = scattered(0, 21)
    small = y / 20
    assert fit("huber", x, small, delta=10)(3) == pytest.approx(fit("mse", x, small)(3))
    narrow = fit("huber", x, y, delta=0.05)
    assert cost("mae", narrow, x, y) == pytest.approx(cost("mae", fit("mae", x, y), x, y), rel=0.01)


@pytest.mark.parametrize("name", LOSSES)
def test_points_above_each_other_give_a_level_line(name):
    line = fit(name, [2, 2, 2], [1, 2, 9])
    assert line.slope == 0
    assert line.intercept == pytest.approx({"mse": 4, "mae": 2, "huber": 2}[name], abs=0.6)
    assert fit(name, [3], [4])(3) == pytest.approx(4)


@pytest.mark.parametrize("name", LOSSES)
def test_the_order_of_the_points_does_not_matter_and_a_shift_shifts_the_line(name):
    x, y = scattered(1)
    line, shuffled = fit(name, x, y), fit(name, x[::-1], y[::-1])
    assert line(0) == pytest.approx(shuffled(0))
    assert fit(name, x + 1000, y)(1002) == pytest.approx(line(2))
    assert fit(name, x, y - 50)(2) == pytest.approx(line(2) - 50)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: fit("kl", [1], [1]), "a line is fitted under mse, mae, huber, got 'kl'"),
        (lambda: fit("mse", [], []), "x must be a list of 1 to 100 numbers"),
        (lambda: fit("mse", [1], [float("nan")]), "every y must be between -1e6 and 1e6"),
        (lambda: fit("mse", [1, 2], [1]), "of one length, got 2 and 1"),
        (lambda: fit("huber", [1], [1], delta=0), "delta must be between 0.05 and 10, got 0"),
    ],
)
def test_what_cannot_be_fitted_is_refused_in_a_sentence(call, sentence):
    with pytest.raises(InvalidValue, match=re.escape(sentence)):
        call()
