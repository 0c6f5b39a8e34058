"""A chain of dense layers, forwards and backwards by hand: in small networks autograd's bookkeeping is most of a step.

With X (N, in) given to a layer, Z = X Wᵀ + b, A = g(Z), and G the gradient by A (Rumelhart, Hinton and Williams, 1986):
    ∂L/∂Z = G ⊙ g′(Z)    ∂L/∂W = (∂L/∂Z)ᵀ X    ∂L/∂b = the sum of ∂L/∂Z over the samples    ∂L/∂X = ∂L/∂Z W
Tests hold the gradients equal to autograd's.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

Back = Callable[[Tensor], Tensor]
"""From the gradient by what a layer gave to the gradient by what it was given."""
Layer = Callable[[Tensor], tuple[Tensor, Back]]


class Chain:
    """The parameters of `model` as one `vector` (P,), and their `gradient` (P,), which `backward` writes.

    model: dense layers, and between them modules without parameters. Its parameters, and their `grad`, become parts of
    the two vectors, so that whoever moves the one moves the other. An optimizer is better given the parameters: fused
    kernels round the last numbers of a tensor otherwise than the rest, and so a vector otherwise than its parts.
    """

    def __init__(self, model: nn.Sequential) -> None:
        parameters = list(model.parameters())
        self.vector = torch.cat([each.detach().flatten() for each in parameters])
        self.gradient = torch.zeros_like(self.vector)
        at = 0
        for each in parameters:
            part = slice(at, at + each.numel())
            each.data = self.vector[part].view_as(each)
            each.grad = self.gradient[part].view_as(each)
            at = part.stop
        self._first = next(place for place, module in enumerate(model) if isinstance(module, nn.Linear))
        self._layers = [_layer(module, first=place == self._first) for place, module in enumerate(model)]
        self._back: list[Back] = []

    @torch.no_grad()
    def forward(self, inputs: Tensor) -> Tensor:
        """Outputs (N, K) of inputs (N, D), as the model gives them."""
        self._back = []
        for place, layer in enumerate(self._layers):
            inputs, back = layer(inputs)
            if place >= self._first:  # what comes before has no parameters
                self._back.append(back)
        return inputs

    @torch.no_grad()
    def backward(self, pull: Tensor) -> None:
        """Write the gradient. pull: ∂L/∂outputs (N, K) of the last `forward`"""
        for back in reversed(self._back):
            pull = back(pull)


def _layer(module: nn.Module, *, first: bool) -> Layer:
    if isinstance(module, nn.Linear):
        return _dense(module, first)
    return _BY_HAND.get(type(module)) or _by_autograd(module)


def _dense(module: nn.Linear, first: bool) -> Layer:
    weight, bias = module.weight.data, module.bias.data
    by_weight, by_bias = module.weight.grad, module.bias.grad

    def forward(inputs: Tensor) -> tuple[Tensor, Back]:
        def back(pull: Tensor) -> Tensor:
            torch.mm(pull.t(), inputs, out=by_weight)
            torch.sum(pull, 0, out=by_bias)
            return pull if first else torch.mm(pull, weight)  # nobody asks for the gradient by the data

        return torch.addmm(bias, inputs, weight.t()), back

    return forward


def _tanh(z: Tensor) -> tuple[Tensor, Back]:
    a = z.tanh()
    return a, lambda pull: torch.ops.aten.tanh_backward(pull, a)


def _relu(z: Tensor) -> tuple[Tensor, Back]:
    a = z.relu()
    return a, lambda pull: torch.ops.aten.threshold_backward(pull, a, 0)


def _sigmoid(z: Tensor) -> tuple[Tensor, Back]:
    a = z.sigmoid()
    return a, lambda pull: torch.ops.aten.sigmoid_backward(pull, a)


def _same(z: Tensor) -> tuple[Tensor, Back]:
    return z, lambda pull: pull


_BY_HAND: dict[type[nn.Module], Layer] = {nn.Tanh: _tanh, nn.ReLU: _relu, nn.Sigmoid: _sigmoid, nn.Identity: _same}


def _by_autograd(module: nn.Module) -> Layer:
    """Anything else between dense layers, such as dropout: autograd knows its derivative."""

    def forward(inputs: Tensor) -> tuple[Tensor, Back]:
        with torch.enable_grad():
            given = inputs.detach().requires_grad_()
            found = module(given)

        def back(pull: Tensor) -> Tensor:
            if not found.requires_grad:  # flat everywhere, as a step is
                return torch.zeros_like(pull)
            return torch.autograd.grad(found, given, pull)[0]

        return found.detach(), back

    return forward
