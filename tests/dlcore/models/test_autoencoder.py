"""Autoencoders: exact sizes, codes and pictures, and the formulas of their papers."""

import pytest
import torch
from torch.distributions import Normal, kl_divergence

from dlcore.config.autoencoders import AutoencoderConfig
from dlcore.config.presets import PRESETS
from dlcore.config.run import RunConfig
from dlcore.errors import InvalidValue
from dlcore.models import files
from dlcore.models.autoencoder import build, kl, pixels

COUNTS = {"autoencoder": 50_992, "ae-deep": 218_514, "ae-conv": 118_913, "vae": 652_824, "cvae": 660_824}
IMAGES = torch.randint(0, 256, (3, 1, 28, 28), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
LABELS = torch.tensor([0, 5, 9])


@pytest.mark.parametrize("name", COUNTS)
def test_parameters_are_counted_exactly(name):
    config = RunConfig.of(name)
    assert sum(each.numel() for each in build(config).parameters()) == COUNTS[name] == config.model.parameters


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("autoencoder", {"hidden": "30", "code_size": 5}),
        ("ae-deep", {"hidden": "300, 30, 9"}),
        ("ae-conv", {"hidden": "3, 5", "code_size": 7}),
        ("cvae", {"hidden": "", "code_size": 3}),
    ],
)
def test_they_are_counted_without_torch_too(name, model):
    config = RunConfig.of(name, model=model)
    assert sum(each.numel() for each in build(config).parameters()) == config.model.parameters


def test_every_autoencoder_is_counted():
    assert {name for name, each in PRESETS.items() if each.kind == "autoencoder"} == set(COUNTS)


@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.parametrize("size", [2, 64])
def test_images_become_codes_and_codes_images(name, size):
    model = build(RunConfig.of(name, model={"code_size": size})).eval()
    code = model.encode(pixels(IMAGES), LABELS)
    drawn = model.decode(code, LABELS)
    assert code.shape == (3, size)
    assert drawn.shape == (3, 1, 28, 28)
    assert 0 <= drawn.min() <= drawn.max() <= 1
    assert torch.equal(model(pixels(IMAGES), LABELS), drawn)


@pytest.mark.parametrize("name", COUNTS)
def test_what_was_saved_encodes_and_decodes_the_same(name):
    config = RunConfig.of(name, training={"dropout": 0.2})
    model = build(config).eval()
    content = files.save(model.state_dict(), config, threshold=0.0, labels=(), measured={})
    loaded, header = files.load(content)
    assert header["config"] == config
    assert torch.equal(loaded(pixels(IMAGES), LABELS), model(pixels(IMAGES), LABELS))


def test_the_articles_network_is_two_layers():
    model = build(RunConfig.of("autoencoder"))
    state = model.state_dict()
    flat = pixels(IMAGES).flatten(1)
    code = (flat @ state["encoder.1.weight"].T + state["encoder.1.bias"]).relu()
    drawn = (code @ state["decoder.0.weight"].T + state["decoder.0.bias"]).sigmoid()
    torch.testing.assert_close(model.encode(pixels(IMAGES)), code)
    torch.testing.assert_close(model(pixels(IMAGES)).flatten(1), drawn)


def test_kl_is_torchs_own():
    mean, log_variance = torch.randn(2, 5, 7, generator=torch.Generator().manual_seed(1))
    torch_kl = kl_divergence(Normal(mean, (log_variance / 2).exp()), Normal(0.0, 1.0)).sum(1)
    torch.testing.assert_close(kl(mean, log_variance), torch_kl)
    assert kl(torch.zeros(1, 3), torch.zeros(1, 3)).item() == 0


def test_a_conditional_one_listens_to_the_class():
    model = build(RunConfig.of("cvae")).eval()
    code = torch.zeros(1, model.code_size)
    four, seven = (model.decode(code, torch.tensor([label])) for label in (4, 7))
    assert not torch.equal(four, seven)
    with pytest.raises(InvalidValue, match="given the class"):
        model.decode(code)
    with pytest.raises(InvalidValue, match="given the class"):
        model.encode(pixels(IMAGES), LABELS[:1])


@pytest.mark.parametrize("shape", [(28, 28), (1, 28, 28), (2, 3, 28, 28), (2, 1, 14, 14), (2, 784)])
def test_images_of_another_size_are_refused(shape):
    with pytest.raises(InvalidValue, match="images must have the shape"):
        build(RunConfig.of("ae-deep")).encode(torch.zeros(shape))


@pytest.mark.parametrize("shape", [(2,), (1, 3), (1, 1, 2)])
def test_codes_of_another_size_are_refused(shape):
    with pytest.raises(InvalidValue, match="a code must have the shape"):
        build(RunConfig.of("ae-deep")).decode(torch.zeros(shape))


@pytest.mark.parametrize("hidden", ["128;64", "0", "1000", "64, 64, 64, 64", "12.5", "-3", "64,,32", "٣"])
def test_layers_that_cannot_be_built_are_named(hidden):
    with pytest.raises(InvalidValue, match="hidden must be at most 3 numbers between 1 and 512"):
        AutoencoderConfig(hidden=hidden)


@pytest.mark.parametrize("hidden", ["", "16", "16, 16, 16"])
def test_convolutions_come_in_pairs(hidden):
    with pytest.raises(InvalidValue, match="two convolutions"):
        build(RunConfig.of("ae-conv", model={"hidden": hidden}))


def test_layers_are_written_in_one_way():
    assert AutoencoderConfig(hidden=" 300,30 ").hidden == "300, 30"
    assert AutoencoderConfig(hidden="300, 30").sizes == (300, 30)
    assert AutoencoderConfig().sizes == ()
