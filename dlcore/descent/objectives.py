"""Functions to descend on, by their names, and those that a person types."""

import difflib
from dataclasses import replace

import torch

from dlcore.descent.landscapes import LANDSCAPES
from dlcore.descent.objective import Objective
from dlcore.errors import InvalidValue
from dlcore.formula.expression import parse
from dlcore.formula.parameter import Parameter, all_checked


def objective(name: str, **parameters: float) -> Objective:
    """The objective called `name`, shaped by its parameters; InvalidValue for what is not known or not allowed."""
    if name not in LANDSCAPES:
        close = difflib.get_close_matches(str(name), LANDSCAPES, n=1)
        hint = f": did you mean {close[0]!r}?" if close else f": it is one of {', '.join(LANDSCAPES)}"
        raise InvalidValue(f"unknown objective {name!r}{hint}")
    landscape = LANDSCAPES[name]
    return landscape.build(**all_checked(name, landscape.parameters, parameters))


def parameters(name: str) -> tuple[Parameter, ...]:
    """The parameters of the objective called `name`, with their limits; empty for most."""
    return LANDSCAPES[name].parameters if name in LANDSCAPES else ()


TYPED_BOUNDS = (-4.0, 4.0)


def typed(text: str) -> Objective:
    """The user's own function of x, or of x and y. It starts at (-2.6, 2.2), or where it is defined nearest to that.

    Raises InvalidExpression, which points at the character, for a text that is no such function.
    """
    formula = parse(text, ("x", "y"))
    flat = "y" not in formula.used
    found = Objective(
        name="typed",
        title="Your own function",
        formula=formula,
        bounds=(TYPED_BOUNDS,) if flat else (TYPED_BOUNDS,) * 2,
        start=(-2.6,) if flat else (-2.6, 2.2),
        why="You typed it. Its gradient is exact all the same: autograd differentiates what you wrote.",
    )
    return replace(found, start=_defined(found))


def _defined(objective: Objective) -> tuple[float, ...]:
    """The place nearest to the start, on a grid, that has a finite value and slope; the start if there is none."""
    axes = [torch.linspace(low, high, 31, dtype=torch.float64) for low, high in objective.bounds]
    usual = torch.tensor([objective.start], dtype=torch.float64)
    places = torch.cat([usual, torch.cartesian_prod(*axes).reshape(-1, objective.dimensions)]).round(decimals=6)
    for some in (places[:1], places):
        value, slope = objective.value_and_gradient(some)
        some = some[value.isfinite() & slope.isfinite().all(dim=1)]
        if len(some):
            return tuple(some[(some - usual).norm(dim=1).argmin()].tolist())
    return objective.start


OBJECTIVES = {name: objective(name) for name in LANDSCAPES}
"""Name → the objective with its default parameters, in the order of menus."""
