"""A network without its batch norms says the same, and one at another temperature says it more or less surely."""

import pytest
import torch

from dlcore.config.network_text import parse
from dlcore.errors import InvalidValue
from dlcore.models import folding
from dlcore.models.build import sequential

NORMED = (
    "conv 4 3x3, batch-norm, pool 2, relu, conv 6 3x3 stride 2, relu, batch-norm, flatten, dense 12, batch-norm, "
    "dense 10"
)
FOLDED = "conv 4 3x3, pool 2, relu, conv 6 3x3 stride 2, relu, batch-norm, flatten, dense 12, dense 10"


@pytest.fixture(scope="module")
def trained():
    """A network whose norms have moved away from where they began."""
    torch.manual_seed(0)
    model = sequential(parse(NORMED))
    for _ in range(5):
        model(torch.randn(16, 1, 28, 28) * 2 + 1)
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm1d | torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.weight, 0.5, 2)
            torch.nn.init.normal_(module.bias)
    return model.eval()


def test_norms_behind_weights_are_folded_and_others_stay(trained):
    x = torch.randn(8, 1, 28, 28)
    folded, network = folding.without_norms(trained, parse(NORMED))
    assert network == parse(FOLDED)
    assert sum(each.numel() for each in folded.parameters()) == network.parameters((1, 28, 28))
    assert torch.allclose(folded(x), trained(x), atol=1e-4)


def test_the_trained_network_stays_as_it_is(trained):
    before = {name: tensor.clone() for name, tensor in trained.state_dict().items()}
    folding.tempered(folding.without_norms(trained, parse(NORMED))[0], 2.0)
    folding.tempered(trained, 2.0)
    assert all(torch.equal(tensor, before[name]) for name, tensor in trained.state_dict().items())


def test_logits_are_divided_by_the_temperature(trained):
    x = torch.randn(8, 1, 28, 28)
    assert torch.allclose(folding.tempered(trained, 2.5)(x), trained(x) / 2.5, atol=1e-5)


def test_a_network_that_ends_otherwise_has_no_temperature():
    with pytest.raises(InvalidValue, match="ends with a dense layer"):
        folding.tempered(sequential(parse("conv 10 3x3, global-pool")), 2.0)
