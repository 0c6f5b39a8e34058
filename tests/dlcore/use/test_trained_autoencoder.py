"""Trained autoencoders: the bundled one draws digits and maps them, and other weights are refused."""

import json
from importlib import resources

import pytest
import torch

from dlcore import data
from dlcore.config.presets import PRESETS
from dlcore.config.run import RunConfig
from dlcore.errors import WeightsUnreadable
from dlcore.inspect import latent
from dlcore.models import files
from dlcore.models.build import build
from dlcore.use import classifier
from dlcore.use.autoencoder import DEFAULT, TrainedAutoencoder, bundled
from dlcore.use.classifier import Classifier

WEIGHTS = resources.files("dlcore.weights")


@pytest.fixture(scope="module")
def autoencoder():
    return TrainedAutoencoder.load(DEFAULT)


def test_classifiers_and_autoencoders_are_listed_apart():
    assert DEFAULT in bundled()
    assert set(classifier.bundled()) == {"reader", "cnn-64", "mlp"}
    assert not set(bundled()) & set(classifier.bundled())


def test_the_bundled_one_is_small_and_has_a_card(autoencoder):
    assert len(WEIGHTS.joinpath(f"{DEFAULT}.safetensors").read_bytes()) < 1_000_000
    card = json.loads(WEIGHTS.joinpath(f"{DEFAULT}.json").read_text(encoding="utf-8"))
    assert {"data", "command", "measured", "limits", "trained_on"} <= set(card)
    assert autoencoder.code_size == 2
    assert autoencoder.variational
    assert not autoencoder.conditional


def test_the_map_of_the_bundled_one_has_regions_of_digits(autoencoder):
    digits = data.load("digits")
    codes, query = (autoencoder.encode(split.images) for split in (digits.train, digits.test))
    assert latent.neighbour_accuracy(codes, digits.train.labels, query, digits.test.labels) > 0.5


def test_samples_of_the_bundled_one_look_like_digits(autoencoder):
    drawn = autoencoder.sample(200, seed=0)
    assert torch.equal(drawn, autoencoder.sample(200, seed=0))
    ink = drawn.mean((1, 2))
    assert 0.05 < ink.mean() < 0.2
    readings = Classifier.load("cnn-64").read(drawn.mul(255).round().to(torch.uint8)[:, None])
    assert sum(reading.is_digit for reading in readings) > 100


def test_what_was_trained_is_loaded_from_bytes_and_from_a_folder(tmp_path):
    config = RunConfig.of("cvae")
    content = files.save(build(config).state_dict(), config, threshold=0.0, labels=tuple("0123456789"), measured={})
    (tmp_path / "model.safetensors").write_bytes(content)
    labels = torch.tensor([1, 2])
    drawn = [
        TrainedAutoencoder.load(source).sample(2, 0, labels)
        for source in (content, tmp_path, tmp_path / "model.safetensors")
    ]
    assert torch.equal(drawn[0], drawn[1])
    assert torch.equal(drawn[0], drawn[2])
    assert TrainedAutoencoder.load(content).conditional


def test_weights_of_another_kind_are_refused_both_ways(tmp_path):
    mlp = RunConfig.of("mlp")
    content = files.save(build(mlp).state_dict(), mlp, threshold=0.0, labels=tuple("0123456789"), measured={})
    with pytest.raises(WeightsUnreadable, match="not an autoencoder"):
        TrainedAutoencoder.load(content)
    with pytest.raises(WeightsUnreadable, match="does not classify images"):
        Classifier.load(WEIGHTS.joinpath(f"{DEFAULT}.safetensors").read_bytes())
    with pytest.raises(WeightsUnreadable, match=DEFAULT):
        TrainedAutoencoder.load(tmp_path / "nothing")
    assert PRESETS[TrainedAutoencoder.load(DEFAULT).config.preset].kind == "autoencoder"


def test_files_that_have_no_end_or_are_too_large_are_refused_unread(tmp_path):
    with pytest.raises(WeightsUnreadable, match="no regular file"):
        TrainedAutoencoder.load("/dev/zero")
    with (tmp_path / "model.safetensors").open("wb") as file:
        file.truncate(files.MAX_BYTES + 1)
    with pytest.raises(WeightsUnreadable, match="larger than"):
        TrainedAutoencoder.load(tmp_path)


def test_an_autoencoder_that_does_not_name_its_classes_is_refused():
    config = RunConfig.of("autoencoder")
    content = files.save(build(config).state_dict(), config, threshold=0.0, labels=(), measured={})
    with pytest.raises(WeightsUnreadable, match="name 0 classes, but an autoencoder has 10"):
        TrainedAutoencoder.load(content)
