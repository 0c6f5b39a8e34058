"""The images that excite a map of a network most."""

import time
from dataclasses import dataclass

import torch
from torch import Tensor

from dlcore.inspect.walk import Walk, outputs

BATCH = 128


@dataclass(frozen=True)
class Exciting:
    """indices, values: of the images with the largest values of a map, largest first; seen: among so many images."""

    indices: tuple[int, ...]
    values: tuple[float, ...]
    seen: int


@torch.inference_mode()
def exciting(walk: Walk, images: Tensor, place: int, map: int, *, count: int = 8, seconds: float = 2.0) -> Exciting:
    """The `count` images in which some value of a map is largest; a value that is no number never is.

    walk: of any image through the network; images: uint8 (N, 1, 28, 28); place, map: which layer, which of its maps
    seconds: after so long no further batch is begun, and `seen` says how far it came
    """
    layers = tuple(layer.step for layer in walk.layers)
    shape = walk.layers[place].maps.shape
    started, values = time.monotonic(), [torch.empty(0)]
    for batch in images.split(BATCH) if len(images) else ():
        found = outputs(layers, batch, place)[place].reshape(-1, *shape)
        values.append(found[:, map].flatten(1).amax(1).nan_to_num(-torch.inf, torch.inf, -torch.inf))
        if time.monotonic() - started > seconds:
            break
    every = torch.cat(values)
    best = every.topk(min(count, len(every)))
    return Exciting(tuple(best.indices.tolist()), tuple(best.values.tolist()), len(every))
