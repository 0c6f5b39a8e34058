import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcore.config.schedules import SCHEDULES
from dlcore.descent.narration import STAGES, narrate
from dlcore.descent.newton import Newton
from dlcore.descent.objectives import OBJECTIVES, objective, typed
from dlcore.descent.optimizers import OPTIMIZERS, optimizer
from dlcore.descent.trace import MOST_RACERS, Noise, race, trace
from dlcore.errors import DlcoreError, InvalidValue

TORCH = [name for name, rule in OPTIMIZERS.items() if rule.kind is not Newton]


def plain_loop(each, racer, steps):
    """As anybody would write it; returns the positions and the optimizer."""
    theta = torch.tensor(each.start, dtype=torch.float64, requires_grad=True)
    made = racer.rule.kind([theta], **racer.rule.arguments(racer.settings))

    def closure():
        made.zero_grad()
        loss = each.value(theta)
        loss.backward()
        return loss

    positions = [theta.detach().clone()]
    for _ in range(steps):
        made.step(closure)
        positions.append(theta.detach().clone())
    return torch.stack(positions).numpy(), made.state[theta]


@pytest.mark.slow
@pytest.mark.parametrize("name", TORCH)
@pytest.mark.parametrize("landscape", ["rosenbrock", "rastrigin", "three-hump-camel", "ripples"])
def test_a_trace_equals_a_plain_loop_to_the_last_bit_and_so_does_the_inner_state(landscape, name):
    each = objective(landscape)
    racer = optimizer(name, lr=OPTIMIZERS[name].suited(each))
    others = [optimizer("sgd", lr=1e-4 * (1 + i)) for i in range(MOST_RACERS - 1)]
    ran = race(each, [*others[:4], racer, *others[4:]], steps=60)[4]
    positions, state = plain_loop(each, racer, ran.steps)
    assert ran.steps == 60
    assert np.array_equal(ran.positions, positions)
    for key, values in ran.state.items():
        last = state[key]
        assert np.array_equal(values[-1], last.numpy() if isinstance(last, torch.Tensor) else last)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_values_and_gradients_are_those_of_the_positions(name):
    each = objective("himmelblau")
    ran = trace(each, optimizer(name, lr=0.01), steps=30)
    at = torch.from_numpy(ran.positions.copy())
    assert np.allclose(ran.values, each.value(at).numpy(), rtol=1e-13, atol=1e-13)
    assert np.allclose(ran.gradients, each.gradient(at).numpy(), rtol=1e-12, atol=1e-12)
    assert np.array_equal(ran.seen, ran.gradients[:-1])
    with pytest.raises(ValueError, match="read-only"):
        ran.positions[0] = 0


@pytest.mark.parametrize("noise", [None, Noise(amount=0.5)])
@pytest.mark.parametrize("schedule", ["constant", "cosine"])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_formulas_that_are_shown_lead_to_where_torch_went(name, schedule, noise):
    each = objective("himmelblau")
    settings = {"momentum": {"dampening": 0.3}, "adagrad": {"lr_decay": 0.1}, "adamw": {"weight_decay": 0.2}}
    racer = optimizer(name, lr=OPTIMIZERS[name].suited(each) / 2, **settings.get(name, {}))
    ran = trace(each, racer, steps=40, schedule=schedule, noise=noise)
    told = narrate(ran)
    assert np.allclose(told.terms["old"] - told.terms["s"], ran.positions[1:], rtol=1e-9, atol=1e-12)
    assert [line.stage for line in told.lines] == sorted((x.stage for x in told.lines), key=list(STAGES).index)
    for line in (*told.lines, told.update):
        assert line.latex.count("num{") == line.values.shape[1]
        assert line.values.shape[0] == ran.steps
        assert "⟨" not in line.latex


def test_rmsprop_with_momentum_and_newton_with_damping_are_told_right():
    each = objective("bowl")
    for racer in (optimizer("rmsprop", momentum=0.9), optimizer("newton", damping=3.0, lr=0.5)):
        ran = trace(each, racer, steps=30)
        told = narrate(ran)
        assert np.allclose(told.terms["old"] - told.terms["s"], ran.positions[1:], rtol=1e-9, atol=1e-12)


def test_newton_needs_one_step_on_a_bowl_and_leaves_a_saddle():
    assert trace(objective("bowl", condition=1000), optimizer("newton"), steps=1).verdict.kind == "minimum"
    saddle = objective("saddle")
    start = (0.4, 0.01)
    assert trace(saddle, optimizer("newton"), start, steps=60).verdict.kind == "minimum"
    assert trace(saddle, optimizer("newton", saddle_free=False), start, steps=60).verdict.kind == "saddle"
    assert np.abs(trace(saddle, optimizer("newton", longest=0.1), start, steps=5).moves).max() <= 0.1 + 1e-12


@pytest.mark.parametrize("rate", [1.9, 2.1])
def test_gradient_descent_diverges_just_above_two_over_the_largest_curvature(rate):
    each = objective("bowl", condition=10)
    ran = trace(each, optimizer("sgd", lr=rate / 10), steps=300)
    assert (ran.verdict.kind == "diverged") == (rate > 2)
    assert np.isfinite(ran.positions).all()
    if rate > 2:
        assert ran.steps < 300
        assert "Diverged at step" in ran.verdict.sentence


VERDICTS = [
    ("bowl", "sgd", {"lr": 0.1}, None, "minimum"),
    ("saddle", "sgd", {"lr": 0.1}, (-2.0, 0.0), "saddle"),
    ("plateau", "sgd", {"lr": 0.5}, None, "plateau"),
    ("plateau", "adam", {"lr": 0.2}, None, "minimum"),
    ("kink", "sgd", {"lr": 0.5}, None, "hopping"),
    ("double-well", "sgd", {"lr": 0.1}, None, "local"),
    ("bowl", "sgd", {"lr": 0.001}, None, "moving"),
    ("saddle", "momentum", {"lr": 0.1}, (-2.0, 0.0), "saddle"),
    ("rosenbrock", "sgd", {"lr": 0.1}, None, "diverged"),
    ("rosenbrock", "lbfgs", {"lr": 1.0}, None, "minimum"),
]


@pytest.mark.parametrize(("landscape", "name", "settings", "start", "kind"), VERDICTS)
def test_verdicts(landscape, name, settings, start, kind):
    verdict = trace(objective(landscape), optimizer(name, **settings), start, steps=200).verdict
    assert verdict.kind == kind, verdict.sentence
    assert verdict.sentence
    if kind == "saddle":
        assert verdict.eigenvalues[0] == pytest.approx(-1)
    if kind == "minimum":
        assert verdict.step < 200


def test_a_function_without_a_minimum_is_not_blamed_on_the_learning_rate():
    fallen = trace(typed("x + y"), optimizer("momentum", lr=0.5), steps=400).verdict
    assert fallen.kind == "diverged"
    assert "may have no minimum" in fallen.sentence
    thrown = trace(typed("x**2 + y**2"), optimizer("sgd", lr=1.5), steps=400).verdict
    assert "A smaller learning rate helps" in thrown.sentence


def test_a_verdict_on_a_typed_function_finds_a_minimum_that_nobody_listed():
    verdict = trace(typed("(x - 1)**2 + cosh(y + 2)"), optimizer("adam", lr=0.2), steps=300).verdict
    assert verdict.kind == "minimum"
    assert "(1, −2)" in verdict.sentence


@pytest.mark.slow
@pytest.mark.parametrize("text", ["(x - y)**2", "y**2", "x**2*y**2", "(x**2 + y**2 - 1)**2"])
@pytest.mark.parametrize("name", ["sgd", "momentum", "adam"])
def test_the_floor_of_a_valley_is_no_plateau(text, name):
    verdict = trace(typed(text), optimizer(name, lr=0.01), (0.5, -1.5), steps=1000).verdict
    assert verdict.kind == "valley", verdict.sentence
    assert "floor of a valley" in verdict.sentence
    assert min(map(abs, verdict.eigenvalues)) < 1e-6


def test_where_nothing_bends_it_is_a_plateau():
    level = typed("relu(x) - 10*exp(-(x - 3)**2 - y**2)")
    assert trace(level, optimizer("sgd", lr=0.01), (-3.0, 1.0), steps=500).verdict.kind == "plateau"


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_schedules_scale_the_rate_of_every_step(schedule):
    ran = trace(objective("bowl"), optimizer("sgd", lr=0.02), steps=50, schedule=schedule)
    wanted = [0.02 * SCHEDULES[schedule](step, 50) for step in range(50)]
    assert np.allclose(ran.rates, wanted)
    assert np.allclose(-ran.moves / ran.seen, np.array(wanted)[:, None])


def test_mini_batches_are_what_the_optimizer_sees_and_the_same_for_all():
    each = objective("least-squares")
    noise = Noise(batch_size=4, seed=3)
    first, second = race(each, [optimizer("sgd", lr=0.1), optimizer("adam")], steps=50, noise=noise)
    assert np.array_equal(first.seen[0], second.seen[0])
    assert not np.allclose(first.seen, first.gradients[:-1])
    again = trace(each, optimizer("sgd", lr=0.1), steps=50, noise=noise)
    assert np.array_equal(first.positions, again.positions)


def test_distances_are_to_the_nearest_of_several_minima():
    ran = trace(objective("saddle"), optimizer("sgd", lr=0.1), (0.0, -0.5), steps=200)
    assert ran.distances[0] == pytest.approx(0.5)
    assert ran.distances[-1] == pytest.approx(0, abs=1e-6)


def test_what_cannot_be_raced_is_a_sentence():
    bowl, sgd = objective("bowl"), optimizer("sgd")
    for wrong in ({"start": (1.0,)}, {"start": (math.nan, 0.0)}, {"steps": 0}, {"steps": 10**6}, {"schedule": "x"}):
        with pytest.raises(InvalidValue):
            trace(bowl, sgd, **wrong)
    with pytest.raises(InvalidValue, match="Between 1 and"):
        race(bowl, [])
    with pytest.raises(InvalidValue, match="no finite value"):
        trace(typed("log(x)"), sgd, (-1.0,))


@settings(max_examples=60, deadline=5000)
@given(
    st.sampled_from(
        ["exp(exp(x))*y", "log(x + 3)", "1/x + y**2", "x**50", "sqrt(x + 3)", "x*y", "3", "-x**4", "tan(x)"]
    ),
    st.sampled_from(list(OPTIMIZERS)),
    st.floats(1e-6, 10.0),
)
def test_no_function_and_no_rate_breaks_a_race(text, name, rate):
    try:
        ran = trace(typed(text), optimizer(name, lr=rate), steps=15)
    except DlcoreError:
        return
    assert np.isfinite(ran.positions).all()
    assert ran.verdict.sentence
    if ran.steps:
        narrate(ran)


def test_every_landscape_and_every_optimizer_get_along():
    for each in OBJECTIVES.values():
        racers = [optimizer(name, lr=rule.suited(each)) for name, rule in OPTIMIZERS.items()]
        for ran in race(each, racers, steps=3):
            assert ran.steps == 3
            narrate(ran)


@pytest.mark.parametrize(("text", "leads"), [("log(x) + y", "(−16.8, 1.99)"), ("log(x)", "x = −16.8")])
def test_a_racer_that_leaves_where_the_function_has_a_value_is_stopped_before_it_and_says_where(text, leads):
    racers = [optimizer("sgd", lr=0.07), optimizer("newton"), optimizer("adagrad", lr=1e-4)]
    out, *_, inside = race(typed(text), racers, steps=50)
    assert out.verdict.kind == "outside"
    assert f"Left the region where the function has a value: step {out.steps + 1} leads to {leads}" in (
        out.verdict.sentence
    )
    assert np.isfinite(out.values).all()
    assert np.isfinite(out.gradients).all()
    assert inside.steps == 50  # nobody else is stopped


def test_the_last_step_too_may_lead_outside():
    (found,) = race(typed("sqrt(x) + y**2"), [optimizer("sgd", lr=0.5)], steps=1)
    assert (found.verdict.kind, found.steps) == ("outside", 0)
