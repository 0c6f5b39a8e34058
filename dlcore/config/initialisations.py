"""How the weights of a layer may start. No torch in here.

`torch` leaves them as the layer draws them itself: uniform, with a variance of 1 / (3 · inputs).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from dlcore.formula.calls import Call, Name

INITIALISATIONS: dict[str, tuple[str, dict[str, object]]] = {
    "he": ("nn.init.kaiming_normal_", {"nonlinearity": "relu"}),
    "xavier": ("nn.init.xavier_uniform_", {}),
    "lecun": ("nn.init.kaiming_normal_", {"nonlinearity": "linear"}),
    "orthogonal": ("nn.init.orthogonal_", {}),
    "small": ("nn.init.normal_", {"std": 0.01}),
    "large": ("nn.init.normal_", {"std": 1.0}),
    "zeros": ("nn.init.zeros_", {}),
}
"""Torch's function and its options. He et al. 2015, Glorot and Bengio 2010, LeCun et al. 1998, Saxe et al. 2014."""

NAMES = ("torch", *INITIALISATIONS)


def started(layer: Call, name: str) -> Call:
    """The layer with weights that start as `name` says, and biases of 0 unless that is `torch`."""
    if name == "torch":
        return layer
    function, options = INITIALISATIONS[name]
    return Call("dlcore.models.layers:started", layer, Name(function), **options)


@dataclass(frozen=True)
class Spread:
    """The standard deviation with which weights are drawn, and how it is worked out, such as √(2/288)."""

    formula: str
    deviation: float


def _over(above: int, below: int) -> Spread:
    return Spread(f"√({above}/{below:,})", math.sqrt(above / below))


_SPREADS: dict[str, Callable[[int, int, int], Spread]] = {
    "torch": lambda inputs, outputs, units: Spread(f"√(1/(3 · {inputs:,}))", math.sqrt(1 / (3 * inputs))),
    "he": lambda inputs, outputs, units: _over(2, inputs),
    "xavier": lambda inputs, outputs, units: _over(2, inputs + outputs),
    "lecun": lambda inputs, outputs, units: _over(1, inputs),
    "orthogonal": lambda inputs, outputs, units: _over(1, max(inputs, units)),
}


def spread(name: str, shape: tuple[int, ...]) -> Spread:
    """What the rule called `name` says of weights of a shape (units, inputs) or (maps, inputs, height, width)."""
    window = math.prod(shape[2:])
    if name in _SPREADS:
        return _SPREADS[name](shape[1] * window, shape[0] * window, shape[0])
    deviation = float(str(INITIALISATIONS[name][1].get("std", 0.0)))
    return Spread(f"{deviation:g}", deviation)
