"""Grad-CAM: where the maps of a convolutional network speak for a class."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from dlcore.data.pixels import standardise
from dlcore.errors import InvalidValue
from dlcore.inspect.attributions import differentiable, ink_of


@dataclass(frozen=True)
class MapLayer:
    """A block that gives maps behind a convolution. place: among the blocks; shape: (maps, height, width)"""

    place: int
    shape: tuple[int, int, int]


@dataclass(frozen=True)
class ClassMap:
    """Where the maps of a layer speak for a class, never negative.

    coarse: float32 (height, width), of the maps; values: float32 (28, 28), enlarged from it
    """

    layer: MapLayer
    coarse: Tensor
    values: Tensor


@torch.no_grad()
def map_layers(model: nn.Module) -> tuple[MapLayer, ...]:
    """The blocks of which a class map can be made, the first one first; none of a network without convolutions."""
    if not isinstance(model, nn.Sequential):
        return ()
    found, convolved = [], False
    values = torch.zeros(1, 1, 28, 28, device=next(model.parameters()).device)
    for place, block in enumerate(model):
        values = block(values)
        convolved |= any(isinstance(each, nn.Conv2d) for each in block.modules())
        if convolved and values.ndim == 4 and values[0, 0].numel() > 1 and not isinstance(block, nn.Dropout):
            _, maps, height, width = values.shape
            found.append(MapLayer(place, (maps, height, width)))
    return tuple(found)


def class_map(model: nn.Module, image: Tensor, target: int, layer: MapLayer) -> ClassMap:
    """max(0, Σₖ αₖ Aₖ), where αₖ is the mean of ∂score/∂Aₖ over map Aₖ.

    Selvaraju et al., ICCV 2017, arXiv:1610.02391; enlarged bilinearly.
    model: in eval mode, one of whose `map_layers` is `layer`; image: uint8 (1, 28, 28), 0 = paper; target: a class
    """
    if not isinstance(model, nn.Sequential) or not 0 <= layer.place < len(model) - 1:
        raise InvalidValue("this network has no convolutional maps: choose a CNN")
    with torch.no_grad():
        maps = model[: layer.place + 1](standardise(ink_of(model, image)))
    leaf = maps.detach().clone().requires_grad_(True)
    with differentiable():
        logits = model[layer.place + 1 :](leaf)
        if isinstance(target, bool) or not 0 <= target < logits.shape[1]:
            raise InvalidValue(f"target must be a class from 0 to {logits.shape[1] - 1}, got {target!r}")
        (gradient,) = torch.autograd.grad(logits[0, target], leaf)
    coarse = (gradient.mean((2, 3), keepdim=True) * maps).sum(1, keepdim=True).clamp(min=0)
    values = functional.interpolate(coarse, size=(28, 28), mode="bilinear", align_corners=False)
    return ClassMap(layer, coarse[0, 0].cpu(), values[0, 0].cpu())
