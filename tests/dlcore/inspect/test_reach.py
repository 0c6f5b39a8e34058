"""Receptive fields are where the gradient of a value by the image is not 0, if all weights are positive."""

import copy

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from dlcore.config.network_text import InvalidNetwork, parse
from dlcore.inspect.reach import boxes, field
from dlcore.inspect.walk import outputs, walk
from dlcore.models.build import sequential
from tests.dlcore.config.test_network import SHAPE

IMAGE = torch.zeros(SHAPE, dtype=torch.uint8)
EXAMPLES = (
    "conv 4 3x3, pool 2, conv 6 3x3, average-pool 2, flatten, dense 10",
    "conv 4 5x2 stride 3x2 pad 2x1, depthwise 3x3 pad 1, conv 8 3x3 groups 2 stride 2, global-pool, dense 10",
    "conv 4 1x1 stride 2, conv 4 3x3, flatten, relu, dense 10",
    "conv 4 3x3, residual(conv 4 3x1 pad 1x0; conv 4 1x3 pad 0x1), residual(conv 4 3x3 pad 1), flatten, dense 10",
    "pool 3 stride 2 pad 1, residual(residual(conv 1 3x3 pad 1), relu), flatten, dense 10",
    "conv 2 1x1 pad 3, flatten, dense 10",
)


def positive(text):
    """The network with weights of 1, in which means stand for maxima: both look at the whole window."""
    network = parse(text, SHAPE)
    model = sequential(network).eval()
    for each in model.parameters():
        each.data.fill_(1.0)
    means = copy.deepcopy(model)
    for module in list(means.modules()):
        for name, child in module.named_children():
            if isinstance(child, nn.MaxPool2d):
                setattr(module, name, nn.AvgPool2d(child.kernel_size, child.stride, child.padding))
    return walk(model, network, IMAGE), walk(means.double(), network, IMAGE)


def check(text, seed=0):
    seen, means = positive(text)
    chosen = torch.Generator().manual_seed(seed)
    found = [layer.step for layer in means.layers]
    for place in range(1, len(seen.layers) - 1):
        shape = seen.layers[place].shape
        at = tuple(int(torch.randint(each, (), generator=chosen)) for each in shape)
        signal = torch.full((1, *SHAPE), 0.5, requires_grad=True)
        given = {0: signal}
        for step in range(1, place + 1):
            given[step] = found[step]([given[each] for each in found[step].sources])
        (gradient,) = torch.autograd.grad(given[place][(0, *at)], signal, allow_unused=True)
        wanted = gradient[0, 0] != 0
        row, column = at[1:] if len(shape) == 3 else (0, at[0])
        assert torch.equal(field(seen, place, row, column), wanted), (place, at)
        maps = seen.layers[place].maps
        map, value = divmod(torch.arange(maps.numel()).reshape(shape)[at].item(), maps[0].numel())
        framed = torch.zeros(28, 28, dtype=torch.bool)
        top, bottom, left, right = boxes(seen, place, map)[value]
        framed[top : bottom + 1, left : right + 1] = True
        assert not (wanted & ~framed).any()
        if wanted.any():
            rows, columns = (wanted.any(side).nonzero().flatten() for side in (1, 0))
            assert (top, bottom, left, right) == (rows[0], rows[-1], columns[0], columns[-1])
        else:
            assert not framed.any()


@pytest.mark.parametrize("text", EXAMPLES)
@pytest.mark.parametrize("seed", range(3))
def test_a_field_is_where_the_gradient_is(text, seed):
    check(text, seed)


kernels = st.integers(1, 5)
words = st.one_of(
    st.builds(
        lambda c, a, b, s, p: f"conv {c} {a}x{b} stride {s} pad {p}", st.integers(1, 4), kernels, kernels,
        st.integers(1, 3), st.integers(0, 4),
    ),
    st.builds(lambda k: f"depthwise {k}x{k} pad {k // 2}", kernels),
    st.builds(lambda kind, k, s: f"{kind} {k} stride {s}", st.sampled_from(["pool", "average-pool"]), kernels, kernels),
    st.sampled_from(["relu", "batch-norm", "dropout 0.5", "residual(relu, batch-norm)"]),
    st.builds(lambda c, k: f"residual(conv {c} {k}x1 pad {k // 2}x0; conv {c} 1x1)", st.integers(1, 4),
              st.sampled_from([1, 3, 5])),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(words, min_size=1, max_size=5).map(", ".join))
def test_a_field_of_a_random_network_is_where_the_gradient_is(text):
    try:
        parse(f"{text}, flatten, dense 10", SHAPE)
    except InvalidNetwork:
        return
    check(f"{text}, flatten, dense 10")


def test_a_norm_over_a_sample_sees_all_that_the_sample_sees():
    for text, places in (("layer-norm", 784), ("conv 4 3x3, group-norm 2, relu", 784), ("conv 2 9x9 stride 9", 729)):
        seen, _ = positive(f"{text}, flatten, dense 10")
        assert field(seen, len(seen.layers) - 3, 0, 0).sum() == (81 if places == 729 else places)
        assert field(seen, len(seen.layers) - 2, 0, 0).sum() == places


def test_a_norm_in_groups_of_a_row_sees_the_rows_of_its_group():
    seen, _ = positive("flatten, group-norm 4, dense 10")
    assert torch.equal(field(seen, 2, 0, 30).any(1).nonzero().flatten(), torch.arange(7))


def test_a_step_is_computed_without_what_it_does_not_need():
    seen, _ = positive(EXAMPLES[0])
    given = outputs([layer.step for layer in seen.layers], IMAGE[None], 2)
    assert sorted(given) == [0, 1, 2]
