"""One description, read as an object and as the line that makes it: both are the same thing."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from dlcore.formula.calls import Call, Name
from dlcore.formula.expression import parse
from dlcore.functions.activations import ACTIVATIONS
from dlcore.models.layers import Elementwise, Residual, started

SCRIPT = {
    "nn": nn, "torch": torch, "functional": functional,
    "Residual": Residual, "Elementwise": Elementwise, "started": started,
}  # fmt: skip
X = torch.linspace(-4, 4, 161)


def test_a_call_is_made_and_written_with_the_same_arguments():
    layer = Call("nn.Conv2d", 3, 8, (3, 5), padding=(1, 2), bias=False)
    assert layer.code() == "nn.Conv2d(3, 8, (3, 5), padding=(1, 2), bias=False)"
    assert repr(layer.make()) == repr(eval(layer.code(), SCRIPT))


def test_what_stands_before_comes_first():
    optimizer = Call("torch.optim.SGD", lr=0.1)
    assert optimizer.code("parameters") == "torch.optim.SGD(parameters, lr=0.1)"
    made = optimizer.make([nn.Parameter(torch.zeros(1))])
    assert (type(made), made.param_groups[0]["lr"]) == (torch.optim.SGD, 0.1)


def test_calls_within_calls_and_the_names_that_dlcore_defines():
    inner = Call("dlcore.models.layers:started", Call("nn.Linear", 2, 2), Name("nn.init.zeros_"))
    whole = Call("dlcore.models.layers:Residual", Call("nn.Sequential", inner, Call("nn.ReLU")))
    assert whole.code() == "Residual(nn.Sequential(started(nn.Linear(2, 2), nn.init.zeros_), nn.ReLU()))"
    assert list(whole.own()) == ["dlcore.models.layers:Residual", "dlcore.models.layers:started"]
    x = torch.randn(3, 2)
    assert torch.equal(whole.make()(x), x)
    assert whole == Call("dlcore.models.layers:Residual", Call("nn.Sequential", inner, Call("nn.ReLU")))
    assert whole != inner


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_layer_of_an_activation_is_its_formula(name):
    function = ACTIVATIONS[name]
    settings = [{}, {each.name: each.high for each in function.parameters}]
    for parameters in settings:
        described = function.module(**parameters)
        layer = described.make()
        assert sum(each.numel() for each in layer.parameters()) == function.learned
        wanted = function(X, **parameters)
        torch.testing.assert_close(layer(X), wanted, rtol=1e-5, atol=2e-6)
        assert torch.equal(eval(described.code(), SCRIPT)(X), layer(X)), "the script computes the very same"


@pytest.mark.parametrize(
    "text",
    ["x", "-x**2 + 3*x - 1", "where(x > -1, x/2, sin(2)*x)", "clamp(x, -1, 2**0.5)", "max(x, 0) - min(x, 1/3)",
     "relu(x)*softplus(-x)", "abs(x) + sign(x)*erf(x/sqrt(2))", "(x - 1)**2*(x + 1)", "-(x + 1)/(-(x - 9))"],
)  # fmt: skip
def test_an_expression_as_code_computes_what_the_expression_does(text):
    expression = parse(text, ("x",))
    assert torch.equal(torch.as_tensor(eval(expression.code(), SCRIPT | {"x": X})).expand_as(X), expression(x=X))


def test_numbers_take_the_place_of_names():
    expression = parse("a*x + where(x > a, a, 1)", ("x", "a"))
    assert torch.equal(eval(expression.code({"a": 0.5}), SCRIPT | {"x": X}), expression(x=X, a=0.5))
