import contextlib

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcore.descent.objectives import OBJECTIVES, objective, parameters, typed
from dlcore.descent.optimizers import optimizer
from dlcore.descent.trace import trace
from dlcore.errors import DlcoreError, InvalidValue
from dlcore.formula.expression import InvalidExpression

NAMES = list(OBJECTIVES)
SMOOTH = [name for name in NAMES if OBJECTIVES[name].smooth]


def tensor(points):
    return torch.tensor(points, dtype=torch.float64)


def inside(each, count, seed=0):
    low, high = tensor(each.bounds).T
    random = torch.rand(count, each.dimensions, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return low + random * (high - low)


def test_there_are_more_than_a_dozen_surfaces_and_some_curves():
    assert sum(each.dimensions == 2 for each in OBJECTIVES.values()) >= 14
    assert sum(each.dimensions == 1 for each in OBJECTIVES.values()) >= 4
    assert all(each.why and each.title for each in OBJECTIVES.values())


@pytest.mark.parametrize("name", NAMES)
def test_the_minima_are_minima(name):
    each = objective(name)
    at = tensor(each.minima)
    assert torch.allclose(each.value(at), tensor(each.lowest), rtol=1e-12, atol=1e-12)
    assert (each.value(inside(each, 20_000)) >= each.lowest).all()
    for points in (at, tensor(each.local or each.minima)):
        low, high = tensor(each.bounds).T
        assert ((points >= low) & (points <= high)).all()
        if each.smooth:
            assert each.gradient(points).abs().max() < 1e-9
            assert torch.linalg.eigvalsh(each.hessian(points)).min() >= -1e-9
        else:
            around = points[:, None] + 1e-3 * torch.randn(50, each.dimensions, dtype=torch.float64)
            assert (each.value(around) > each.value(points)[:, None]).all()


@pytest.mark.parametrize("name", NAMES)
def test_local_minima_are_higher_than_the_lowest(name):
    each = objective(name)
    if each.local:
        assert (each.value(tensor(each.local)) > each.lowest + 1e-6).all()


@pytest.mark.parametrize("name", NAMES)
def test_gradient_and_hessian_agree_with_finite_differences(name):
    each = objective(name)
    points = inside(each, 7)
    gradient, hessian, step = each.gradient(points), each.hessian(points), 1e-6
    for axis in range(each.dimensions):
        move = torch.zeros(each.dimensions, dtype=torch.float64)
        move[axis] = step
        slope = (each.value(points + move) - each.value(points - move)) / (2 * step)
        bend = (each.gradient(points + move) - each.gradient(points - move)) / (2 * step)
        assert torch.allclose(gradient[:, axis], slope, rtol=1e-5, atol=1e-4)
        assert torch.allclose(hessian[:, :, axis], bend, rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("name", NAMES)
def test_a_few_points_at_once_are_the_same_as_one_by_one_to_the_last_bit(name):
    each = objective(name)
    points = inside(each, 7)
    values, gradients = each.value_and_gradient(points)
    assert torch.equal(values, torch.stack([each.value(point) for point in points]))
    assert torch.equal(gradients, torch.stack([each.gradient(point) for point in points]))
    assert torch.equal(each.value(points.reshape(1, 7, -1))[0], values)


@pytest.mark.parametrize("name", NAMES)
def test_a_quadratic_has_one_hessian_and_starts_lie_inside(name):
    each = objective(name)
    hessians = each.hessian(inside(each, 5))
    same = torch.allclose(hessians, hessians[:1].expand_as(hessians), atol=1e-9)
    assert same == each.quadratic or not each.smooth
    assert all(low <= at <= high for at, (low, high) in zip(each.start, each.bounds, strict=True))


@pytest.mark.parametrize("condition", [1, 10, 1000])
@pytest.mark.parametrize("name", ["bowl", "ravine"])
def test_the_condition_number_is_that_of_the_hessian(name, condition):
    values = torch.linalg.eigvalsh(objective(name, condition=condition).hessian(tensor([1.0, 2.0])))
    assert (values[1] / values[0]).item() == pytest.approx(condition)


def test_mini_batches_are_right_on_average_and_exact_when_they_hold_everything():
    each = objective("least-squares")
    point = tensor([0.5, -1.0])
    seen = each.noisy(4000, batch_size=5)
    gradients = torch.stack([seen(point, step) for step in range(4000)])
    assert torch.allclose(gradients.mean(0), each.gradient(point), atol=0.02)
    assert gradients.std(0).min() > 0.05
    full = each.samples.losses(point.expand(1, 2)).mean()
    assert torch.allclose(full, each.value(point), atol=1e-12)


def test_noise_shrinks_with_the_root_of_the_batch_size_and_is_the_same_for_every_racer():
    each = objective("bowl")
    here, there = tensor([1.0, 1.0]), tensor([2.0, -1.0])
    spread = {}
    for batch in (1, 16):
        seen = each.noisy(3000, batch_size=batch, noise=2.0)
        errors = torch.stack([seen(here, step) - each.gradient(here) for step in range(3000)])
        spread[batch] = errors.std().item()
        assert torch.allclose(seen(there, 7) - each.gradient(there), errors[7])
    assert spread[1] == pytest.approx(2.0, rel=0.05)
    assert spread[16] == pytest.approx(0.5, rel=0.05)


def test_unknown_names_and_parameters_are_named():
    with pytest.raises(InvalidValue, match="did you mean 'rosenbrock'"):
        objective("rosenbrok")
    with pytest.raises(InvalidValue, match="condition must be between 1 and 1000, got 0"):
        objective("bowl", condition=0)
    with pytest.raises(InvalidValue, match="no parameter 'depth'"):
        objective("bowl", depth=3)
    with pytest.raises(InvalidValue, match="batch_size"):
        objective("bowl").noisy(3, batch_size=0)
    assert [each.name for each in parameters("bowl")] == ["condition"]


@pytest.mark.parametrize(("text", "dimensions"), [("x**2 + y**4", 2), ("sin(x)", 1), ("y", 2), ("3", 1)])
def test_a_typed_function_has_exact_derivatives(text, dimensions):
    each = typed(text)
    assert each.dimensions == dimensions
    points = inside(each, 5)
    assert each.value(points).shape == (5,)
    assert each.gradient(points).shape == (5, dimensions)
    assert each.hessian(points).shape == (5, dimensions, dimensions)
    if text == "x**2 + y**4":
        assert torch.allclose(each.gradient(points), torch.stack([2 * points[:, 0], 4 * points[:, 1] ** 3], 1))


def test_a_typed_error_points_at_the_character():
    with pytest.raises(InvalidExpression) as caught:
        typed("x**2 + foo(y)")
    assert caught.value.position == 7
    assert caught.value.pointer.endswith("\n       ^")


@settings(max_examples=300, deadline=2000)
@given(st.text("xy0123456789.+-*/() e<>_,sincoexplgwhrab[]{}:=^'\"\\", max_size=60))
def test_whatever_is_typed_gives_a_function_or_a_sentence(text):
    with contextlib.suppress(DlcoreError):
        each = typed(text)
        check_derivatives(each)


def check_derivatives(each):
    points = inside(each, 3)
    assert each.gradient(points).shape == points.shape
    assert each.hessian(points).shape == (3, each.dimensions, each.dimensions)


@pytest.mark.parametrize("text", ["x - log(x)", "log(x)", "sqrt(x)", "x**0.5", "x**y", "sqrt(x*y - 1)"])
def test_a_typed_function_starts_where_it_is_defined(text):
    found = typed(text)
    value, slope = found.value_and_gradient(torch.tensor(found.start, dtype=torch.float64))
    assert value.isfinite()
    assert slope.isfinite().all()
    assert all(low <= each <= high for each, (low, high) in zip(found.start, found.bounds, strict=True))


def test_a_function_that_is_defined_nowhere_says_so():
    with pytest.raises(InvalidValue, match="anywhere else"):
        trace(typed("log(-1 - x**2)"), optimizer("sgd"))
