"""How the weights of a layer may start. No torch in here.

`torch` leaves them as the layer draws them itself: uniform, with a variance of 1 / (3 · inputs).
"""

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
