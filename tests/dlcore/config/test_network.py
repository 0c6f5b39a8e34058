"""Networks as text: what is typed comes back, shapes and costs are torch's, and mistakes are named where they are."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from dlcore.config import network as module
from dlcore.config.block import BLOCKS
from dlcore.config.images import ImageModel
from dlcore.config.network import check_size
from dlcore.config.network_text import InvalidNetwork, parse
from dlcore.config.run import RunConfig
from dlcore.errors import InvalidValue
from dlcore.functions.activations import ACTIVATIONS
from dlcore.models.build import sequential

SHAPE = (1, 28, 28)
EXAMPLES = (
    "conv 32 3x3, relu, pool 2, conv 64 3x3, relu, pool 2, conv 64 3x3, relu, flatten, dense 64, relu, dense 10",
    "conv 8 5x3 stride 2x1 pad 2 init he, batch-norm, silu 2, average-pool 3 stride 2 pad 1, flatten, dense 10",
    "conv 8 3x3 pad 1, residual(conv 8 3x3 pad 1, group-norm 4, relu, conv 8 3x3 pad 1), relu, global-pool, dense 10",
    "conv 6 3x3, residual(conv 12 3x3 pad 1 groups 3 stride 2; conv 12 1x1 stride 2), depthwise 3x3, "
    "layer-norm init zeros, flatten, dropout 0.25, dense 20 init orthogonal, layer-norm, leaky-relu 0.2, dense 10",
    "residual(conv 4 3x3 pad 1, residual(conv 4 1x1, batch-norm); conv 4 1x1), prelu, pool 2, flatten, hard-tanh -2 2, "
    "sine 3, dense 10",
)


def counted(model: nn.Module) -> int:
    return sum(each.numel() for each in model.parameters())


def measured(model: nn.Module) -> int:
    """Multiply-adds of one image, as torch counts them."""
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model.eval()(torch.zeros(1, *SHAPE))
    return counter.get_total_flops() // 2


@pytest.mark.parametrize("text", EXAMPLES)
def test_shapes_parameters_and_multiply_adds_are_torchs(text):
    network = parse(text, SHAPE, 10)
    model = sequential(network).eval()
    signal = torch.randn(2, *SHAPE)
    for row, (name, layer) in zip(network.rows(SHAPE), model.named_children(), strict=True):
        signal = layer(signal)
        assert (row.name, row.shape, row.parameters) == (name, tuple(signal.shape[1:]), counted(layer)), row.block.text
    assert network.parameters(SHAPE) == counted(model)
    assert network.multiply_adds(SHAPE) == measured(model)


@pytest.mark.parametrize("text", EXAMPLES)
def test_the_text_of_a_network_is_its_name(text):
    network = parse(text)
    assert parse(network.text) == network
    assert ImageModel(text.upper()).network == network.text, "however it is typed, it is kept in one form"


whole = st.integers(1, 12)
sizes = st.integers(1, 5)
words = st.one_of(
    st.builds(
        lambda c, a, b, s, p: f"conv {c} {a}x{b} stride {s} pad {p}", whole, sizes, sizes, st.integers(1, 3), sizes
    ),
    st.builds(
        lambda c, k, g: f"conv {c * g} {k}x{k} pad {k // 2} groups {g}", whole, sizes, st.sampled_from([1, 1, 2, 3])
    ),
    st.builds(
        lambda k, i: f"depthwise {k}x{k} pad {k // 2} init {i}", sizes, st.sampled_from(["he", "xavier", "torch"])
    ),
    st.builds(lambda kind, k: f"{kind} {k}", st.sampled_from(["pool", "average-pool"]), sizes),
    st.sampled_from(
        ["batch-norm", "layer-norm", "group-norm 1", "group-norm 2", "dropout 0.5", "global-pool", "flatten"]
    ),
    st.sampled_from(sorted(ACTIVATIONS)),
    st.builds("dense {}".format, whole),
    st.builds(lambda c: f"residual(conv {c} 3x3 pad 1, relu; conv {c} 1x1)", whole),
    st.sampled_from(["residual(relu, batch-norm)", "residual(conv 4 3x3 pad 1)"]),
)


def read(text, shape=None):
    """The network, or why it is none."""
    try:
        return parse(text, shape)
    except InvalidNetwork as error:
        return error


@settings(max_examples=120)
@given(st.lists(words, min_size=1, max_size=7).map(", ".join))
def test_a_random_network_fits_as_it_does_in_torch_or_is_a_sentence_that_names_a_block(text):
    network = read(text, SHAPE)
    if isinstance(network, InvalidNetwork):
        assert str(network).startswith("block ")
        assert text[network.position].isalpha(), "it points to the start of a block"
        return
    model = sequential(network).eval()
    rows = network.rows(SHAPE)
    assert tuple(model(torch.randn(2, *SHAPE)).shape[1:]) == rows[-1].shape
    assert network.parameters(SHAPE) == counted(model)
    assert network.multiply_adds(SHAPE) == measured(model)
    assert parse(network.text, SHAPE) == network


@settings(max_examples=200)
@given(st.text(alphabet="conv pool,()x;3 -.edils×∞\n", max_size=60) | st.text(max_size=40))
def test_no_text_gives_anything_but_a_network_or_a_sentence(text):
    found = read(text)
    if isinstance(found, InvalidNetwork):
        assert 0 <= found.position <= len(text)
        assert found.pointer.endswith("^")
    else:
        assert parse(found.text) == found


@pytest.mark.parametrize(
    ("text", "sentence", "place"),
    [
        ("covn 3", "block 1: 'covn' is no block: did you mean conv?", 0),
        ("relu, conv", "block 2: conv needs the number of maps here, as in conv 32 3x3", 10),
        ("conv 8 strid 2", "block 1: 'strid' does not belong to conv: stride, pad, groups, init or a comma", 7),
        ("conv 8 3x3 relu", "block 1: a comma is missing before 'relu'", 11),
        ("conv 5000", "channels must be a whole number between 1 and 1024, got '5000'", 5),
        ("conv 8 3x99", "kernel must be a size such as 3x3, each side between 1 and 28, got '3x99'", 7),
        ("dropout 1", "dropout: rate must be a number between 0 and 0.9, got '1'", 8),
        ("conv 8 3x3 init kaiming", "init must be one of torch, he, xavier", 16),
        ("relu 3", "'3' is too much here: a comma and the next block would fit", 5),
        ("residual(relu", "a closing parenthesis or a comma is missing", 13),
        ("relu)", "a closing parenthesis or semicolon has no residual(", 4),
        ("flatten, dropout 0,5, dense 10", "block 3: decimals are written with a point, as in 0.5", 19),
        ("relu,, relu", "block 2: a block is missing here", 5),
        ("", "block 1: a block is missing here", 0),
        ("dense 10", "block 1, dense 10: dense reads plain numbers, but is given 1×28×28: put flatten", 0),
        ("flatten, pool 2", "block 2, pool 2: pool reads images, but is given 784 numbers", 9),
        ("pool 7, conv 3 5x5", "block 2, conv 3 5x5: conv with a window of 5×5 is given 1×4×4: 4×4 is the largest", 8),
        ("conv 6 3x3, conv 8 3x3 groups 4", "conv in 4 groups is given 6 maps: groups 2 would fit", 12),
        ("conv 6 3x3, group-norm 4", "given 6 maps: group-norm 2 would fit", 12),
        ("residual(conv 8 3x3 pad 1)", "the inner one gives 8×28×28 and the shortcut 1×28×28", 0),
        ("relu, residual(relu, dense 3)", "block 2, dense 3: dense reads plain numbers", 21),
        ("flatten, dense 12", "gives 12 numbers at its end, but 10 classes are to be told apart: end with dense 10", 9),
        ("conv 8 3x3", "gives 8×26×26 at its end", 0),
    ],
)
def test_a_mistake_is_named_with_its_block_its_character_and_what_would_fit(text, sentence, place):
    with pytest.raises(InvalidNetwork) as caught:
        parse(text, SHAPE, 10)
    assert sentence in str(caught.value)
    assert caught.value.position == place
    assert str(caught.value).endswith(f"(character {place + 1})")


def test_too_long_too_many_and_too_deep_are_sentences():
    for text in ("relu, " * 400 + "relu", "x" * 3_000, "residual(" * 6 + "relu" + ")" * 6, ", ".join(["relu"] * 101)):
        with pytest.raises(InvalidNetwork, match=r"may (have|be nested)"):
            parse(text)


@pytest.mark.parametrize(
    ("network", "batch", "figure"),
    [
        ("flatten, dense 4096, relu, dense 4096, relu, dense 10", 64, "20,037,642, 16,781,312 of them in dense 4096"),
        (
            "conv 256 3x3, relu, conv 256 3x3, relu, global-pool, dense 10",
            64,
            "341,298,688, 339,738,624 of them in conv 256 3x3",
        ),
        ("conv 64 3x3, relu, conv 64 3x3, relu, global-pool, dense 10", 4096, "GB of memory"),
    ],
)
def test_a_network_that_is_too_large_is_refused_with_its_figure(network, batch, figure):
    with pytest.raises(InvalidValue) as caught:
        RunConfig.of(network, training={"batch_size": batch})
    assert figure in str(caught.value)


def test_memory_is_estimated_as_what_the_layers_give_and_their_gradients():
    network = parse(EXAMPLES[2], SHAPE)
    kept = []
    model = sequential(network)
    for layer in model.modules():
        if not list(layer.children()) or isinstance(layer, nn.Sequential) is False:
            layer.register_forward_hook(lambda _, __, output: kept.append(math.prod(output.shape)))
    model(torch.randn(3, *SHAPE))
    least = 3 * module.BYTES_A_VALUE * network.rows(SHAPE)[0].shape[0] * 28 * 28
    assert least < network.bytes(SHAPE, 3) - 16 * network.parameters(SHAPE) <= module.BYTES_A_VALUE * sum(kept)
    check_size(network, SHAPE, 64)


def test_presets_are_names_for_texts():
    for name in ("mlp", "cnn-64", "cnn-128"):
        config = RunConfig.of(name)
        assert RunConfig.of(config.model.network) == config
        assert (config.name, config.summary, config.kind) == (name, name, "image")
    assert RunConfig.of("flatten, dense 10").name == "network"
    assert RunConfig.of("flatten, dense 10").summary == "dense 10"
    assert len(RunConfig.of(EXAMPLES[0]).summary) <= 48


def test_every_block_says_what_it_is_and_its_example_can_be_read():
    for each in BLOCKS.values():
        assert each.about.endswith(".")
        assert parse(each.example).blocks[0].name == each.name


def test_the_runs_dropout_takes_the_place_of_the_networks_own():
    text = "conv 4 3x3, dropout 0.1, residual(dropout 0.3, relu), flatten, dropout 0.2, dense 10"
    changed = parse(text).with_dropout(0.5)
    assert changed.text == text.replace("0.1", "0.5").replace("0.2", "0.5").replace("0.3", "0.5")
    assert ImageModel(text).dropout == 0.1
    assert RunConfig.of(text, training={"dropout": 0.5}).dropout == 0.5
