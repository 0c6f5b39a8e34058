"""The hidden layers of a setup, one after the other, and how buttons change them. No torch."""

from dataclasses import dataclass, replace

from dlcore.config.block import Block
from dlcore.config.blocks.activation import Activation
from dlcore.config.blocks.dense import Dense
from dlcore.config.blocks.dropout import Dropout
from dlcore.errors import InvalidValue
from dlcore.playground.setup import MOST_LAYERS, MOST_UNITS, hidden

_FIRST = "tanh"


@dataclass(frozen=True)
class Layer:
    """A dense block and what stands behind it, up to the next."""

    dense: Dense
    behind: tuple[Block, ...] = ()

    @property
    def activations(self) -> tuple[Activation, ...]:
        """In the order in which they are applied."""
        return tuple(each for each in self.behind if isinstance(each, Activation))

    @property
    def dropout(self) -> float:
        """The share of its values that training switches off."""
        left = 1.0
        for each in self.behind:
            left *= 1 - each.rate if isinstance(each, Dropout) else 1
        return 1 - left

    @property
    def text(self) -> str:
        """As it stands in a network."""
        return ", ".join(each.text for each in (self.dense, *self.behind))


def layers(network: str) -> tuple[Layer, ...]:
    """The hidden layers of a text; InvalidValue as `hidden` says."""
    found: list[Layer] = []
    for each in hidden(network):
        if isinstance(each, Dense):
            found.append(Layer(each))
        else:
            found[-1] = replace(found[-1], behind=(*found[-1].behind, each))
    return tuple(found)


def written(found: tuple[Layer, ...]) -> str:
    """The text of layers."""
    return ", ".join(each.text for each in found)


def with_units(network: str, layer: int, units: int) -> str:
    """The same with so many units in the layer of this number, from 0; within what is allowed."""
    found = layers(network)
    if not 0 <= layer < len(found):
        raise InvalidValue(f"there is no hidden layer {layer + 1}: this network has {len(found)}")
    units = max(1, min(MOST_UNITS, units))
    changed = replace(found[layer], dense=replace(found[layer].dense, units=units))
    return written((*found[:layer], changed, *found[layer + 1 :]))


def deeper(network: str) -> str:
    """The same with one more layer at its end, with half of the last one's units; at most MOST_LAYERS."""
    found = layers(network)
    if len(found) >= MOST_LAYERS:
        return network
    last = found[-1] if found else Layer(Dense(4), (Activation(_FIRST),))
    units = max(2, last.dense.units // 2) if found else last.dense.units
    return written((*found, replace(last, dense=replace(last.dense, units=units))))


def shallower(network: str) -> str:
    """The same without its last layer."""
    return written(layers(network)[:-1])


def activated(network: str, function: str) -> str:
    """The same with one activation behind every dense layer, in the place of those that there are."""
    found = []
    for each in layers(network):
        others = tuple(block for block in each.behind if not isinstance(block, Activation))
        found.append(replace(each, behind=(Activation(function), *others)))
    return written(tuple(found))


def activation(network: str) -> str | None:
    """The one activation of all layers; None if they differ, or some have none or several."""
    kinds = {tuple(block.text for block in each.activations) for each in layers(network)}
    kind = kinds.pop() if len(kinds) == 1 else ()
    return kind[0] if len(kind) == 1 else None
