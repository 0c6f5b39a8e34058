"""The network of a run before its first step."""

import pytest
import torch

from dlcore.config.images import DataConfig
from dlcore.config.run import RunConfig
from dlcore.config.training import TrainingConfig
from dlcore.models.initial import initial
from dlcore.training.tasks.images.task import ImageTask


@pytest.mark.parametrize("preset", ["mlp", "cnn-128"])
def test_the_weights_before_training_are_those_that_the_run_began_with(preset):
    config = RunConfig.of(preset, DataConfig(train_size=40), TrainingConfig(seed=7), device="cpu")
    state = torch.random.get_rng_state()
    found = initial(config).state_dict()
    assert torch.equal(state, torch.random.get_rng_state())
    for name, each in ImageTask(config, torch.device("cpu")).model.state_dict().items():
        assert torch.equal(each, found[name])
