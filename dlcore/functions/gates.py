"""Gated linear units: one signal decides how much of another passes. The same rule: one text runs and is shown."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from dlcore.errors import InvalidValue
from dlcore.formula.expression import Expression, parse
from dlcore.functions.activations import slope

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Gate:
    """A gated linear unit: a signal `a` times an activation of a second signal `b`, both from the same input."""

    name: str
    title: str
    text: str
    source: str
    note: str

    @cached_property
    def formula(self) -> Expression:
        return parse(self.text, ("a", "b"))

    def __call__(self, a: "Tensor", b: "Tensor") -> "Tensor":
        """The output for value `a` and gate `b`, tensors that broadcast."""
        return self.formula(a=a, b=b)

    def gradient(self, a: "Tensor", b: "Tensor") -> tuple["Tensor", "Tensor"]:
        """The derivatives with respect to `a` and to `b`, by autograd; tensors of one shape."""
        return slope(lambda value: self(value, b), a), slope(lambda gate: self(a, gate), b)


_SHAZEER = "Shazeer 2020, arXiv:2002.05202"
GATES: dict[str, Gate] = {
    each.name: each
    for each in (
        Gate("glu", "GLU", "a*sigmoid(b)", "Dauphin et al. 2016, arXiv:1612.08083", "The gate is between 0 and 1."),
        Gate("swiglu", "SwiGLU", "a*b*sigmoid(b)", _SHAZEER, "The gate is SiLU; in LLaMA and most models since."),
        Gate("geglu", "GEGLU", "a*b/2*(1 + erf(b/sqrt(2)))", _SHAZEER, "The gate is GELU; in T5 v1.1 and Gemma."),
        Gate("reglu", "ReGLU", "a*relu(b)", _SHAZEER, "The gate is ReLU: closed for every negative b."),
        Gate("bilinear", "Bilinear", "a*b", _SHAZEER, "No nonlinearity but the product itself."),
    )
}
"""Units that multiply two signals, by name."""


def gate(name: str) -> Gate:
    """The gated unit called `name`. Raises InvalidValue for an unknown one."""
    try:
        return GATES[name]
    except (KeyError, TypeError):
        raise InvalidValue(f"gate must be one of {', '.join(GATES)}, got {name!r}: try 'glu'") from None
