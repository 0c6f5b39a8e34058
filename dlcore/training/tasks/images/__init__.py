"""Images told apart by a network of blocks."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from dlcore.config.fields import DataSection
from dlcore.config.image_sets import IMAGE_SETS, SHAPE
from dlcore.config.images import CNN_64, DataConfig, ImageModel, ImageRun
from dlcore.config.kinds import KINDS, Kind
from dlcore.config.network import check_size
from dlcore.config.network_text import parse
from dlcore.config.presets import PRESETS, Preset
from dlcore.errors import InvalidValue

EVALUATION_BATCH = 1_000
OUTLIER_POOL = 10_000
SMALL_POOL = 1_000
"""For runs of seconds, which draw few: corrections, and copies of a handful of drawings."""
NO_CLASS = -1
"""The label of an outlier."""
OUTLIER_WEIGHT = 0.5
"""Weight of the loss on outliers, as in Hendrycks, Mazeika and Dietterich, 2019, arXiv:1812.04606."""


def _check(config: ImageRun) -> None:
    network = parse(config.model.network, SHAPE, config.data.classes)
    check_size(network, SHAPE, config.training.batch_size)
    if config.data.brought and not config.examples:
        raise InvalidValue(
            f"a run on {config.data.name!r} brings its images along: name them by their SHA-256 in examples"
        )
    if config.data.corrected and not config.examples:
        raise InvalidValue("share is that of corrections, which a run brings along: name their SHA-256 in examples")


def few(config: ImageRun) -> bool:
    """Whether a run learns from a handful of images: corrections, or copies of drawings."""
    return config.data.corrected or config.data.copies > 1


def pool(config: ImageRun) -> int:
    """How many outliers are made for a run."""
    return SMALL_POOL if few(config) else OUTLIER_POOL


def _named(config: ImageRun) -> str:
    wanted = config.model.network
    return next((each.name for each in _PRESETS if _fitted(each.model, config.data)["network"] == wanted), "")


def _fitted(model: Mapping[str, Any], data: DataSection) -> Mapping[str, Any]:
    return {**model, "network": _for_classes(model["network"], len(data.names))}


@cache
def _for_classes(network: str, classes: int) -> str:
    return parse(network).giving(classes).text


KIND = KINDS.register(
    Kind(
        name="image",
        title="tells images apart",
        data=DataConfig,
        model=ImageModel,
        preset="cnn-64",
        network="dlcore.models.build:image_network",
        task="dlcore.training.tasks.images.task:ImageTask",
        script="dlcore.training.tasks.images.script:part",
        unit="images",
        headline=("accuracy",),
        page="train",
        view="pages.parts.train.view:view",
        named=_named,
        summary=lambda config: config.model.value.summary,
        check=_check,
        fitted=_fitted,
        reads_images=lambda config: True,
    )
)


def _preset(name: str, title: str, network: str) -> Preset:
    return PRESETS.register(Preset(name, title, KIND.name, IMAGE_SETS, {"network": network}))


_BATCH_NORMED = "conv {0} 3x3{1} pad 1, batch-norm, relu, conv {0} 3x3 pad 1, batch-norm"
_PRESETS = (
    _preset("mlp", "MLP, one hidden layer", "flatten, dense 128, relu, dropout 0.2, dense 10"),
    _preset("cnn-64", "CNN, three convolutions", CNN_64),
    _preset(
        "cnn-128", "CNN, wide dense layer",
        "conv 32 3x3, pool 2, relu, conv 64 3x3, pool 2, relu, flatten, dropout 0, dense 128, relu, dense 10",
    ),
    _preset(
        "lenet-5", "LeNet-5, after LeCun et al. 1998",
        "conv 6 5x5 pad 2, tanh, average-pool 2, conv 16 5x5, tanh, average-pool 2, flatten, dense 120, tanh, "
        "dense 84, tanh, dense 10",
    ),
    _preset(
        "vgg", "Pairs of small convolutions, as VGG has them",
        "conv 16 3x3 pad 1, relu, conv 16 3x3 pad 1, pool 2, relu, conv 32 3x3 pad 1, relu, conv 32 3x3 pad 1, pool 2, "
        "relu, flatten, dropout 0, dense 64, relu, dense 10",
    ),
    _preset(
        "resnet", "A small ResNet",
        "conv 16 3x3 pad 1, batch-norm, relu, "
        f"residual({_BATCH_NORMED.format(16, '')}), relu, "
        f"residual({_BATCH_NORMED.format(32, ' stride 2')}; conv 32 1x1 stride 2), relu, "
        f"residual({_BATCH_NORMED.format(64, ' stride 2')}; conv 64 1x1 stride 2), relu, global-pool, dense 10",
    ),
    _preset(
        "all-conv", "Only convolutions, after Springenberg et al. 2015",
        "conv 16 3x3 pad 1, batch-norm, relu, conv 32 3x3 stride 2 pad 1, batch-norm, relu, "
        "conv 32 3x3 pad 1, batch-norm, relu, conv 64 3x3 stride 2 pad 1, batch-norm, relu, conv 10 1x1, global-pool",
    ),
    _preset(
        "reader", "CNN, four convolutions, for drawings",
        "conv 32 3x3, pool 2, relu, conv 64 3x3, relu, conv 64 3x3, pool 2, relu, conv 128 3x3, relu, flatten, "
        "dropout 0, dense 64, relu, dense 10",
    ),
    _preset(
        "ten-sigmoids", "Ten layers of sigmoids: learns badly, and shows why",
        f"flatten, {'dense 32, sigmoid, ' * 10}dense 10",
    ),
)  # fmt: skip
