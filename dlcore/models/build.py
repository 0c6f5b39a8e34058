"""From a config to a network."""

from torch import Tensor, nn

from dlcore.models.presets import preset
from dlcore.training.config import RunConfig

CLASSES = 10
MEAN, STD = 0.1307, 0.3081
CHANNELS = {"cnn-64": (32, 64, 64), "cnn-128": (32, 64)}


def build(config: RunConfig) -> nn.Module:
    """The network of `config.preset`.

    Those that read images give logits (N, 10) of images float32 (N, 1, 28, 28) as `normalise` makes them.
    """
    kind = preset(config.preset).kind
    if kind == "recurrent":
        from dlcore.models import rnn

        return rnn.build(config)
    if kind == "autoencoder":
        from dlcore.models import autoencoder

        return autoencoder.build(config)
    if config.preset == "mlp":
        return mlp(hidden=128, dropout=config.dropout)
    dense = 64 if config.preset == "cnn-64" else 128
    return cnn(CHANNELS[config.preset], dense, config.dropout)


def normalise(images: Tensor) -> Tensor:
    """uint8 images, 0 to 255 → float32 with MNIST's mean 0 and deviation 1, used for every image set."""
    return standardise(images.float().div_(255))


def standardise(images: Tensor) -> Tensor:
    """float32 images, 0 to 1 → MNIST's mean 0 and deviation 1."""
    return images.sub(MEAN).div_(STD)


def mlp(hidden: int, dropout: float) -> nn.Sequential:
    """784 → hidden ReLU → dropout → 10 logits."""
    model = nn.Sequential()
    model.add_module("flatten", nn.Flatten())
    model.add_module("hidden", nn.Linear(28 * 28, hidden))
    model.add_module("relu", nn.ReLU())
    model.add_module("dropout", nn.Dropout(dropout))
    model.add_module("output", nn.Linear(hidden, CLASSES))
    return model


def cnn(channels: tuple[int, ...], dense: int, dropout: float) -> nn.Sequential:
    """3×3 convolutions without padding, 2×2 pools after the first two, ReLU, then dense → 10 logits.

    The pool stands before the ReLU: max and ReLU commute, and a quarter of the values is left to clip.
    """
    model = nn.Sequential()
    before, side = 1, 28
    for depth, after in enumerate(channels, start=1):
        model.add_module(f"conv{depth}", nn.Conv2d(before, after, 3))
        before, side = after, side - 2
        if depth <= 2:
            model.add_module(f"pool{depth}", nn.MaxPool2d(2))
            side //= 2
        model.add_module(f"relu{depth}", nn.ReLU())
    model.add_module("flatten", nn.Flatten())
    model.add_module("dropout", nn.Dropout(dropout))
    model.add_module("dense", nn.Linear(before * side * side, dense))
    model.add_module("relu", nn.ReLU())
    model.add_module("output", nn.Linear(dense, CLASSES))
    return model
