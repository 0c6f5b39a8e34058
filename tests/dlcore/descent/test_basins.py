"""Basins of attraction, beside single runs and what is known about the landscapes."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from dlcore.descent.basins import DIVERGED, FLAT, ON_THE_WAY, OUTSIDE, basins
from dlcore.descent.objectives import objective, typed
from dlcore.descent.optimizers import optimizer
from dlcore.errors import DlcoreError, InvalidValue


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "racer"),
    [
        ("himmelblau", optimizer("sgd", lr=0.01)),
        ("himmelblau", optimizer("adam", lr=0.1)),
        ("styblinski-tang", optimizer("nesterov", lr=0.005)),
        ("three-hump-camel", optimizer("rprop")),
        ("double-well", optimizer("momentum", lr=0.05)),
    ],
)
def test_every_start_ends_where_torch_takes_it(name, racer):
    landscape = objective(name)
    found = basins(landscape, racer, resolution=15, steps=400, rates=(1e-3, 0.1))
    points = torch.tensor([end.point for end in found.ends], dtype=torch.float64)
    for row in range(1, 15, 6):
        for column in range(1, 15, 6):
            place = [found.x[column], *([found.y[row]] if landscape.dimensions == 2 else [])]
            theta = torch.nn.Parameter(torch.tensor(place, dtype=torch.float64))
            alone = racer.rule.build(theta, racer.settings, landscape)
            if landscape.dimensions == 1:
                alone.param_groups[0]["lr"] = float(found.y[row])
            for _ in range(400):
                alone.zero_grad()
                landscape.value(theta).backward()
                alone.step()
            outcome = found.outcome[row, column]
            distances = (points - theta.detach()).norm(dim=1)
            if outcome >= 0:
                assert distances.argmin() == outcome
                assert distances.min() < 0.2
            else:
                assert outcome == ON_THE_WAY
                assert distances.min() > 0.05


def test_all_four_hollows_are_found_and_every_start_is_counted():
    landscape = objective("himmelblau")
    found = basins(landscape, optimizer("sgd", lr=0.01), resolution=41)
    assert {end.point for end in found.ends} == set(landscape.minima)
    assert sum(end.count for end in found.ends) == 41 * 41
    assert [found.count(i) for i in range(4)] == [end.count for end in found.ends]


def test_minima_of_a_typed_function_are_found_without_being_told():
    found = basins(typed("(x**2 - 1)**2 + (y - 0.5)**2"), optimizer("sgd", lr=0.01), resolution=31)
    places = sorted(end.point for end in found.ends if end.kind == "minimum")
    assert len(places) == 2
    for place, known in zip(places, ((-1.0, 0.5), (1.0, 0.5)), strict=True):
        assert place == pytest.approx(known, abs=1e-9)


def test_a_start_on_the_ridge_ends_at_the_saddle():
    found = basins(objective("saddle"), optimizer("sgd", lr=0.1), resolution=21)
    saddle = next(end for end in found.ends if end.kind == "saddle")
    assert saddle.point == pytest.approx((0, 0), abs=1e-9)
    assert saddle.count == 21
    assert len({end.point for end in found.ends if end.kind == "minimum"}) == 2


def test_newton_without_care_ends_at_saddles_and_maxima_too():
    careless = basins(objective("himmelblau"), optimizer("newton", saddle_free=False), resolution=41)
    careful = basins(objective("himmelblau"), optimizer("newton"), resolution=41)
    assert {end.kind for end in careless.ends} == {"minimum", "saddle", "maximum"}
    assert {end.kind for end in careful.ends} == {"minimum"}


def test_above_the_bound_everything_diverges_and_below_it_everything_arrives():
    bowl = objective("parabola", curvature=2.0)
    found = basins(bowl, optimizer("sgd"), resolution=40, steps=1500, rates=(0.02, 5.0))
    above, below = found.outcome[found.y > 1.05], found.outcome[(found.y < 0.95)]
    assert (above == DIVERGED).all()
    assert (below == 0).all()


def test_too_few_steps_and_flat_ground_are_told_apart():
    assert basins(objective("rosenbrock"), optimizer("sgd", lr=1e-4), resolution=11, steps=20).count(ON_THE_WAY) > 90
    flat = basins(typed("where(x < 0, 0, x**2) + 0*y"), optimizer("sgd", lr=0.1), resolution=11)
    assert (flat.outcome[:, :5] == FLAT).all()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"resolution": 500}, "resolution must be between"),
        ({"steps": 0}, "steps must be between"),
        ({"steps": 100_000}, "steps must be between"),
    ],
)
def test_limits_are_kept(wrong, says):
    with pytest.raises(InvalidValue, match=says):
        basins(objective("bowl"), optimizer("sgd"), **wrong)


def test_l_bfgs_is_refused_with_a_reason():
    with pytest.raises(InvalidValue, match="LBFGS cannot"):
        basins(objective("bowl"), optimizer("lbfgs"))


@given(
    text=st.sampled_from(["3", "x", "1/x + y", "log(x*y)", "sqrt(x) + sqrt(y)", "exp(exp(x)) - y", "abs(x) + sign(y)"]),
    name=st.sampled_from(["sgd", "adam", "newton", "rprop"]),
)
def test_strange_functions_give_a_picture_all_the_same(text, name):
    try:
        found = basins(typed(text), optimizer(name), resolution=11, steps=60)
    except DlcoreError:
        return
    assert found.outcome.shape == (11, 11)
    assert int(found.outcome.max()) < len(found.ends)
    assert int(found.outcome.min()) >= OUTSIDE


def test_starts_that_have_no_value_or_lose_it_are_counted_apart():
    found = basins(typed("sqrt(x) + y**2"), optimizer("sgd", lr=0.1), resolution=11, steps=400)
    assert (found.outcome[:, found.x < 0] == OUTSIDE).all()
    assert found.count(OUTSIDE) == 121  # the others go down to x = 0 and beyond
    assert not found.ends


def test_an_end_at_zero_is_said_to_be_at_zero():
    found = basins(typed("x**2 + y**2"), optimizer("sgd", lr=0.4), resolution=11, steps=500)
    assert [each.point for each in found.ends] == [(0.0, 0.0)]
