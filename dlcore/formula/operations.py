"""What each operation of an expression does: one differentiable torch function a name."""

import operator
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional


def _softplus(x: Tensor) -> Tensor:
    """ln(1 + eˣ) without the switch to x above a threshold that torch's own has by default."""
    return torch.logaddexp(x, torch.zeros_like(x))


OPERATIONS: dict[str, Callable[..., Tensor]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "pow": operator.pow,
    "neg": torch.neg,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "where": torch.where,
    "min": torch.minimum,
    "max": torch.maximum,
    "clamp": torch.clamp,
    "softplus": _softplus,
    "sigmoid": torch.sigmoid,
    "relu": functional.relu,
    **{
        name: getattr(torch, name)
        for name in ("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "exp", "log", "log2", "log10")
    },
    **{name: getattr(torch, name) for name in ("log1p", "sqrt", "abs", "sign", "erf")},
}

TAKES_NUMBERS = frozenset(("add", "sub", "mul", "div", "pow", "lt", "le", "gt", "ge"))
"""Operations of which one side may be a Python number: that is half as much work as a tensor."""
