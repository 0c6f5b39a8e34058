"""Gated units against torch's own."""

import pytest
import torch
import torch.nn.functional as functional

from dlcore.errors import InvalidValue
from dlcore.functions.gates import GATES, gate

A, B = torch.meshgrid(*[torch.linspace(-5, 5, 21, dtype=torch.float64)] * 2, indexing="ij")
TORCH = {
    "glu": lambda a, b: functional.glu(torch.cat([a, b]), 0),
    "swiglu": lambda a, b: a * functional.silu(b),
    "geglu": lambda a, b: a * functional.gelu(b),
    "reglu": lambda a, b: a * functional.relu(b),
    "bilinear": lambda a, b: a * b,
}


@pytest.mark.parametrize("name", GATES)
def test_value_and_gradient_are_those_of_torch(name):
    torch.testing.assert_close(gate(name)(A, B), TORCH[name](A, B))
    a, b = A.clone().requires_grad_(), B.clone().requires_grad_()
    expected = torch.autograd.grad(TORCH[name](a, b).sum(), (a, b))
    for found, wanted in zip(gate(name).gradient(A, B), expected, strict=True):
        torch.testing.assert_close(found, wanted)


@pytest.mark.parametrize("name", GATES)
def test_extreme_inputs_give_numbers(name):
    far = torch.tensor([-1e4, 1e4])
    assert gate(name)(far, far).isfinite().all()
    assert all(each.isfinite().all() for each in gate(name).gradient(far, far))


def test_an_unknown_gate_is_refused():
    with pytest.raises(InvalidValue, match="swiglu"):
        gate("door")
