"""What the sections of the page on activations share."""

import re
from collections.abc import Callable
from functools import wraps

from dlcore.functions.activations import ACTIVATIONS, Activation, activation
from pages.shared import address, link, page

EXPANDED = ("sigmoid", "softplus", "relu")
"""Functions that formulas spell out, so that a number can be followed through them."""


def section(show: Callable[[], None]) -> Callable[[], None]:
    """A part of the page that runs alone when its controls move, and says in a sentence what dlcore refuses."""

    @address.fragment
    @wraps(show)
    def shown() -> None:
        with page.sentences():
            show()

    return shown


def names() -> dict[str, str]:
    """Every activation by its name, with its title."""
    return {name: each.title for name, each in ACTIVATIONS.items()}


def choose(key: str, label: str, default: str, **options) -> Activation:
    """One activation from a drop-down list."""
    return activation(link.choice(key, label, list(ACTIVATIONS), default, names=names(), **options))


def parameters(function: Activation, prefix: str) -> dict[str, float]:
    """A slider for each parameter of `function`; none if it has none."""
    found = {}
    for each in function.parameters:
        found[each.name] = link.slider(
            f"{prefix}_{function.name.replace('-', '_')}_{each.name}", f"{function.title}: ${each.symbol}$",
            each.low, each.high, each.default, each.step, help=f"{each.title}.",
        )  # fmt: skip
    return found


def formula(function: Activation, values: dict[str, float] | None = None) -> str:
    """LaTeX of what runs, spelled out, with `values` in the place of names."""
    shown = function.formula.latex(values, expand=(*EXPANDED, "tanh") if function.name == "tanh" else EXPANDED)
    return dotted(shown) if values else shown


def dotted(latex: str) -> str:
    """With a dot wherever a number stands before a fraction, so that 2 · ½ is not read as 2½."""
    return re.sub(r"(?<=[\d.]) ?(?=\\(frac|left\(|tanh|sin|sigma|operatorname))", r" \\cdot ", latex)


def arguments(given: dict[str, float]) -> str:
    """Parameters as they are written in a call: ', alpha=0.5'."""
    return "".join(f", {name}={value:g}" for name, value in given.items())
