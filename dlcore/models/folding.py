"""The same function with fewer modules, or at another temperature: what the weights before it can do as well."""

import copy

import torch
from torch import nn
from torch.nn.utils import fusion

from dlcore.config.network import Network
from dlcore.errors import InvalidValue
from dlcore.models.build import sequential


def without_norms(model: nn.Sequential, network: Network) -> tuple[nn.Sequential, Network]:
    """A network whose convolutions and dense layers do the work of the batch norms behind them.

    A batch norm stays where it stands behind another block. In eval mode the outputs are the same but for rounding.
    model: the trained modules of `network`
    Returns the modules of the smaller network, and that network.
    """
    kept = []
    for block, layer in zip(network.blocks, copy.deepcopy(model).eval(), strict=True):
        before = kept[-1][1] if kept else None
        if isinstance(layer, nn.BatchNorm2d) and isinstance(before, nn.Conv2d):
            kept[-1] = kept[-1][0], fusion.fuse_conv_bn_eval(before, layer)
        elif isinstance(layer, nn.BatchNorm1d) and isinstance(before, nn.Linear):
            kept[-1] = kept[-1][0], fusion.fuse_linear_bn_eval(before, layer)
        else:
            kept.append((block, layer))
    smaller = Network(tuple(block for block, _ in kept))
    result = sequential(smaller)
    for own, (_, layer) in zip(result, kept, strict=True):
        own.load_state_dict(layer.state_dict())
    return result.eval(), smaller


@torch.no_grad()
def tempered(model: nn.Sequential, temperature: float) -> nn.Sequential:
    """A network whose logits are those of `model` divided by `temperature`: its last dense layer does it.

    Raises InvalidValue if the network does not end with one.
    """
    result = copy.deepcopy(model)
    last = result[-1]
    if not isinstance(last, nn.Linear):
        raise InvalidValue("only a network that ends with a dense layer can be given another temperature")
    for parameter in last.parameters():
        parameter.div_(temperature)
    return result
