"""The presets: exact parameter counts, and the function that their articles describe."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from dlcore.models.build import build, normalise
from dlcore.models.presets import PRESETS
from dlcore.training.config import RunConfig, TrainingConfig

IMAGE_PRESETS = [name for name, preset in PRESETS.items() if preset.kind == "image"]


@pytest.mark.parametrize("name", IMAGE_PRESETS)
def test_parameters_are_those_of_the_articles(name):
    counts = {"mlp": 101_770, "cnn-64": 93_322, "cnn-128": 225_034}
    model = build(RunConfig(name))
    assert sum(each.numel() for each in model.parameters()) == counts[name] == PRESETS[name].parameters


@pytest.mark.parametrize("name", IMAGE_PRESETS)
def test_images_become_ten_logits(name):
    images = torch.randint(0, 256, (3, 1, 28, 28), dtype=torch.uint8)
    assert build(RunConfig(name)).eval()(normalise(images)).shape == (3, 10)


@pytest.mark.parametrize("name", ["cnn-64", "cnn-128"])
def test_pool_before_relu_is_the_function_of_relu_before_pool(name):
    model = build(RunConfig(name)).eval()
    x = torch.randn(4, 1, 28, 28)
    expected = functional.max_pool2d(model.conv1(x).relu(), 2)
    expected = functional.max_pool2d(model.conv2(expected).relu(), 2)
    if name == "cnn-64":
        expected = model.conv3(expected).relu()
    expected = model.output(model.dense(expected.flatten(1)).relu())
    torch.testing.assert_close(model(x), expected)


def test_normalise_gives_mnists_mean_and_deviation():
    images = torch.tensor([0, 255], dtype=torch.uint8).view(2, 1, 1, 1)
    assert normalise(images).flatten().tolist() == pytest.approx([-0.1307 / 0.3081, (1 - 0.1307) / 0.3081])


@pytest.mark.parametrize(("own", "used"), [(None, 0.2), (0.0, 0.0), (0.7, 0.7)])
def test_dropout_is_the_presets_unless_the_run_sets_it(own, used):
    model = build(RunConfig("mlp", training=TrainingConfig(dropout=own)))
    assert next(each for each in model if isinstance(each, nn.Dropout)).p == used
