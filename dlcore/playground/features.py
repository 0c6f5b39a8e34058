"""What the network is given of a point, as formulas in x1 and x2: the same text runs in torch and in the browser."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from dlcore.config.registry import Registry
from dlcore.formula.expression import Expression, parse

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Feature:
    """One number of a point. text: its formula; title: as a person reads it"""

    name: str
    title: str
    text: str

    @cached_property
    def formula(self) -> Expression:
        """The expression that runs."""
        return parse(self.text, ("x1", "x2"))


FEATURES: Registry[Feature] = Registry("feature")

for each in (
    Feature("x1", "x₁", "x1"),
    Feature("x2", "x₂", "x2"),
    Feature("x1-squared", "x₁²", "x1**2"),
    Feature("x2-squared", "x₂²", "x2**2"),
    Feature("product", "x₁x₂", "x1*x2"),
    Feature("sin-x1", "sin x₁", "sin(x1)"),
    Feature("sin-x2", "sin x₂", "sin(x2)"),
):
    FEATURES.register(each)


def given(points: "Tensor", names: tuple[str, ...]) -> "Tensor":
    """(N, features) of points (N, 2)."""
    import torch

    values = {"x1": points[:, 0], "x2": points[:, 1]}
    return torch.stack([FEATURES[name].formula(**{each: values[each] for each in FEATURES[name].formula.used})
                        for name in names], 1)  # fmt: skip
