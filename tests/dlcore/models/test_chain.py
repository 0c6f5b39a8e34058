"""The hand-written chain of dense layers against autograd, whatever stands between the layers."""

import pytest
import torch
from torch import nn

from dlcore.config.network_text import parse
from dlcore.functions.activations import ACTIVATIONS
from dlcore.models.build import sequential
from dlcore.models.chain import Chain

BETWEEN = [name for name, each in ACTIVATIONS.items() if not each.learned]
NETWORKS = [
    *(f"dense 7, {name}, dense 5, {name}, dense 3" for name in BETWEEN),
    "dense 3",
    "dense 6, sigmoid, tanh, relu, dense 3",
    "dense 6, tanh, dropout 0.4, dense 5, relu, dropout 0.2, dense 3",
    "dropout 0.3, dense 6, linear, sine, dense 3, tanh",
]


def network(text):
    torch.manual_seed(1)
    return sequential(parse(text), (4,))


@pytest.mark.parametrize("text", NETWORKS)
def test_outputs_and_gradients_are_those_of_autograd(text):
    theirs, ours = network(text), network(text)
    chain = Chain(ours)
    torch.manual_seed(2)
    inputs, pull = torch.randn(11, 4), torch.randn(11, 3)
    for _ in range(2):  # the second time gradients are written over, not added up
        torch.manual_seed(3)
        expected = theirs(inputs)
        torch.manual_seed(3)
        found = chain.forward(inputs)
        torch.testing.assert_close(found, expected.detach(), rtol=1e-6, atol=1e-7)
        theirs.zero_grad()
        if expected.requires_grad:
            expected.backward(pull)
        chain.backward(pull)
        for one, other in zip(ours.parameters(), theirs.parameters(), strict=True):
            wanted = torch.zeros_like(other) if other.grad is None else other.grad
            torch.testing.assert_close(one.grad, wanted, rtol=1e-5, atol=1e-6)


def test_the_vector_the_model_and_an_optimizer_move_the_same_numbers():
    model = network("dense 6, tanh, dense 3")
    before = nn.utils.parameters_to_vector(model.parameters()).detach().clone()
    chain = Chain(model)
    assert torch.equal(chain.vector, before)
    chain.backward(torch.ones_like(chain.forward(torch.randn(5, 4))))
    torch.optim.SGD(model.parameters(), lr=0.5, fused=True).step()
    torch.testing.assert_close(chain.vector, before - 0.5 * chain.gradient)
    chain.vector.zero_()
    assert not any(each.any() for each in model.parameters())
    model.load_state_dict(network("dense 6, tanh, dense 3").state_dict())
    assert torch.equal(chain.vector, before)
