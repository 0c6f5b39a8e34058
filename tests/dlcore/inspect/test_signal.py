"""One step of training, watched: what is counted is what torch says, and watching changes nothing."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from dlcore.config.network_text import parse
from dlcore.inspect.signal import BINS, EDGES, Signal, Watch, histogram, idle, moments
from dlcore.models.build import sequential

NETWORK = "conv 4 3x3, batch-norm, relu, residual(conv 4 3x3 pad 1, tanh), pool 2, flatten, dropout 0.1, dense 10"


@pytest.fixture
def model():
    torch.manual_seed(0)
    return sequential(parse(NETWORK))


def step(model: nn.Module, watch: Watch | None = None) -> Signal | None:
    """One optimizer step on a fixed batch, watched or not."""
    torch.manual_seed(1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    images, labels = torch.randn(8, 1, 28, 28), torch.arange(8)
    if watch:
        watch.begin()
    functional.cross_entropy(model(images), labels).backward()
    if watch:
        watch.look()
    optimizer.step()
    return watch.end() if watch else None


def test_every_layer_that_changes_values_is_seen_in_its_order(model):
    seen = step(model, Watch(model))
    assert seen.names == (
        "conv", "batch-norm", "relu", "residual.through.0", "residual.through.1", "pool", "output",
    )  # fmt: skip


def test_sizes_are_torchs(model):
    before = model.conv.weight.detach().clone()
    seen = step(model, Watch(model))
    after, gradient = model.conv.weight.detach(), model.conv.weight.grad
    expected = [before.norm(), gradient.norm(), (after - before).norm()]
    np.testing.assert_allclose(seen.sizes[0, :3], torch.stack(expected).numpy(), rtol=1e-5)
    assert seen.update_ratios[0] == pytest.approx(0.1 * float(gradient.norm() / before.norm()), rel=1e-4)
    assert np.isnan(seen.update_ratios[2])
    assert np.isnan(seen.sizes[2, :3]).all()
    assert seen.sizes[2, 3] > 0


def test_histograms_are_shares(model):
    seen = step(model, Watch(model))
    for each in (seen.weights[0], seen.gradients[0], *seen.activations):
        assert each.sum() == pytest.approx(1, abs=1e-5)
    assert seen.weights[2].sum() == 0, "a ReLU has none"


def test_watching_changes_nothing(model):
    other = sequential(parse(NETWORK))
    other.load_state_dict(model.state_dict())
    step(model, Watch(model))
    step(other)
    for name, value in model.state_dict().items():
        assert torch.equal(value, other.state_dict()[name]), name


def test_nothing_is_left_behind(model):
    watch = Watch(model)
    step(model, watch)
    assert not watch.watching
    assert not any(each._forward_hooks for each in model.modules())
    watch.begin()
    watch.cancel()
    assert not any(each._forward_hooks for each in model.modules())


def test_a_snapshot_holds_it_all(model):
    seen = step(model, Watch(model))
    back = Signal.of(seen.arrays())
    assert back.names == seen.names
    for name, array in seen.arrays().items():
        np.testing.assert_array_equal(array, back.arrays()[name])


@pytest.mark.parametrize(("value", "place"), [(0.0, BINS // 2), (-1e9, 0), (1e9, BINS - 1), (float("nan"), BINS - 1)])
def test_every_value_has_a_bin(value, place):
    found = histogram(torch.tensor([value]))
    assert found[place] == 1
    assert found.sum() == 1


def test_bins_are_alike_on_both_sides_of_zero():
    assert torch.equal(EDGES, -EDGES.flip(0))
    values = torch.randn(1000) * 10 ** torch.empty(1000).uniform_(-5, 1)
    np.testing.assert_allclose(histogram(-values), histogram(values)[::-1])


def test_large_layers_are_sampled_evenly():
    values = torch.cat((torch.full((3_000_000,), 0.5), torch.full((1_000_000,), -2.0)))
    found = histogram(values)
    assert sorted(found[found > 0]) == pytest.approx([0.25, 0.75], abs=1e-3)


def test_dead_units_are_those_that_give_nothing_for_every_sample():
    units = torch.tensor([[0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 2.0, 0.0]])
    assert idle(nn.ReLU(), units) == 0.5
    maps = torch.zeros(2, 4, 3, 3)
    maps[1, 0, 2, 2] = 1.0
    assert idle(nn.ReLU(), maps) == 0.75
    assert np.isnan(idle(nn.GELU(), units))


def test_saturated_values_are_near_an_end():
    values = torch.tensor([[0.0, 0.995, 0.5, 0.2]])
    assert idle(nn.Sigmoid(), values) == 0.5
    assert idle(nn.Tanh(), torch.tensor([[-0.999, 0.0]])) == 0.5


def test_looked_at_are_early_steps_the_ends_of_epochs_and_few_in_between():
    assert moments(17, 2) == {0, 1, 3, 10, 16, 30, 33}
    long = moments(860, 200)
    assert len(long) < 200 + 6 + 97
    assert {859, 1719, 171_999} < long
    gaps = np.diff(sorted(moments(10_000, 1)))[6:]
    assert gaps.max() == 200
