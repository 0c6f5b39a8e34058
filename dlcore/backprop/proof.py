"""The hand-written gradient beside autograd's and beside finite differences, for every parameter."""

from dataclasses import dataclass

import torch
from torch import Tensor

from dlcore.backprop.network import Network, Parameters, backward, flat, forward, mean_losses, passes
from dlcore.errors import InvalidValue

STEPS = tuple(10.0**-power for power in range(1, 14))
"""Widths h of the finite differences that `widths` compares."""


Name = tuple[str, *tuple[int, ...]]


@dataclass(frozen=True)
class Proof:
    """Three gradients of J, one row a parameter: float64 (parameters,) each.

    names: such as W[2] row 1, column 3 as ("W", 2, 1, 3) and b[2] row 1 as ("b", 2, 1), all counted from 1
    """

    names: tuple[Name, ...]
    by_hand: Tensor
    autograd: Tensor
    difference: Tensor
    h: float

    @property
    def autograd_error(self) -> float:
        """Largest distance between the hand-written gradient and autograd's."""
        return (self.by_hand - self.autograd).abs().max().item()

    @property
    def difference_error(self) -> float:
        """Largest distance between the hand-written gradient and the finite difference."""
        return (self.by_hand - self.difference).abs().max().item()


def proof(network: Network, parameters: Parameters, X: Tensor, Y: Tensor, h: float = 1e-6) -> Proof:
    """All three gradients of J at these parameters.

    h: width of the central difference (J(w + h) − J(w − h)) / 2h, from 1e-13 to 0.1; InvalidValue otherwise
    """
    if not 1e-13 <= h <= 0.1:
        raise InvalidValue(f"h must be between 1e-13 and 0.1, got {h!r}: try 1e-6")
    back = backward(network, parameters, passes(network, parameters, X), Y)
    by_hand = flat(tuple(zip(back.dW, back.db, strict=True)))
    automatic = by_autograd(network, parameters, X, Y)
    return Proof(names(network), by_hand, automatic, by_difference(network, parameters, X, Y, h), h)


def widths(network: Network, parameters: Parameters, X: Tensor, Y: Tensor) -> tuple[tuple[float, float], ...]:
    """For every width in STEPS the largest error of the finite difference against autograd.

    Wide steps miss the curve, narrow ones lose their digits to rounding: the error is smallest in between.
    """
    right = by_autograd(network, parameters, X, Y)
    return tuple((h, (by_difference(network, parameters, X, Y, h) - right).abs().max().item()) for h in STEPS)


def names(network: Network) -> tuple[Name, ...]:
    """The name of every parameter, in the order of `dlcore.backprop.network.flat`."""
    found = []
    for layer, (before, after) in enumerate(zip(network.units, network.units[1:], strict=False), start=1):
        found += [("W", layer, i, j) for i in range(1, after + 1) for j in range(1, before + 1)]
        found += [("b", layer, i) for i in range(1, after + 1)]
    return tuple(found)


def by_autograd(network: Network, parameters: Parameters, X: Tensor, Y: Tensor) -> Tensor:
    """∂J/∂parameter by torch.autograd, in the order of `flat`."""
    with torch.enable_grad():
        leaves = tuple(
            (W.detach().clone().requires_grad_(), b.detach().clone().requires_grad_()) for W, b in parameters
        )
        every = [part for pair in leaves for part in pair]
        J = forward(network, leaves, X, Y).losses.mean()
        if not J.requires_grad:
            return torch.zeros_like(flat(parameters))
        found = torch.autograd.grad(J, every, allow_unused=True, materialize_grads=True)
    return torch.cat([each.reshape(-1) for each in found])


def by_difference(network: Network, parameters: Parameters, X: Tensor, Y: Tensor, h: float) -> Tensor:
    """Central differences for every parameter at once: a stack of networks, each with one parameter moved."""
    here = flat(parameters)
    moves = h * torch.eye(len(here), dtype=here.dtype)
    J = mean_losses(network, torch.cat((here + moves, here - moves)), X, Y)
    up, down = J.split(len(here))
    return (up - down) / (2 * h)
