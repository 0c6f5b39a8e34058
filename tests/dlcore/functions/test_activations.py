"""Activations against torch's own, against finite differences, and against what the table says about them."""

import math
from functools import partial

import pytest
import torch
import torch.nn.functional as functional
from hypothesis import given
from hypothesis import strategies as st

from dlcore.errors import InvalidValue
from dlcore.functions.activations import (
    ACTIVATIONS,
    SMOOTHNESS,
    TEMPERATURE,
    activation,
    entropy,
    softmax,
    softmax_jacobian,
)

KINKS = [-3.0, -1.0, -0.5, 0.0, 0.5, 1.0, 3.0, 6.0]
GRID = torch.cat([torch.linspace(-12, 12, 481, dtype=torch.float64), torch.tensor(KINKS, dtype=torch.float64)])
EXTREMES = torch.tensor([-1e4, -500.0, -88.8, -20.0, 20.0, 88.8, 500.0, 1e4])

TORCH = {
    "sigmoid": lambda x: functional.sigmoid(x),
    "tanh": lambda x: functional.tanh(x),
    "relu": lambda x: functional.relu(x),
    "leaky-relu": lambda x, a=0.01: functional.leaky_relu(x, a),
    "prelu": lambda x, a=0.25: functional.prelu(x, torch.tensor([a], dtype=x.dtype)),
    "elu": lambda x, alpha=1.0: functional.elu(x, alpha),
    "selu": functional.selu,
    "celu": lambda x, alpha=1.0: functional.celu(x, alpha),
    "gelu": functional.gelu,
    "gelu-tanh": lambda x: functional.gelu(x, approximate="tanh"),
    "silu": lambda x, beta=1.0: functional.silu(beta * x) / beta,
    "mish": functional.mish,
    "softplus": lambda x, beta=1.0: functional.softplus(x, beta, threshold=100),
    "softsign": functional.softsign,
    "hard-sigmoid": functional.hardsigmoid,
    "hard-swish": functional.hardswish,
    "hard-tanh": lambda x, low=-1.0, high=1.0: functional.hardtanh(x, low, high),
    "relu6": functional.relu6,
    "squared-relu": lambda x: functional.relu(x) ** 2,
    "sine": lambda x, omega=1.0: torch.sin(omega * x),
    "linear": lambda x: x * 1.0,
    "step": lambda x: torch.heaviside(x.detach(), torch.zeros((), dtype=x.dtype)),
}

every = pytest.mark.parametrize("name", ACTIVATIONS)


def settings(name):
    """The defaults, and both ends of every parameter."""
    function = activation(name)
    yield {}
    for parameter in function.parameters:
        yield {parameter.name: parameter.low}
        yield {parameter.name: parameter.high}


def torch_slope(name, x, **parameters):
    point = x.clone().requires_grad_()
    value = TORCH[name](point, **parameters)
    if not value.requires_grad:
        return torch.zeros_like(x)
    return torch.autograd.grad(value.sum(), point)[0]


@every
def test_values_and_derivatives_are_those_of_torch_at_every_parameter_and_kink(name):
    for parameters in settings(name):
        x = torch.cat([GRID, EXTREMES.double()])
        function = activation(name)
        torch.testing.assert_close(function(x, **parameters), TORCH[name](x, **parameters), rtol=1e-9, atol=1e-9)
        expected = torch_slope(name, x, **parameters)
        torch.testing.assert_close(function.derivative(x, **parameters), expected, rtol=1e-7, atol=1e-7)


@every
def test_derivatives_are_those_of_finite_differences_between_the_kinks(name):
    for parameters in settings(name):
        function, h = activation(name), 1e-6
        special = torch.tensor([*KINKS, *parameters.values()], dtype=torch.float64)
        x = GRID[(GRID[:, None] - special).abs().amin(1) > 1e-3]
        measured = (function(x + h, **parameters) - function(x - h, **parameters)) / (2 * h)
        torch.testing.assert_close(function.derivative(x, **parameters), measured, rtol=1e-4, atol=1e-4)


@every
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_extreme_inputs_give_numbers(name, dtype):
    for parameters in settings(name):
        x = EXTREMES.to(dtype)
        assert activation(name)(x, **parameters).isfinite().all()
        assert activation(name).derivative(x, **parameters).isfinite().all()


@every
def test_parameters_that_are_tensors_can_be_learned(name):
    function = activation(name)
    learned = {k: torch.tensor(v, dtype=torch.float64, requires_grad=True) for k, v in function.defaults.items()}
    if learned:
        function(GRID, **learned).sum().backward()
        assert all(each.grad.isfinite() for each in learned.values())


# --- the table of properties ---


@every
def test_the_range_holds_everywhere_and_is_reached_or_approached(name):
    for parameters in settings(name):
        function = activation(name)
        x = torch.cat([torch.linspace(-60, 60, 240_001, dtype=torch.float64), EXTREMES.double()])
        low, high = function.range_for(**parameters)
        values = function(x, **parameters)
        assert values.min() >= low - 1e-9
        assert values.max() <= high + 1e-9
        assert values.min() < low + 1e-3 if math.isfinite(low) else values.min() < -50
        assert values.max() > high - 1e-3 if math.isfinite(high) else values.max() > 50


def shapes(name):
    """`settings`, and where two parameters, or a parameter and 1, are just as large as each other."""
    yield from settings(name)
    yield from {"hard-tanh": [{"low": -2.1, "high": 2.1}, {"low": -3.0, "high": 0.1}]}.get(name, [])
    yield from ({each.name: 1.0} for each in activation(name).parameters if each.low <= 1 <= each.high)


@every
def test_zero_centred_means_odd_so_that_symmetric_inputs_give_mean_zero(name):
    x = torch.linspace(0, 10, 1001, dtype=torch.float64)
    for parameters in shapes(name):
        function = partial(activation(name), **parameters)
        odd = bool(torch.allclose(function(-x), -function(x), atol=1e-12))
        assert odd == activation(name).at(**parameters).zero_centred


@every
def test_monotonic_means_that_it_never_falls(name):
    x = torch.linspace(-60, 60, 24_001, dtype=torch.float64)
    for parameters in shapes(name):
        rises = bool((activation(name)(x, **parameters).diff() >= -1e-12).all())
        assert rises == activation(name).at(**parameters).monotonic


def jumps(function, order, h):
    """The largest change of the derivative of this order between neighbours on a grid of step h, away from ±∞."""
    x = (torch.arange(-8, 8, h, dtype=torch.float64) + h / 3).requires_grad_()
    value = function(x)
    for _ in range(order):
        if not value.requires_grad:
            return 0.0
        (value,) = torch.autograd.grad(value.sum(), x, create_graph=True, materialize_grads=True)
    return float(value.detach().diff().abs().max())


@every
def test_smoothness_is_what_a_finer_and_finer_grid_finds(name):
    """What is continuous changes ten times less between neighbours that are ten times closer; a jump stays."""
    for parameters in shapes(name):
        function = partial(activation(name), **parameters)
        continuous = [jumps(function, order, 1e-4) < 0.3 * jumps(function, order, 1e-3) + 1e-9 for order in range(3)]
        found = {(True, True, True): "smooth", (True, True, False): "once"}.get(tuple(continuous))
        found = found or ("kink" if continuous[0] else "jump")
        assert found == activation(name).at(**parameters).smoothness
        assert found in SMOOTHNESS


@every
def test_saturated_is_where_hardly_any_gradient_passes(name):
    function = activation(name)
    flat = function.saturated(GRID)
    assert bool((function.derivative(GRID)[flat].abs() < 0.05).all())
    assert bool((function.derivative(GRID)[~flat].abs() >= 0.05).all())


@every
def test_every_formula_is_shown_in_latex_with_and_without_numbers(name):
    function = activation(name)
    shown = function.formula.latex({"x": 1.25, **function.defaults})
    assert "1.25" in shown or name == "step"
    assert function.formula.latex() != shown
    assert function.source
    assert function.note


# --- what is refused ---


def test_an_unknown_name_says_what_there_is():
    with pytest.raises(InvalidValue, match="relu"):
        activation("rleu")
    with pytest.raises(InvalidValue):
        activation(["relu"])


def test_an_unknown_parameter_and_one_out_of_bounds_are_refused():
    with pytest.raises(InvalidValue, match="has no parameter 'slope': it has a"):
        activation("leaky-relu")(GRID, slope=0.1)
    with pytest.raises(InvalidValue, match=r"between 0\.1 and 3, got 0: try 1"):
        activation("elu")(GRID, alpha=0)


@given(value=st.one_of(st.floats(), st.integers(), st.text(max_size=3), st.none(), st.booleans()))
def test_a_parameter_is_taken_only_within_its_bounds(value):
    function = activation("silu")
    usable = type(value) in (int, float) and 0.1 <= value <= 10
    if usable:
        assert function(GRID, beta=value).isfinite().all()
    else:
        with pytest.raises(InvalidValue):
            function(GRID, beta=value)


# --- softmax ---


def test_softmax_is_that_of_torch_for_extreme_logits_too():
    for logits in (torch.tensor([2.0, -1.0, 0.5]), torch.tensor([1e4, -1e4, 9999.0]), torch.zeros(4, 5)):
        for temperature in (0.05, 1.0, 20.0):
            expected = functional.softmax(logits / temperature, -1)
            torch.testing.assert_close(softmax(logits, temperature), expected)


def test_the_jacobian_of_softmax_is_diag_p_minus_p_p():
    logits = torch.tensor([1.0, 0.3, -2.0, 0.0], dtype=torch.float64)
    p = softmax(logits, 2.0)
    torch.testing.assert_close(softmax_jacobian(logits, 2.0), (torch.diag(p) - torch.outer(p, p)) / 2.0)


def test_entropy_counts_bits():
    assert entropy(torch.full((8,), 1 / 8)) == pytest.approx(3)
    assert entropy(torch.tensor([1.0, 0.0])) == 0


@pytest.mark.parametrize("temperature", [0, -1, 1e3, math.nan, "warm"])
def test_a_temperature_that_makes_no_sense_is_refused(temperature):
    with pytest.raises(InvalidValue, match="temperature"):
        softmax(torch.zeros(3), temperature)
    assert TEMPERATURE.default == 1


def test_logits_have_to_be_finite():
    with pytest.raises(InvalidValue, match="finite"):
        softmax(torch.tensor([0.0, math.inf]))
