"""Controls and configs: what one shows the other holds."""

import pytest

from dlcore.config.images import DataConfig
from dlcore.config.run import RunConfig
from dlcore.config.training import TrainingConfig
from dlcore.errors import InvalidValue
from pages.shared.settings import IMAGES as settings

UNUSUAL = RunConfig.of(
    "mlp",
    data=DataConfig("mnist", train_size=500, label_noise=0.2, augment=("affine", "pen"), outliers=0.1),
    training=TrainingConfig(optimizer="nesterov", learning_rate=0.0042, batch_size=100, epochs=3, dropout=0.5, seed=9),
    device="cpu",
)


@pytest.mark.parametrize("config", [RunConfig.of(), UNUSUAL])
def test_a_config_survives_the_controls(config):
    assert settings.read(settings.values(config)) == config


def test_controls_that_were_never_drawn_mean_the_defaults():
    assert settings.read({}) == RunConfig.of()


def test_values_from_a_forged_browser_are_checked_again():
    with pytest.raises(InvalidValue, match="epochs must be between 1 and 500"):
        settings.read(settings.values(RunConfig.of()) | {"epochs": 10**9})
