"""One image through a network, layer by layer: every value is made of what the recipe says."""

import re

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcore import data
from dlcore.config.images import described
from dlcore.config.network_text import InvalidNetwork, parse
from dlcore.data.pixels import normalise
from dlcore.errors import InvalidValue
from dlcore.inspect.exciting import exciting
from dlcore.inspect.opened import recipe
from dlcore.inspect.recipes import Largest, Norm, WeightedSum
from dlcore.inspect.walk import walk
from dlcore.models.build import sequential
from dlcore.use.classifier import Classifier
from tests.dlcore.config.test_network import EXAMPLES, SHAPE, words

IMAGES = data.load("digits").test.images
EVERY_KIND = (
    *EXAMPLES,
    "conv 6 3x3 stride 2 pad 1, depthwise 2x4 stride 1x2, conv 9 1x3 groups 3, relu, flatten, group-norm 2, dense 10",
    "conv 4 5x5 pad 3 stride 3x2, pool 3 stride 2 pad 1, average-pool 2x3 stride 1 pad 1, batch-norm, global-pool, "
    "batch-norm, dense 10",
    "conv 3 3x3, batch-norm, leaky-relu 0.3, flatten, batch-norm, prelu, dropout 0.5, dense 12, tanh, dense 10",
)


def untrained(text):
    """A network with random weights, and norms that have seen something."""
    network = parse(text, SHAPE)
    torch.manual_seed(5)
    model = sequential(network)
    for name, each in model.named_buffers():
        if name.endswith(("running_mean", "running_var")):
            each.uniform_(0.2, 2.0)
    for each in model.parameters():
        each.data.add_(torch.empty_like(each).uniform_(-0.1, 0.1))
    return model.eval(), network


def check(text, image=IMAGES[3]):
    model, network = untrained(text)
    seen = walk(model, network, image)
    logits = seen.layers[-2].output
    assert torch.allclose(logits, model(normalise(image[None]))[0], rtol=1e-5, atol=1e-5)
    chosen = torch.Generator().manual_seed(1)
    for place, layer in enumerate(seen.layers):
        maps = layer.maps
        size = max(1.0, float(layer.output.abs().max()))
        for _ in range(4):
            map, row, column = (int(torch.randint(each, (), generator=chosen)) for each in maps.shape)
            found = recipe(seen, place, map)
            assert abs(found.value(row, column) - maps[map, row, column].item()) <= 1e-5 * size, layer.step
            assert found.latex(row, column).startswith(found.formula)


@pytest.mark.parametrize("text", EVERY_KIND)
def test_every_value_of_every_kind_of_layer_is_made_of_what_its_recipe_says(text):
    check(text)


@settings(max_examples=60, deadline=None)
@given(st.lists(words, min_size=1, max_size=7).map(", ".join))
def test_every_value_of_a_random_network_is_made_of_what_its_recipe_says(text):
    try:
        network = parse(f"{text}, flatten, dense 10", SHAPE)
    except InvalidNetwork:
        return
    check(network.text)


@pytest.mark.parametrize("stride", ["1", "2", "1x3"])
@pytest.mark.parametrize("pad", ["0", "2", "1x0"])
@pytest.mark.parametrize("groups", [1, 2, 4])
@pytest.mark.parametrize("kernel", ["3x3", "2x5"])
def test_convolutions_of_every_stride_padding_and_groups(stride, pad, groups, kernel):
    text = f"conv 4 3x3 stride 2, conv 8 {kernel} stride {stride} pad {pad} groups {groups}, global-pool, dense 10"
    model, network = untrained(text)
    seen = walk(model, network, IMAGES[1])
    maps = seen.layers[2].maps
    for map in range(8):
        found = recipe(seen, 2, map)
        for row, column in ((0, 0), (maps.shape[1] - 1, maps.shape[2] - 1), (3, 2)):
            assert isinstance(found, WeightedSum)
            assert found.patch(row, column).shape == found.kernel.shape == (4 // groups, *found.size)
            assert found.value(row, column) == pytest.approx(maps[map, row, column].item(), abs=1e-5)


def test_a_sum_is_written_with_its_numbers():
    seen = walk(*untrained("conv 2 3x3, flatten, dense 10"), IMAGES[0])
    written = recipe(seen, 1, 0).latex(4, 4)
    assert written.startswith(r"y = \sum_i x[i]\,k[i] + b = ")
    assert written.count(r"\cdot") == 9
    assert len(recipe(seen, 3, 0).latex(0, 0)) < 600, "a long sum is shortened"


def test_the_winner_of_a_pool_is_where_its_value_comes_from():
    seen = walk(*untrained("conv 2 3x3, pool 3 stride 2 pad 1, flatten, dense 10"), IMAGES[0])
    before, after = seen.layers[1].maps, seen.layers[2].maps
    found = recipe(seen, 2, 1)
    assert isinstance(found, Largest)
    for row, column in ((0, 0), (5, 7), (12, 12)):
        assert before[1][found.winner(row, column)] == after[1, row, column]


def test_norms_say_over_what():
    text = "conv 4 3x3, batch-norm, layer-norm, group-norm 2, flatten, dense 10"
    seen = walk(*untrained(text), IMAGES[0])
    over = [found.over for place in (2, 3, 4) if isinstance(found := recipe(seen, place, 0), Norm)]
    assert "running mean" in over[0]
    assert over[1:] == [
        "the mean and variance of all 2,704 values that it reads of this image",
        "the mean and variance of the 1,352 values of its group",
    ]


def test_residual_groups_are_walked_into():
    text = "conv 4 3x3 pad 1, residual(conv 4 3x3 pad 1, residual(relu, conv 4 1x1); conv 4 1x1), flatten, dense 10"
    seen = walk(*untrained(text), IMAGES[0])
    paths = [(each.step.path, each.step.title, each.step.group, each.step.way) for each in seen.layers[2:8]]
    assert paths == [
        ("residual.through.0", "conv 4 3×3 pad 1", "residual", "through"),
        ("residual.through.1.through.0", "relu", "residual.through.1", "through"),
        ("residual.through.1.through.1", "conv 4 1×1", "residual.through.1", "through"),
        ("residual.through.1", "sum of both ways", "residual", "through"),
        ("residual.around.0", "conv 4 1×1", "residual", "around"),
        ("residual", "sum of both ways", "", ""),
    ]


def test_a_dense_layer_behind_an_image_has_kernels_of_its_shape():
    seen = walk(*untrained("conv 4 3x3, pool 2, flatten, relu, dense 10"), IMAGES[0])
    found = recipe(seen, 5, 7)
    assert isinstance(found, WeightedSum)
    assert found.kernel.shape == (4, 13, 13)
    assert seen.layers[5].maps.shape == (10, 1, 1)
    assert seen.layers[4].maps.shape == (4, 13, 13)


@pytest.mark.parametrize("name", ["mlp", "cnn-64"])
def test_the_bundled_networks_end_in_their_own_probabilities(name):
    classifier = Classifier.load(name)
    before = {key: each.clone() for key, each in classifier.model.state_dict().items()}
    seen = walk(classifier.model, described(classifier.config), IMAGES[2])
    assert torch.allclose(seen.probabilities, classifier.logits(IMAGES[2:3]).softmax(1)[0], atol=1e-6)
    assert all(torch.equal(before[key], each) for key, each in classifier.model.state_dict().items())


def test_what_cannot_be_walked_is_refused_with_a_sentence():
    model, network = untrained("flatten, dense 10")
    with pytest.raises(InvalidValue, match=re.escape("uint8 (1, 28, 28), got torch.float32")):
        walk(model, network, torch.zeros(1, 28, 28))
    with pytest.raises(InvalidValue, match="no chain of layers"):
        walk(model, parse("flatten, dense 10, relu"), IMAGES[0])
    seen = walk(model, network, IMAGES[0])
    for place, map in ((9, 0), (2, 10), (-1, 0), (True, 0)):
        with pytest.raises(InvalidValue, match="whole number from 0 to"):
            recipe(seen, place, map)


def test_the_images_that_excite_a_map_most_are_those_with_its_largest_values():
    model, network = untrained("conv 4 3x3, relu, flatten, dense 10")
    seen = walk(model, network, IMAGES[0])
    found = exciting(seen, IMAGES, 2, count=5)
    every = torch.relu(model[0](normalise(IMAGES))).detach().amax((2, 3))
    assert found.seen == len(IMAGES)
    assert torch.allclose(found.values, every.topk(5, dim=0).values.T, rtol=1e-5)
    for map in range(4):
        assert torch.allclose(every[found.indices[map], map], found.values[map], rtol=1e-5)


def test_the_search_for_exciting_images_ends_in_time_and_says_how_far_it_came():
    seen = walk(*untrained("conv 4 3x3, relu, flatten, dense 10"), IMAGES[0])
    assert exciting(seen, IMAGES, 1, seconds=0).seen == 128
    assert exciting(seen, IMAGES[:3], 4).indices.shape == (10, 3)
    assert exciting(seen, IMAGES[:0], 4).indices.shape == (10, 0)
