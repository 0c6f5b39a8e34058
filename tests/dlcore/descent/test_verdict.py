"""Verdicts on typed functions: a minimum is where nothing near is lower, whatever slope and curvature say."""

import pytest
import torch

from dlcore.descent.basins import basins
from dlcore.descent.objectives import typed
from dlcore.descent.optimizers import optimizer
from dlcore.descent.surroundings import look_around
from dlcore.descent.trace import trace

NEWTON, SLOW = optimizer("newton"), optimizer("sgd", lr=0.05)

CASES = [
    ("x**3", (1.0,), NEWTON, "level"),
    ("x**3", (0.001,), SLOW, "level"),
    ("x**5 + y**2", (1.0, 1.0), NEWTON, "level"),
    ("x**3 + y**3", (0.001, 0.001), SLOW, "level"),
    ("(x**2 - 1)**2 + y**3", (0.5, 0.001), SLOW, "level"),
    ("x**7 + y**2", (0.005, 1.0), SLOW, "level"),
    ("x**2 - y**4", (1.0, 0.0), SLOW, "level"),
    ("-x**4", (0.0,), SLOW, "level"),
    ("x**4 + y**2", (1.0, 1.0), NEWTON, "minimum"),
    ("x**4 + y**2", (0.005, 1.0), SLOW, "minimum"),
    ("x**6", (1.0,), NEWTON, "minimum"),
    ("x**6", (0.005,), SLOW, "minimum"),
    ("x**8 + y**2", (1.0, 1.0), NEWTON, "minimum"),
    ("x**2 - 2*x + 1 + y**2", (0.0, 1.0), NEWTON, "minimum"),
    ("100*(y - x**2)**2 + (1 - x)**2", (1.0, 1.1), NEWTON, "minimum"),
    ("(x + y)**2", (1.0, 1.0), SLOW, "valley"),
    ("(x + y)**4", (1.0, 1.0), NEWTON, "valley"),
    ("(x**2 + y**2 - 1)**2", (1.0, 0.5), SLOW, "valley"),
    ("-x**2", (0.0,), SLOW, "saddle"),
    ("x**2 - y**2", (1.0, 0.0), SLOW, "saddle"),
    ("3", (1.0,), SLOW, "plateau"),
    ("where(x < 0, 0, x**2)", (-1.0,), SLOW, "plateau"),
    ("exp(-1/x**2)", (0.1,), SLOW, "plateau"),
    ("log(x)", (1.0,), NEWTON, "endless"),
]


@pytest.mark.parametrize(("text", "start", "racer", "kind"), CASES, ids=lambda each: str(each)[:24])
def test_the_verdict_is_what_the_function_does_around_its_end(text, start, racer, kind):
    verdict = trace(typed(text), racer, start, steps=400).verdict
    assert verdict.kind == kind, verdict.sentence
    assert "inf" not in verdict.sentence.replace("infinite", "")


@pytest.mark.parametrize("start", [1e-8, 1e-6, 1e-3])
@pytest.mark.parametrize("rate", [1e-6, 1e-5, 0.05])
def test_the_steep_end_of_a_root_is_no_maximum(start, rate):
    for text, place in (("sqrt(x)", (start,)), ("sqrt(x) + y**2", (start, 0.0))):
        for steps in (1, 5, 40):
            verdict = trace(typed(text), optimizer("sgd", lr=rate), place, steps).verdict
            assert verdict.kind in ("outside", "moving", "endless"), verdict.sentence


def test_a_flat_minimum_is_said_to_be_where_it_is():
    assert "x = 0 in step" in trace(typed("x**6"), SLOW, (0.005,), steps=400).verdict.sentence


@pytest.mark.parametrize(
    ("text", "place", "fall", "rise", "closed"),
    [
        ("x**2", (0.0,), False, True, True),
        ("x**3", (0.0,), True, True, False),
        ("-x**2", (0.0,), True, False, False),
        ("1000*x**2 + y**2", (0.0, 0.0), False, True, True),
        ("(x - y)**2", (1.0, 1.0), False, True, False),
        ("x**2 - y**2", (0.0, 0.0), True, True, False),
        ("0*x", (0.0,), False, False, False),
    ],
)
def test_what_is_seen_around_a_place(text, place, fall, rise, closed):
    seen = look_around(typed(text), torch.tensor(place, dtype=torch.float64), 0.01)
    assert (seen.fall > 0, seen.rise > 0, seen.closed) == (fall, rise, closed)
    assert seen.whole


def test_basins_know_flat_minima_and_do_not_take_inflections_for_them():
    flat = basins(typed("x**4 + y**2"), NEWTON, resolution=11, steps=200)
    assert [(each.kind, each.point) for each in flat.ends] == [("minimum", pytest.approx((0.0, 0.0), abs=1e-3))]
    assert flat.count(0) == 121
    bent = basins(typed("x**3 + y**2"), optimizer("newton", saddle_free=False), resolution=11, steps=200)
    assert not any(each.kind == "minimum" for each in bent.ends)
