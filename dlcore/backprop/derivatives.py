"""The derivative of every activation, written by hand. Tests hold each equal to autograd's, at the kinks too.

In the formulas z is what goes into the activation and a is what comes out.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from dlcore.errors import InvalidValue
from dlcore.functions.activations import activation

_C = math.sqrt(2 / math.pi)
_SELU_SCALE, _SELU_ALPHA = 1.0507009873554805, 1.6732632423543772


@dataclass(frozen=True)
class Derivative:
    """g′ as a function of Z and the activation's parameters, and as LaTeX."""

    latex: str
    function: Callable[..., Tensor]

    def __call__(self, z: Tensor, **parameters: float) -> Tensor:
        return self.function(z, **parameters)


def _is(condition: Tensor, like: Tensor) -> Tensor:
    return condition.to(like.dtype)


def _below(x: Tensor) -> Tensor:
    """eˣ where x is negative, 1 elsewhere: never overflows."""
    return x.clamp(max=0).exp()


def _sigmoid(z: Tensor) -> Tensor:
    a = z.sigmoid()
    return a * (1 - a)


def _gelu(z: Tensor) -> Tensor:
    density = (-z * z / 2).exp() / math.sqrt(2 * math.pi)
    return (1 + torch.erf(z / math.sqrt(2))) / 2 + z * density


def _gelu_tanh(z: Tensor) -> Tensor:
    t = torch.tanh(_C * (z + 0.044715 * z**3))
    return (1 + t) / 2 + z / 2 * (1 - t * t) * _C * (1 + 3 * 0.044715 * z * z)


def _silu(z: Tensor, beta: float) -> Tensor:
    s = (beta * z).sigmoid()
    return s + beta * z * s * (1 - s)


def _mish(z: Tensor) -> Tensor:
    t = torch.tanh(torch.logaddexp(z, torch.zeros_like(z)))
    return t + z * (1 - t * t) * z.sigmoid()


def _hard_swish(z: Tensor) -> Tensor:
    return torch.where(z < 3, ((z + 3).relu() + z * (z > -3)) / 6, torch.ones_like(z))


_STEPS = r"\begin{cases} 1 & \text{if } z > 0 \\ %s & \text{else} \end{cases}"
_INSIDE = r"\begin{cases} %s & \text{if } %s < z < %s \\ 0 & \text{else} \end{cases}"
_SIGMA = r"\sigma(\beta z)"

DERIVATIVES: dict[str, Derivative] = {
    "sigmoid": Derivative(r"a\,(1 - a)", _sigmoid),
    "tanh": Derivative("1 - a^2", lambda z: 1 - z.tanh() ** 2),
    "relu": Derivative(_STEPS % "0", lambda z: _is(z > 0, z)),
    "leaky-relu": Derivative(_STEPS % "0.01", lambda z, a: torch.where(z > 0, z.new_tensor(1), z.new_tensor(a))),
    "prelu": Derivative(_STEPS % "0.25", lambda z, a: torch.where(z > 0, z.new_tensor(1), z.new_tensor(a))),
    "elu": Derivative(_STEPS % "e^z", lambda z, alpha: torch.where(z > 0, z.new_tensor(1), alpha * _below(z))),
    "selu": Derivative(
        r"\lambda " + _STEPS % r"\alpha e^z",
        lambda z: _SELU_SCALE * torch.where(z > 0, z.new_tensor(1), _SELU_ALPHA * _below(z)),
    ),
    "celu": Derivative(_STEPS % "e^z", lambda z, alpha: torch.where(z > 0, z.new_tensor(1), _below(z / alpha))),
    "gelu": Derivative(r"\Phi(z) + z\,\varphi(z)", _gelu),
    "gelu-tanh": Derivative(
        r"\tfrac{1 + t}{2} + \tfrac{z}{2}(1 - t^2)\sqrt{\tfrac{2}{\pi}}(1 + 0.134 z^2)", _gelu_tanh
    ),
    "silu": Derivative(r"\sigma(z) + a\,(1 - \sigma(z))", _silu),
    "mish": Derivative(r"t + z\,(1 - t^2)\,\sigma(z),\; t = \tanh(\operatorname{softplus} z)", _mish),
    "softplus": Derivative(r"\sigma(z)", lambda z, beta: (beta * z).sigmoid()),
    "softsign": Derivative(r"\frac{1}{(1 + |z|)^2}", lambda z: (1 + z.abs()) ** -2),
    "hard-sigmoid": Derivative(_INSIDE % (r"\frac{1}{6}", "-3", "3"), lambda z: _is((z > -3) & (z < 3), z) / 6),
    "hard-swish": Derivative(
        r"\begin{cases} 1 & \text{if } z \ge 3 \\ \frac{2z + 3}{6} & \text{if } z > -3 \\ 0 & \text{else} \end{cases}",
        _hard_swish,
    ),
    "hard-tanh": Derivative(_INSIDE % ("1", "-1", "1"), lambda z, low, high: _is((z > low) & (z < high), z)),
    "relu6": Derivative(_INSIDE % ("1", "0", "6"), lambda z: _is((z > 0) & (z < 6), z)),
    "squared-relu": Derivative(r"2 \max(0, z)", lambda z: 2 * z.relu()),
    "sine": Derivative(r"\cos z", lambda z, omega: omega * (omega * z).cos()),
    "linear": Derivative("1", torch.ones_like),
    "step": Derivative("0", torch.zeros_like),
}
"""g′ by the name of the activation. The formulas are those at the default parameters."""


def derivative(name: str) -> Derivative:
    """g′ of the activation called `name`; InvalidValue for one whose derivative is not written by hand."""
    if activation(name).name not in DERIVATIVES:
        raise InvalidValue(f"the derivative of {name!r} is not written by hand: use one of {', '.join(DERIVATIVES)}")
    return DERIVATIVES[name]


def of(name: str, z: Tensor, **parameters: float) -> Tensor:
    """g′(Z) of the activation called `name`, of the shape of Z; its parameters are at their defaults unless given."""
    return derivative(name)(z, **activation(name).checked(parameters))


def softmax_jacobian(A: Tensor) -> Tensor:
    """∂a_i/∂z_k = a_i (1[i = k] − a_k) of every sample: A (units, m) → (m, units, units)."""
    columns = A.T
    return torch.diag_embed(columns) - columns[:, :, None] * columns[:, None, :]


def through_softmax(A: Tensor, upstream: Tensor) -> Tensor:
    """∂L/∂Z = Jᵀ ∂L/∂A for every sample. A, upstream and result: (units, m)."""
    return torch.einsum("mik,im->km", softmax_jacobian(A), upstream)
