"""Changed training images depend on what they show, not on the labels that they were given."""

import pytest
import torch

from dlcore.config.images import AUGMENTATIONS
from dlcore.config.run import RunConfig
from dlcore.training import task


def read(preset: str, noise: float) -> torch.Tensor:
    """What the network reads of the first training images."""
    config = RunConfig.of(preset, {"augment": AUGMENTATIONS, "label_noise": noise, "train_size": 300}, {"seed": 4})
    made = task.make(config, torch.device("cpu"), None)
    made.generator.manual_seed(0)
    torch.manual_seed(0)
    seen = []
    first = next(each for each in made.model.modules() if isinstance(each, torch.nn.Linear))
    first.register_forward_pre_hook(lambda module, given: seen.append(given[0].clone()))
    made.phases[0].loss(torch.arange(200))
    return seen[0]


@pytest.mark.parametrize("preset", ["mlp", "ae-deep"])
def test_wrong_labels_draw_no_other_habits(preset):
    assert torch.equal(read(preset, 0.9), read(preset, 0.0))
