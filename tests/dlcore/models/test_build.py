"""The presets: exact parameter counts, and the function that their articles describe."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from dlcore.config.presets import PRESETS
from dlcore.config.run import RunConfig
from dlcore.config.training import TrainingConfig
from dlcore.data.pixels import normalise
from dlcore.models.build import build

IMAGE_PRESETS = [name for name, preset in PRESETS.items() if preset.kind == "image"]


@pytest.mark.parametrize("name", IMAGE_PRESETS)
def test_parameters_are_those_of_the_articles(name):
    counts = {
        "mlp": 101_770, "cnn-64": 93_322, "cnn-128": 225_034, "lenet-5": 61_706, "vgg": 117_434, "resnet": 77_898,
        "all-conv": 33_482, "reader": 163_082, "ten-sigmoids": 34_954,
    }  # fmt: skip
    config = RunConfig.of(name)
    assert sum(each.numel() for each in build(config).parameters()) == counts[name] == config.model.parameters


@pytest.mark.parametrize("name", IMAGE_PRESETS)
def test_images_become_ten_logits(name):
    images = torch.randint(0, 256, (3, 1, 28, 28), dtype=torch.uint8)
    assert build(RunConfig.of(name)).eval()(normalise(images)).shape == (3, 10)


@pytest.mark.parametrize("name", ["cnn-64", "cnn-128"])
def test_pool_before_relu_is_the_function_of_relu_before_pool(name):
    model = build(RunConfig.of(name)).eval()
    x = torch.randn(4, 1, 28, 28)
    expected = functional.max_pool2d(model.conv1(x).relu(), 2)
    expected = functional.max_pool2d(model.conv2(expected).relu(), 2)
    if name == "cnn-64":
        expected = model.conv3(expected).relu()
    expected = model.output(model.dense(expected.flatten(1)).relu())
    torch.testing.assert_close(model(x), expected)


@pytest.mark.parametrize(("own", "used"), [(None, 0.2), (0.0, 0.0), (0.7, 0.7)])
def test_dropout_is_the_presets_unless_the_run_sets_it(own, used):
    model = build(RunConfig.of("mlp", training=TrainingConfig(dropout=own)))
    assert next(each for each in model if isinstance(each, nn.Dropout)).p == used
