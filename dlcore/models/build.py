"""From a config to a network."""

from torch import nn

from dlcore.config.block import Shape
from dlcore.config.image_sets import SHAPE
from dlcore.config.images import ImageRun, described
from dlcore.config.network import Network
from dlcore.config.run import RunConfig


def build(config: RunConfig) -> nn.Module:
    """The network of a run of any kind.

    Those that read images give logits (N, C) of images float32 (N, 1, 28, 28) as `data.pixels.normalise` makes them.
    """
    return config.about.find("network")(config)


def image_network(config: ImageRun) -> nn.Sequential:
    """A network of blocks; the run's dropout, if it has one, takes the place of the network's own."""
    return sequential(described(config))


def sequential(network: Network, given: Shape = SHAPE) -> nn.Sequential:
    """The blocks as torch modules, each under its name, for inputs (N, *given), by default images (N, 1, 28, 28)."""
    model = nn.Sequential()
    for row in network.rows(given):
        model.add_module(row.name, row.call.make())
    return model
