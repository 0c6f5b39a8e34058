"""The images that excite the maps of a layer most."""

import time
from dataclasses import dataclass

import torch
from torch import Tensor

from dlcore.inspect.walk import Walk, outputs

BATCH = 128


@dataclass(frozen=True)
class Exciting:
    """Of each map the images with its largest values, largest first.

    indices: int64 (maps, count); values: float32 (maps, count); seen: among so many images
    """

    indices: Tensor
    values: Tensor
    seen: int


@torch.no_grad()
def exciting(walk: Walk, images: Tensor, place: int, *, count: int = 8, seconds: float = 2.0) -> Exciting:
    """Of each map of a layer the `count` images in which some value of it is largest; no number never is.

    walk: of any image through the network; images: uint8 (N, 1, 28, 28); place: of the layer
    seconds: after so long no further batch is begun, and `seen` says how far it came
    """
    layers = tuple(layer.step for layer in walk.layers)
    shape = walk.layers[place].maps.shape
    started, values = time.monotonic(), [torch.empty(0, shape[0])]
    for batch in images.split(BATCH) if len(images) else ():
        found = outputs(layers, batch, place)[place].reshape(-1, *shape)
        values.append(found.flatten(2).amax(2).nan_to_num(-torch.inf, torch.inf, -torch.inf))
        if time.monotonic() - started > seconds:
            break
    every = torch.cat(values)
    best = every.topk(min(count, len(every)), dim=0)
    return Exciting(best.indices.T.contiguous(), best.values.T.contiguous(), len(every))
