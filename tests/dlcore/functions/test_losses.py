"""Every loss against torch's own, against finite differences, at its kinks and at the ends of the numbers."""

import math
import re

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from dlcore.errors import InvalidValue
from dlcore.functions.losses import LOSSES, loss

NAMES = list(LOSSES)
ONE_NUMBER = [name for name in NAMES if LOSSES[name].kind != "classification"]
OVER_CLASSES = [name for name in NAMES if LOSSES[name].kind == "classification"]
FROM_LOGITS = [name for name in ONE_NUMBER if LOSSES[name].takes == "logit"]


def numbers(*values: float) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)


def grid(takes: str) -> torch.Tensor:
    """Predictions over the range that matters, without the kinks."""
    if takes == "probability":
        return torch.linspace(0.004, 0.996, 61, dtype=torch.float64)
    return torch.linspace(-7.03, 7.07, 141, dtype=torch.float64)


def logits(samples: int = 40, classes: int = 5) -> torch.Tensor:
    return 3 * torch.randn(samples, classes, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def classes(samples: int = 40, classes: int = 5) -> torch.Tensor:
    return torch.randint(classes, (samples,), generator=torch.Generator().manual_seed(1))


def compare(name: str, reference, prediction: torch.Tensor, target: torch.Tensor, **parameters) -> None:
    """Values and gradients against `reference(prediction, target)`."""
    ours = loss(name)
    prediction = prediction.detach().requires_grad_()
    theirs = reference(prediction, target)
    torch.testing.assert_close(ours(prediction, target, **parameters), theirs, rtol=1e-9, atol=1e-9)
    (gradient,) = torch.autograd.grad(theirs.sum(), prediction)
    torch.testing.assert_close(ours.gradient(prediction, target, **parameters), gradient, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize(
    ("name", "reference", "parameters"),
    [
        ("mse", lambda p, y: F.mse_loss(p, y, reduction="none"), {}),
        ("mae", lambda p, y: F.l1_loss(p, y, reduction="none"), {}),
        ("huber", lambda p, y: F.huber_loss(p, y, reduction="none", delta=0.7), {"delta": 0.7}),
        ("huber", lambda p, y: F.huber_loss(p, y, reduction="none"), {}),
        ("smooth-l1", lambda p, y: F.smooth_l1_loss(p, y, reduction="none", beta=2.5), {"beta": 2.5}),
    ],
)
@pytest.mark.parametrize("target", [-1.3, 0.0, 2.0])
def test_regression_losses_are_those_of_torch(name, reference, parameters, target):
    prediction = torch.cat([grid("number"), numbers(target)])
    compare(name, reference, prediction, torch.full_like(prediction, target), **parameters)


@pytest.mark.parametrize("target", [0.0, 0.1, 0.5, 1.0])
@pytest.mark.parametrize("weight", [1.0, 3.0])
def test_binary_cross_entropy_is_that_of_torch(target, weight):
    z = torch.cat([grid("logit"), numbers(-1e4, -800, 0, 800, 1e4)])
    y = torch.full_like(z, target)
    positive = torch.tensor(weight, dtype=torch.float64)
    compare(
        "bce-logits",
        lambda z, y: F.binary_cross_entropy_with_logits(z, y, pos_weight=positive, reduction="none"), z, y, w=weight,
    )  # fmt: skip
    if weight == 1:
        p = grid("probability")
        y = torch.full_like(p, target)
        compare("bce", lambda p, y: F.binary_cross_entropy(p, y, reduction="none"), p, y)


@pytest.mark.parametrize("target", [0.0, 1.0])
def test_hinge_is_that_of_torch(target):
    z = grid("logit")
    sign = 2 * target - 1
    minus = -torch.ones_like(z)
    compare(
        "hinge", lambda z, y: F.hinge_embedding_loss(sign * z, minus, reduction="none"), z, torch.full_like(z, target)
    )


@pytest.mark.parametrize("target", [0.0, 1.0])
@pytest.mark.parametrize(("gamma", "alpha"), [(0.0, 0.5), (0.5, 0.25), (2.0, 0.25), (5.0, 0.9)])
def test_focal_is_the_weighted_cross_entropy_of_the_paper(target, gamma, alpha):
    def paper(z, y):
        p = torch.sigmoid(z)
        right = torch.where(y == 1, p, 1 - p)
        weight = alpha * y + (1 - alpha) * (1 - y)
        return weight * (1 - right) ** gamma * F.binary_cross_entropy_with_logits(z, y, reduction="none")

    z = grid("logit")
    y = torch.full_like(z, target)
    compare("focal-logits", paper, z, y, gamma=gamma, alpha=alpha)
    probability = loss("focal")(torch.sigmoid(z), y, gamma=gamma, alpha=alpha)
    torch.testing.assert_close(probability, paper(z, y), rtol=1e-6, atol=1e-7)


def test_the_same_loss_from_probability_and_from_logit():
    z = grid("logit")
    for y in (0.0, 0.3, 1.0):
        target = torch.full_like(z, y)
        for probability, logit in (("bce", "bce-logits"), ("brier", "sigmoid-mse")):
            torch.testing.assert_close(
                loss(probability)(torch.sigmoid(z), target), loss(logit)(z, target), rtol=1e-7, atol=1e-7
            )


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.5])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("soft", [False, True])
def test_cross_entropy_is_that_of_torch(smoothing, weighted, soft):
    weights = numbers(0.5, 1, 2, 3, 0) if weighted else torch.ones(5, dtype=torch.float64)
    target = logits().flip(0).softmax(-1) if soft else classes()
    compare(
        "cross-entropy",
        lambda z, y: F.cross_entropy(z, y, weight=weights, label_smoothing=smoothing, reduction="none"),
        logits(), target, epsilon=smoothing, w=weights,
    )  # fmt: skip


def test_kl_divergence_is_that_of_torch():
    target = logits().flip(0).softmax(-1)
    compare("kl", lambda z, y: F.kl_div(z.log_softmax(-1), y, reduction="none").sum(-1), logits(), target)
    assert loss("kl")(target.log(), target).abs().max() < 1e-12


@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
def test_focal_over_classes_is_the_cross_entropy_weighted_by_what_is_missing(gamma):
    def paper(z, y):
        costs = F.cross_entropy(z, y, reduction="none")
        return (1 - torch.exp(-costs)) ** gamma * costs

    compare("focal-classes", paper, logits(), classes(), gamma=gamma)


def test_squared_error_and_hinge_over_classes_are_those_of_torch():
    def squared(z, y):
        return F.mse_loss(z.softmax(-1), F.one_hot(y, 5).double(), reduction="none").sum(-1)

    compare("brier-classes", squared, logits(), classes())
    compare("hinge-classes", lambda z, y: F.multi_margin_loss(z, y, reduction="none"), logits(), classes())


def test_the_gradient_of_the_cross_entropy_is_prediction_minus_target():
    z, y = logits(), classes()
    for smoothing in (0.0, 0.2):
        wanted = (1 - smoothing) * F.one_hot(y, 5) + smoothing / 5
        gradient = loss("cross-entropy").gradient(z, y, epsilon=smoothing)
        torch.testing.assert_close(gradient, z.softmax(-1) - wanted)


@pytest.mark.parametrize("name", NAMES)
def test_gradients_agree_with_finite_differences(name):
    each, step = loss(name), 1e-6
    if each.kind == "classification":
        z, y = logits(20), classes(20)
        for k in range(z.shape[-1]):
            nudge = step * F.one_hot(torch.tensor(k), 5)
            slope = (each(z + nudge, y) - each(z - nudge, y)) / (2 * step)
            torch.testing.assert_close(each.gradient(z, y)[:, k], slope, rtol=1e-5, atol=1e-6)
        return
    for target in (0.0, 1.0):
        prediction = grid(each.takes)
        y = torch.full_like(prediction, target)
        slope = (each(prediction + step, y) - each(prediction - step, y)) / (2 * step)
        torch.testing.assert_close(each.gradient(prediction, y), slope, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("name", NAMES)
def test_the_ends_of_the_numbers_give_no_nan(name, dtype):
    each = loss(name)
    parameters = [{}, *({p.name: value} for p in each.parameters for value in (p.low, p.high))]
    if each.kind == "classification":
        ends = torch.tensor([[1e4, -1e4, 0], [-1e4, -1e4, -1e4], [1e4, 1e4, 1e4], [0, 0, 0]], dtype=dtype)
        cases = [(ends, torch.full((4,), k)) for k in range(3)]
    else:
        ends = torch.tensor([0, 1] if each.takes == "probability" else [-1e4, 0, 1e4], dtype=dtype)
        cases = [(ends, torch.full_like(ends, y)) for y in (0, 0.5, 1)]
    for chosen in parameters:
        for prediction, target in cases:
            assert each(prediction, target, **chosen).isfinite().all(), (chosen, target)
            assert each.gradient(prediction, target, **chosen).isfinite().all(), (chosen, target)


def test_a_sure_mistake_costs_as_much_as_the_logit_says_and_pulls_with_full_force():
    assert loss("bce-logits")(numbers(-1e4), numbers(1)).item() == 1e4
    assert loss("bce-logits").gradient(numbers(-1e4), numbers(1)).item() == -1
    assert loss("sigmoid-mse").gradient(numbers(-1e4), numbers(1)).item() == 0
    assert loss("bce").gradient(numbers(0), numbers(1)).item() == pytest.approx(-1e12)
    assert loss("cross-entropy")(numbers(1e4, -1e4), torch.tensor(1)).item() == 2e4


def test_kinks_have_the_derivative_that_is_promised():
    zero = numbers(0)
    assert loss("mae").gradient(zero, zero).item() == 0
    assert loss("hinge").gradient(numbers(1), numbers(1)).item() == -0.5
    assert loss("huber").gradient(numbers(0.7), zero, delta=0.7).item() == pytest.approx(0.7)
    assert loss("smooth-l1").gradient(numbers(2), zero, beta=2).item() == 1


@pytest.mark.parametrize("name", NAMES)
def test_no_loss_is_negative_and_a_perfect_prediction_costs_nothing(name):
    each = loss(name)
    if each.kind == "classification":
        assert (each(logits(), classes()) >= -1e-11).all()
        sure = 1e3 * F.one_hot(torch.arange(5), 5).double()
        assert each(sure, torch.arange(5)).abs().max() < 1e-9
        return
    prediction = grid(each.takes)
    for target in (0.0, 1.0):
        assert (each(prediction, torch.full_like(prediction, target)) >= -1e-11).all()
        perfect = numbers(target) if each.takes != "logit" else numbers(1e3 * (2 * target - 1))
        assert each(perfect, numbers(target)).abs().max() < 1e-9


@given(st.floats(-50, 50), st.floats(-50, 50), st.floats(0.1, 5))
def test_huber_lies_between_the_absolute_and_the_squared_error(p, y, delta):
    p, y = numbers(p), numbers(y)
    huber = loss("huber")(p, y, delta=delta).item()
    assert huber <= 0.5 * loss("mse")(p, y).item() + 1e-9
    assert huber <= delta * loss("mae")(p, y).item() + 1e-9


def test_the_quantile_loss_is_smallest_at_that_quantile():
    sample = numbers(*range(1, 101))
    tried = numbers(*range(1, 101))
    costs = loss("quantile")(tried[:, None], sample[None], tau=0.8).mean(-1)
    assert 80 <= tried[costs.argmin()] <= 81


def test_a_step_of_a_loss_over_classes_is_the_value_that_the_formula_names():
    z = logits(4)
    workings = loss("cross-entropy").workings(z, classes(4), epsilon=0.1)
    torch.testing.assert_close(torch.exp(-workings["c"]), z.softmax(-1))
    torch.testing.assert_close(workings["q"].sum(-1), torch.ones(4, dtype=torch.float64))
    torch.testing.assert_close(workings["m"], z.amax(-1))
    assert workings["w"].shape == (5,)
    assert workings["L"].shape == (4,)


def test_the_formula_shows_what_runs():
    assert loss("mse").latex() == r"\left(p - y\right)^{2}"
    assert loss("mse").latex({"p": 3.0, "y": 1.0}) == r"\left(3 - 1\right)^{2}"
    lines = [(step.left, step.latex()) for step in loss("cross-entropy").steps]
    assert lines[0] == ("m", r"\max_k z_k")
    assert lines[1] == ("s", r"\sum_k e^{z_k - m}")
    assert lines[-1] == ("L", r"\sum_k w_k \, q_k \, c_k")
    assert r"\epsilon" in lines[3][1]
    assert loss("cross-entropy").steps[0].latex({"z": -2.0}) == "-2"


@pytest.mark.parametrize("name", NAMES)
def test_every_loss_names_its_parameters_in_its_formula_and_its_source(name):
    each = loss(name)
    used = {variable for step in each.steps for variable in step.formula.used}
    assert {parameter.name for parameter in each.parameters} <= used
    assert all(parameter.low <= parameter.default <= parameter.high for parameter in each.parameters)
    assert each.name == name
    assert any(digit.isdigit() for digit in each.source)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: loss("l2"), "loss must be one of mse"),
        (lambda: loss("huber")(numbers(0), numbers(0), delta=0), "delta must be between 0.05 and 10, got 0"),
        (lambda: loss("huber")(numbers(0), numbers(0), delta=math.nan), "delta must be between"),
        (lambda: loss("mse")(numbers(0), numbers(0), delta=1), "mse has no parameter 'delta': it has none"),
        (lambda: loss("focal")(numbers(0.5), numbers(1), beta=1), "it has gamma, alpha"),
        (lambda: loss("bce")(numbers(1.2), numbers(1)), "takes probabilities from 0 to 1"),
        (lambda: loss("bce-logits")(numbers(1.2), numbers(-1)), "must be between 0 and 1"),
        (lambda: loss("cross-entropy")(numbers(1, 2), torch.tensor(2)), "must be a class from 0 to 1"),
        (lambda: loss("cross-entropy")(numbers(1, 2), torch.tensor([0, 1])), "for each sample"),
        (lambda: loss("kl")(numbers(1, 2), numbers(0.5, 0.6)), "2 probabilities that sum to 1"),
        (lambda: loss("kl")(torch.tensor(1.0), torch.tensor(0)), "one logit for each class"),
        (lambda: loss("cross-entropy")(numbers(1, 2), torch.tensor(0), w=numbers(1, -1)), "w must be between 0 and 10"),
    ],
)  # fmt: skip
def test_what_cannot_be_computed_is_refused_in_a_sentence(call, sentence):
    with pytest.raises(InvalidValue, match=re.escape(sentence)):
        call()
