"""Receptive fields: which pixels of the image a value of a layer depends on, exactly.

They are found backwards, from the value to the image: each layer says which places of its input are read by given
places of its output. Maps of one layer look at the same places, so that one mask stands for all of them.
"""

from functools import singledispatch
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from dlcore.inspect.walk import Layer, Walk, window

AT_ONCE = 256
"""So many masks are followed together, which bounds the memory."""


def field(walk: Walk, place: int, row: int, column: int) -> Tensor:
    """The pixels that the value at a row and column of any map of a layer depends on: bool (28, 28).

    Of a row of numbers the row is 0, and the column the number's place.
    """
    shape = walk.layers[place].shape
    seen = torch.zeros(1, *(shape[1:] if len(shape) == 3 else shape), dtype=torch.bool)
    seen[(0, row, column) if len(shape) == 3 else (0, column)] = True
    return _pixels(walk, place, seen)[0]


def boxes(walk: Walk, place: int, map: int) -> Tensor:
    """The frames around the receptive fields of all values of a map: int (values, 4), row by row.

    Each is the first and the last row, and the first and the last column, that the field touches; 0, -1, 0, -1 where
    a value sees nothing of the image.
    """
    shape, (height, width) = walk.layers[place].shape, walk.layers[place].maps.shape[1:]
    if len(shape) == 1:
        units = torch.arange(height * width) + map * height * width
        found = [_pixels(walk, place, _single(some, shape[0])) for some in units.split(AT_ONCE)]
        return torch.cat([torch.cat([_ends(each.any(2)), _ends(each.any(1))], 1) for each in found])
    rows = torch.eye(height, dtype=torch.bool)[:, :, None].expand(height, height, width)
    columns = torch.eye(width, dtype=torch.bool)[:, None, :].expand(width, height, width)
    down = _ends(_pixels(walk, place, rows).any(2)).repeat_interleave(width, 0)
    across = _ends(_pixels(walk, place, columns).any(1)).repeat(height, 1)
    nothing = (down[:, 1:] < 0) | (across[:, 1:] < 0)
    return torch.cat([down, across], 1).where(~nothing, torch.tensor([0, -1, 0, -1]))


def _single(units: Tensor, count: int) -> Tensor:
    """A mask for each of some units: bool (units, count)."""
    masks = torch.zeros(len(units), count, dtype=torch.bool)
    masks[torch.arange(len(units)), units] = True
    return masks


def _ends(seen: Tensor) -> Tensor:
    """The first and the last True of each row of bool (N, length); 0 and -1 where there is none."""
    first = seen.int().argmax(1)
    last = seen.shape[1] - 1 - seen.flip(1).int().argmax(1)
    return torch.stack([first, last.where(seen.any(1), -1)], 1)


def _pixels(walk: Walk, place: int, seen: Tensor) -> Tensor:
    """From places of a layer, bool (N, height, width) or (N, units), to pixels, bool (N, 28, 28)."""
    waiting = {place: seen}
    for at in range(place, 0, -1):
        if (mask := waiting.pop(at, None)) is None:
            continue
        step = walk.layers[at].step
        for source in step.sources:
            reached = _read(step.module, mask, walk.layers[source])
            waiting[source] = waiting[source] | reached if source in waiting else reached
    return waiting[0]


@singledispatch
def _read(module: Any, seen: Tensor, given: Layer) -> Tensor:
    """Which places of the input are read; of the same ones, unless a kind of layer says otherwise."""
    return seen


@_read.register(nn.Conv2d)
@_read.register(nn.MaxPool2d)
@_read.register(nn.AvgPool2d)
def _(module: nn.Conv2d, seen: Tensor, given: Layer) -> Tensor:
    size, stride, pad = window(module)
    left_over = [
        (before + 2 * edge - side) % step
        for before, edge, side, step in zip(given.shape[1:], pad, size, stride, strict=True)
    ]
    kernel = torch.ones(1, 1, *size)
    found = functional.conv_transpose2d(seen[:, None].float(), kernel, None, stride, pad, left_over)
    return found[:, 0] > 0.5


@_read.register(nn.Linear)
@_read.register(nn.Sequential)
@_read.register(nn.LayerNorm)
@_read.register(nn.Softmax)
def _(module: nn.Module, seen: Tensor, given: Layer) -> Tensor:
    return _all_or_none(seen, given)


@_read.register
def _(module: nn.GroupNorm, seen: Tensor, given: Layer) -> Tensor:
    if given.output.ndim == 3:
        return _all_or_none(seen, given)
    groups = seen.reshape(len(seen), module.num_groups, -1)
    return groups.any(2, keepdim=True).expand_as(groups).reshape(seen.shape)


@_read.register
def _(module: nn.Flatten, seen: Tensor, given: Layer) -> Tensor:
    return seen.reshape(-1, *given.shape).any(1) if given.output.ndim == 3 else seen


def _all_or_none(seen: Tensor, given: Layer) -> Tensor:
    """Every place of the input; none where the output is not looked at."""
    shape = given.shape[-2:]
    return seen.flatten(1).any(1).reshape(-1, *[1] * len(shape)).expand(-1, *shape)
