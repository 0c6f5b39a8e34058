"""The gradient of every loss by its prediction, written by hand. Tests hold each equal to autograd's.

Predictions and targets are (outputs, m): a column is a sample. The loss of a sample is the sum over its outputs, or,
for a loss over classes, one number for the whole column.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from dlcore.backprop import derivatives
from dlcore.errors import InvalidValue
from dlcore.functions.activations import activation
from dlcore.functions.losses import loss

TINY = 1e-12
"""What the losses of probabilities add before they take a logarithm."""
SMALLEST = 1e-300
_SHORTCUTS = ("cross-entropy", "kl")


def _sided(positive: Tensor) -> Tensor:
    """The slope of max(0, u) at u: 1 above 0, 0 below, and at 0 the half that torch takes."""
    return (positive.sign() + 1) / 2


def _huber(p: Tensor, y: Tensor, delta: float = 1.0) -> Tensor:
    return (p - y).clamp(-delta, delta)


def _smooth_l1(p: Tensor, y: Tensor, beta: float = 1.0) -> Tensor:
    return ((p - y) / beta).clamp(-1, 1)


def _bce(p: Tensor, y: Tensor) -> Tensor:
    return (1 - y) / (1 - p + TINY) - y / (p + TINY)


def _focal(p: Tensor, y: Tensor, gamma: float = 2.0, alpha: float = 0.5) -> Tensor:
    a, b = p + TINY, 1 - p + TINY
    ones = gamma * b ** (gamma - 1) * a.log() - b**gamma / a
    zeros = a**gamma / b - gamma * a ** (gamma - 1) * b.log()
    return alpha * y * ones + (1 - alpha) * (1 - y) * zeros


def _softplus(z: Tensor) -> Tensor:
    return torch.logaddexp(z, torch.zeros_like(z))


def _focal_logits(z: Tensor, y: Tensor, gamma: float = 2.0, alpha: float = 0.5) -> Tensor:
    p, q = z.sigmoid(), (-z).sigmoid()
    ones = -(q**gamma) * (gamma * p * _softplus(-z) + q)
    zeros = p**gamma * (gamma * q * _softplus(z) + p)
    return alpha * y * ones + (1 - alpha) * (1 - y) * zeros


def _sigmoid_mse(z: Tensor, y: Tensor) -> Tensor:
    a = z.sigmoid()
    return 2 * (a - y) * a * (1 - a)


def _hinge(z: Tensor, y: Tensor) -> Tensor:
    side = 2 * y - 1
    return -side * _sided(1 - side * z)


def _cross_entropy(z: Tensor, y: Tensor) -> Tensor:
    return z.softmax(0) - y


def _focal_classes(z: Tensor, y: Tensor, gamma: float = 2.0) -> Tensor:
    cost = -z.log_softmax(0)  # stays finite where a probability underflows to 0
    p = (-cost).exp()
    miss = 1 - p + TINY
    h = y * miss ** (gamma - 1) * (miss + gamma * p * cost)
    return p * h.sum(0) - h


def _brier_classes(z: Tensor, y: Tensor) -> Tensor:
    p = z.softmax(0)
    g = 2 * (p - y)
    return p * (g - (g * p).sum(0))


def _hinge_classes(z: Tensor, y: Tensor) -> Tensor:
    u = (1 - y) * _sided(1 + z - (y * z).sum(0)) / len(z)
    return u - y * u.sum(0)


GRADIENTS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "mse": lambda p, y: 2 * (p - y),
    "mae": lambda p, y: (p - y).sign(),
    "huber": _huber,
    "smooth-l1": _smooth_l1,
    "quantile": lambda p, y: torch.where(y > p, p.new_tensor(-0.8), p.new_tensor(0.2)),
    "bce": _bce,
    "focal": _focal,
    "brier": lambda p, y: 2 * (p - y),
    "bce-logits": lambda z, y: (1 - y) * z.sigmoid() - y * (-z).sigmoid(),
    "focal-logits": _focal_logits,
    "sigmoid-mse": _sigmoid_mse,
    "hinge": _hinge,
    "cross-entropy": _cross_entropy,
    "kl": _cross_entropy,
    "focal-classes": _focal_classes,
    "brier-classes": _brier_classes,
    "hinge-classes": _hinge_classes,
}
"""∂L/∂prediction at the default parameters of the loss, by its name."""


def _focal_of_probabilities(p: Tensor, y: Tensor, gamma: float = 2.0) -> Tensor:
    p = p.clamp(min=SMALLEST)
    miss = 1 - p + TINY
    return y * (gamma * miss ** (gamma - 1) * p.log() - miss**gamma / p)


_OF_PROBABILITIES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "cross-entropy": lambda p, y: -y / p.clamp(min=SMALLEST),
    "kl": lambda p, y: -y / p.clamp(min=SMALLEST),
    "focal-classes": _focal_of_probabilities,
    "brier-classes": lambda p, y: 2 * (p - y),
}
"""The same for losses that apply softmax to what they are given, by the probabilities that softmax gives."""


def check_pair(output: str, name: str, outputs: int) -> None:
    """InvalidValue unless the loss called `name` can read what the activation `output` of the last layer gives."""
    about = loss(name)
    if name not in GRADIENTS:
        raise InvalidValue(f"the gradient of {name!r} is not written by hand: use one of {', '.join(GRADIENTS)}")
    if about.kind == "classification" and outputs < 2:
        raise InvalidValue(f"{name} needs an output for each class, so at least 2: got {outputs}")
    if output == "softmax":
        if about.takes == "logit" or (about.kind == "classification" and name not in _OF_PROBABILITIES):
            raise InvalidValue(f"softmax gives probabilities, {name} takes logits: try the loss cross-entropy")
        return
    low, high = activation(output).output_range
    if about.takes == "probability" and not (low >= 0 and high <= 1):
        raise InvalidValue(f"{name} takes probabilities from 0 to 1, {output} may leave them: try the output sigmoid")


def fits(output: str, name: str, outputs: int) -> bool:
    """Whether `check_pair` has nothing to say."""
    try:
        check_pair(output, name, outputs)
    except InvalidValue:
        return False
    return True


def check_targets(name: str, rows: Sequence[Sequence[float]]) -> None:
    """InvalidValue unless the loss called `name` takes these targets, one row a sample."""
    kind, title = loss(name).kind, loss(name).title
    for place, row in enumerate(rows, start=1):
        if kind in ("binary", "classification") and not all(0 <= value <= 1 for value in row):
            raise InvalidValue(f"{title} takes targets from 0 to 1, sample {place} has {_listed(row)}")
        if kind == "classification" and abs(sum(row) - 1) > 1e-4:
            raise InvalidValue(f"{title} takes targets that sum to 1, such as 0 1, sample {place} has {_listed(row)}")


def _listed(row: Sequence[float]) -> str:
    return " ".join(f"{value:g}" for value in row)


def _reads_probabilities(output: str, name: str) -> bool:
    return output == "softmax" and name in _OF_PROBABILITIES


def losses(output: str, name: str, Z: Tensor, A: Tensor, Y: Tensor) -> Tensor:
    """The loss of every sample (…, m) of a last layer with Z, A (…, outputs, m).

    A loss with softmax inside is computed from Z, which does not overflow, when softmax is the output's activation.
    """
    about = loss(name)
    prediction = Z if _reads_probabilities(output, name) else A
    Y = Y.expand(A.shape)
    if about.kind == "classification":
        return about(prediction.transpose(-1, -2), Y.transpose(-1, -2))
    return about(prediction, Y).sum(-2)


def of_loss(output: str, name: str, A: Tensor, Y: Tensor) -> Tensor:
    """∂L/∂A of the last layer, (outputs, m)."""
    table = _OF_PROBABILITIES if _reads_probabilities(output, name) else GRADIENTS
    return table[name](A, Y)


def through_softmax(name: str, Z: Tensor, A: Tensor, dA: Tensor, Y: Tensor) -> Tensor:
    """∂L/∂Z = Jᵀ ∂L/∂A of a last layer with softmax, (outputs, m); dA is what `of_loss` gives.

    A loss with softmax inside is asked for it from Z: the product loses what a probability underflows with.
    """
    return GRADIENTS[name](Z, Y) if name in _OF_PROBABILITIES else derivatives.through_softmax(A, dA)


def has_shortcut(output: str, name: str) -> bool:
    """Whether softmax and the loss together have the gradient A − Y."""
    return output == "softmax" and name in _SHORTCUTS


def shortcut(A: Tensor, Y: Tensor) -> Tensor:
    """δ = A − Y of softmax with cross-entropy (or KL divergence), for targets that sum to 1.

    Multiplying the softmax Jacobian with −Y/A gives the same, but not where a probability underflows to 0.
    """
    return A - Y
