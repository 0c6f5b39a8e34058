"""Sweeps over learning rates, beside single runs by torch.optim and the bound that curvature sets."""

import math

import pytest
import torch

from dlcore.descent.objectives import objective, typed
from dlcore.descent.optimizers import OPTIMIZERS, optimizer
from dlcore.descent.sweep import bound, sweep
from dlcore.descent.trace import trace
from dlcore.errors import InvalidValue

BATCHED = [name for name in OPTIMIZERS if name != "lbfgs"]


def alone(landscape, racer, rate, start, steps):
    theta = torch.nn.Parameter(torch.tensor(start, dtype=torch.float64))
    one = racer.rule.build(theta, {**racer.settings, "lr": rate}, landscape)
    for _ in range(steps):
        one.zero_grad()
        landscape.value(theta).backward()
        one.step()
    return landscape.value(theta.detach()).item()


def test_every_optimizer_ends_where_torch_takes_it():
    landscape = objective("bowl", condition=20.0)
    racers = [optimizer(name) for name in BATCHED]
    found = sweep(landscape, racers, steps=40, lowest_rate=1e-3, highest_rate=0.05, count=5)
    for row, racer in enumerate(racers):
        for column in (0, 2, 4):
            expected = alone(landscape, racer, float(found.rates[column]), landscape.start, 40)
            assert found.losses[row, column].item() == pytest.approx(expected, rel=1e-8, abs=1e-12), racer.rule.name


def test_plain_descent_turns_to_divergence_at_two_over_the_largest_curvature():
    landscape = objective("ravine", condition=50.0)
    edge = bound(landscape, landscape.start)
    assert edge.everywhere
    assert edge.bowl
    assert edge.rate == pytest.approx(2 / 50)
    found = sweep(landscape, [optimizer("sgd")], steps=1000, lowest_rate=0.01, highest_rate=0.1, count=41)
    better = found.losses[0] < landscape.value(torch.tensor(landscape.start, dtype=torch.float64))
    assert better[found.rates < 0.99 * edge.rate].all()
    assert not better[found.rates > 1.01 * edge.rate].any()


def test_arrival_is_counted_from_when_it_stays():
    landscape = objective("parabola")
    found = sweep(landscape, [optimizer("sgd")], steps=300, lowest_rate=0.01, highest_rate=3.0, count=31)
    for rate, arrived in zip(found.rates.tolist(), found.arrived[0].tolist(), strict=True):
        shrinks = abs(1 - rate)
        needed = math.ceil(math.log(1e-3) / (2 * math.log(shrinks)) - 1e-9) if 1e-9 < shrinks < 1 else None
        if needed is not None and needed <= 300:
            assert abs(arrived - needed) <= 1
        elif shrinks > 1:
            assert arrived == -1


def test_what_diverges_is_infinite_and_what_the_best_rate_is():
    found = sweep(
        objective("parabola"), [optimizer("sgd"), optimizer("adam")], lowest_rate=0.1, highest_rate=10, count=41
    )
    assert found.losses[0, -1] == math.inf
    rate, loss = found.best(0)
    assert rate == pytest.approx(1)
    assert loss < 1e-12
    assert sweep(objective("parabola"), [optimizer("sgd")], lowest_rate=5, highest_rate=10, count=5).best(0) is None


def test_the_best_is_the_lowest_and_its_figure_is_that_of_the_race():
    """RMSprop hops about at high rates, so that the last bit decides where it stands after 200 steps."""
    landscape, start = objective("ravine", condition=50.0), (-4.6, -1.6)
    racers = [optimizer(name) for name in BATCHED]
    found = sweep(landscape, racers, start, steps=200, lowest_rate=1e-5, highest_rate=10.0, count=97)
    for row, racer in enumerate(racers):
        rate, loss = found.best(row)
        assert loss == found.losses[row].min()
        assert loss == trace(landscape, racer.at(rate), start, 200).values[-1], racer.rule.name
    at = int((found.rates - 0.1778279410038923).abs().argmin())
    rmsprop = BATCHED.index("rmsprop")
    assert found.losses[rmsprop, at].item() == pytest.approx(3.349e-05, rel=1e-3)


def test_curvature_says_where_it_has_nothing_to_say():
    assert bound(objective("saddle"), (0, 0)).bowl is False
    assert bound(objective("saddle"), (0, 0)).rate == pytest.approx(2)
    assert bound(objective("himmelblau"), (0, 0)).rate is None
    assert not bound(objective("himmelblau"), (3, 2)).everywhere
    assert bound(typed("log(x) + y"), (-1, 0)) is None or bound(typed("log(x) + y"), (-1, 0)).rate is None


def test_a_function_without_values_diverges_everywhere():
    found = sweep(typed("sqrt(-1 - x**2) + y"), [optimizer("sgd"), optimizer("newton")], count=5, steps=5)
    assert found.losses.isinf().all()
    assert found.best(0) is None


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"count": 2}, "count must be"),
        ({"steps": 5000}, "steps must be"),
        ({"lowest_rate": 1.0, "highest_rate": 0.1}, "rates must go up"),
        ({"start": (1.0,)}, "start must be 2 numbers"),
        ({"start": (1.0, math.nan)}, "start must be 2 numbers"),
    ],
)
def test_limits_are_kept(wrong, says):
    with pytest.raises(InvalidValue, match=says):
        sweep(objective("bowl"), [optimizer("sgd")], **wrong)
