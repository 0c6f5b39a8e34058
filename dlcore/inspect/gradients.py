"""One image through a trained network, forward and back: what every layer says, and what the loss wants of it."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from dlcore.data.pixels import normalise
from dlcore.errors import InvalidValue
from dlcore.models.layers import Elementwise, Residual

SILENT = (nn.Dropout, nn.Flatten)
"""Layers that change nothing but the shape when a network reads."""


@dataclass(frozen=True)
class LayerView:
    """One layer on the way.

    activation: what it gives on, float32 (channels, height, width) or (units,)
    gradient: ∂L/∂activation, of the same shape
    weight_gradient, weight_norm: Euclidean norms of ∂L/∂W and of W; None for a layer without weights
    """

    name: str
    about: str
    activation: Tensor
    gradient: Tensor
    weight_gradient: float | None
    weight_norm: float | None

    @property
    def size(self) -> float:
        """Root mean square of the activation."""
        return self.activation.square().mean().sqrt().item()

    @property
    def pull(self) -> float:
        """Root mean square of the gradient."""
        return self.gradient.square().mean().sqrt().item()

    @property
    def silent(self) -> float:
        """Share of the activations that are exactly 0."""
        return (self.activation == 0).float().mean().item()


@dataclass(frozen=True)
class Inspection:
    """layers: from the input on, which is the first; probabilities: float32 (classes,); loss: cross-entropy."""

    layers: tuple[LayerView, ...]
    probabilities: Tensor
    loss: float


def inspect(model: nn.Sequential, image: Tensor, label: int) -> Inspection:
    """Send one image forward, and the gradient of its cross-entropy back. The model itself is left as it is.

    image: uint8 (1, 28, 28), 0 = background; label: its class
    Raises InvalidValue for an image or a label that the network does not take.
    """
    if image.dtype != torch.uint8 or image.shape != (1, 28, 28):
        raise InvalidValue(f"an image must be uint8 (1, 28, 28), got {image.dtype} {tuple(image.shape)}")
    if not isinstance(model, nn.Sequential):
        raise InvalidValue("this network is not a chain of layers on images: choose an MLP or a CNN")
    model = copy.deepcopy(model).float().eval().requires_grad_(True)
    with torch.enable_grad():
        signal = normalise(image[None]).requires_grad_(True)
        passed: list[tuple[str, str, Tensor | None, Tensor]] = [("input", "1 × 28 × 28 pixels", None, signal)]
        for name, module in model.named_children():
            signal = module(signal)
            if isinstance(module, SILENT):
                continue
            weight = dict(module.named_parameters(recurse=False)).get("weight")
            passed.append((name, _about(module), weight, signal))
        classes = signal.shape[1]
        if isinstance(label, bool) or not 0 <= label < classes:
            raise InvalidValue(f"label must be a class from 0 to {classes - 1}, got {label!r}")
        loss = functional.cross_entropy(signal, torch.tensor([label]))
        tensors = [tensor for *_, weight, signal in passed for tensor in (weight, signal) if tensor is not None]
        gradients = dict(zip(tensors, torch.autograd.grad(loss, tensors), strict=True))
    return Inspection(tuple(_view(*each, gradients) for each in passed), signal.detach().softmax(1)[0], loss.item())


def _view(
    name: str, about: str, weight: Tensor | None, signal: Tensor, gradients: Mapping[Tensor, Tensor]
) -> LayerView:
    norms = (None, None) if weight is None else (gradients[weight].norm().item(), weight.detach().norm().item())
    return LayerView(name, about, signal.detach()[0], gradients[signal][0], *norms)


def _about(module: nn.Module) -> str:
    match module:
        case nn.Conv2d():
            return f"convolution, {module.in_channels} → {module.out_channels} maps"
        case nn.Linear():
            return f"dense, {module.in_features} → {module.out_features}"
        case nn.MaxPool2d() | nn.AvgPool2d():
            size = module.kernel_size
            height, width = size if isinstance(size, tuple) else (size, size)
            return f"{'largest' if isinstance(module, nn.MaxPool2d) else 'mean'} of {height} × {width}"
        case nn.Sequential():
            return "mean of each map"
        case Residual():
            return "a branch, and a shortcut around it"
        case nn.BatchNorm1d() | nn.BatchNorm2d() | nn.LayerNorm() | nn.GroupNorm():
            return "mean 0 and variance 1, then scaled and shifted"
        case Elementwise():
            return "the same function of every value"
    return type(module).__name__
