"""Layers that torch lacks. Their source is part of exported scripts: nothing in here uses the rest of dlcore."""

from collections.abc import Callable

from torch import Tensor, nn


class Residual(nn.Module):
    """through(x) + around(x), where the way around is x itself unless it is given."""

    def __init__(self, through: nn.Module, around: nn.Module | None = None) -> None:
        super().__init__()
        self.through = through
        self.around = nn.Identity() if around is None else around

    def forward(self, x: Tensor) -> Tensor:
        return self.through(x) + self.around(x)


class Elementwise(nn.Module):
    """The same function of every value."""

    def __init__(self, function: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.function = function

    def forward(self, x: Tensor) -> Tensor:
        return self.function(x)


def started(layer: nn.Module, fill: Callable[..., Tensor], **options: object) -> nn.Module:
    """The layer with weights that `fill` makes, and biases of 0."""
    fill(layer.get_parameter("weight"), **options)
    if layer.bias is not None:
        nn.init.zeros_(layer.get_parameter("bias"))
    return layer
