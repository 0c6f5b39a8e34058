"""From a layer of a walk to the recipe of one of its maps: one short function for each kind of torch module."""

from functools import singledispatch
from typing import Any

from torch import Tensor, nn

from dlcore.config.blocks.activation import Activation
from dlcore.data.pixels import MEAN, STD
from dlcore.errors import InvalidValue
from dlcore.inspect.recipes import (
    Bend,
    Largest,
    Mean,
    Norm,
    Pixel,
    Probability,
    Recipe,
    Same,
    Sum,
    WeightedSum,
)
from dlcore.inspect.walk import Pixels, Walk, pair, window
from dlcore.models.layers import Residual


def recipe(walk: Walk, place: int, map: int) -> Recipe:
    """How a map of the layer at `place` is made; InvalidValue for one that there is not."""
    for name, value, count in (("layer", place, len(walk.layers)), ("map", map, 0)):
        count = count or len(walk.layers[place].maps)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < count:
            raise InvalidValue(f"{name} must be a whole number from 0 to {count - 1}, got {value!r}")
    return _recipe(walk.layers[place].step.module, walk, place, map)


@singledispatch
def _recipe(module: Any, walk: Walk, place: int, map: int) -> Recipe:
    """What torch applies to each value by itself; nothing else has to be an activation."""
    layer = walk.layers[place]
    if not isinstance(layer.step.block, Activation):
        raise InvalidValue(f"{layer.step.title} cannot be taken apart: choose another layer")
    block = layer.step.block
    law = block.BY_WORD[block.function]
    values = dict(zip((each.name for each in law.parameters), block.values, strict=False))
    if law.learned:
        values = dict(zip((each.name for each in law.parameters), module.weight.tolist(), strict=False))
    return Bend(_aligned(walk, place)[map], layer.maps[map], law.title, law.formula.latex(values))


@_recipe.register
def _(module: Pixels, walk: Walk, place: int, map: int) -> Recipe:
    return Pixel(walk.image[map], MEAN, STD)


@_recipe.register
def _(module: nn.Conv2d, walk: Walk, place: int, map: int) -> Recipe:
    seen = module.weight.shape[1]
    first = map // (module.out_channels // module.groups) * seen
    inputs = walk.given(place)[0].output[first : first + seen]
    return WeightedSum(inputs, *window(module), module.weight[map], _bias(module, map), first)


@_recipe.register
def _(module: nn.Linear, walk: Walk, place: int, map: int) -> Recipe:
    source = walk.given(place)[0]
    shape = source.folds or (1, 1, module.in_features)
    inputs, kernel = source.output.reshape(shape), module.weight[map].reshape(shape)
    return WeightedSum(inputs, pair(shape[1:]), (1, 1), (0, 0), kernel, _bias(module, map))


@_recipe.register
def _(module: nn.MaxPool2d, walk: Walk, place: int, map: int) -> Recipe:
    return Largest(walk.given(place)[0].output[map], *window(module))


@_recipe.register
def _(module: nn.AvgPool2d, walk: Walk, place: int, map: int) -> Recipe:
    return Mean(walk.given(place)[0].output[map], *window(module))


@_recipe.register
def _(module: nn.Sequential, walk: Walk, place: int, map: int) -> Recipe:
    inputs = walk.given(place)[0].output[map]
    return Mean(inputs, pair(inputs.shape), (1, 1), (0, 0))


@_recipe.register(nn.BatchNorm1d)
@_recipe.register(nn.BatchNorm2d)
def _(module: nn.BatchNorm2d, walk: Walk, place: int, map: int) -> Recipe:
    assert module.running_mean is not None, "these norms keep their statistics"
    assert module.running_var is not None
    over = "the running mean and variance of the batches that it was trained on, kept with its weights"
    return _norm(module, module.eps, walk, place, map, module.running_mean, module.running_var, over)


@_recipe.register
def _(module: nn.LayerNorm, walk: Walk, place: int, map: int) -> Recipe:
    given = walk.given(place)[0].output
    over = f"the mean and variance of all {given.numel():,} values that it reads of this image"
    return _norm(module, module.eps, walk, place, map, given.mean(), given.var(correction=0), over)


@_recipe.register
def _(module: nn.GroupNorm, walk: Walk, place: int, map: int) -> Recipe:
    given = walk.given(place)[0].output
    rows = given.reshape(module.num_groups, -1)
    each = len(given) // module.num_groups
    mean, variance = (of.repeat_interleave(each) for of in (rows.mean(1), rows.var(1, correction=0)))
    over = f"the mean and variance of the {rows.shape[1]:,} values of its group"
    return _norm(module, module.eps, walk, place, map, mean, variance, over)


@_recipe.register
def _(module: Residual, walk: Walk, place: int, map: int) -> Recipe:
    through, around = walk.given(place)
    shape = walk.layers[place].maps.shape
    return Sum(through.output.reshape(shape)[map], around.output.reshape(shape)[map])


@_recipe.register(nn.Flatten)
@_recipe.register(nn.Dropout)
def _(module: nn.Flatten, walk: Walk, place: int, map: int) -> Recipe:
    return Same(_aligned(walk, place)[map])


@_recipe.register
def _(module: nn.Softmax, walk: Walk, place: int, map: int) -> Recipe:
    return Probability(_aligned(walk, place)[map])


def _norm(
    module: nn.Module, epsilon: float, walk: Walk, place: int, map: int, mean: Tensor, variance: Tensor, over: str
) -> Norm:
    """Brings what a norm takes off to the shape of its layer. The rest is told by the module's own parameters."""
    layer = walk.layers[place]

    def spread(values: Tensor) -> Tensor:
        if values.ndim == 1 and layer.output.ndim == 3:
            values = values[:, None, None]
        return values.expand(layer.output.shape).reshape(layer.maps.shape)[map]

    weight, bias = module.get_parameter("weight"), module.get_parameter("bias")
    inputs = _aligned(walk, place)[map]
    return Norm(inputs, spread(mean), spread(variance), spread(weight), spread(bias), epsilon, over)


def _aligned(walk: Walk, place: int) -> Tensor:
    """What a layer that changes each value for itself was given, in the shape of its maps."""
    return walk.given(place)[0].output.reshape(walk.layers[place].maps.shape)


def _bias(module: nn.Conv2d | nn.Linear, map: int) -> float:
    return 0.0 if module.bias is None else module.bias[map].item()
