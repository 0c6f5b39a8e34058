"""Questions on activations and their slopes, with answers from the functions that are shown."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from dlcore.formula.numbers import fixed, number, percent
from dlcore.functions.activations import Activation, activation
from pages.shared.experiments import Answer, Experiment

LEFT, RIGHT = -6.0, 6.0


@dataclass(frozen=True)
class Shown:
    """The function that is looked at, those that it is compared with, x, and the parameters of each by name."""

    focus: Activation
    names: tuple[str, ...]
    x: float
    parameters: Mapping[str, Mapping[str, float]]

    def value(self, name: str, x: Tensor) -> Tensor:
        """Of a function that is shown, at places (n,)."""
        return activation(name)(x, **self.parameters.get(name, {}))

    def slope(self, name: str, x: float) -> float:
        """The same for the derivative, at one place."""
        place = torch.tensor(x, dtype=torch.float64)
        return activation(name).derivative(place, **self.parameters.get(name, {})).item()


def _grid() -> Tensor:
    return torch.linspace(LEFT, RIGHT, 2401, dtype=torch.float64)


def _left(shown: Shown) -> Answer:
    steepest, end, here = (shown.slope(shown.focus.name, x) for x in (0.0, RIGHT, shown.x))
    return Answer(
        f"f′(0) = {number(steepest, 3)} and f′({number(RIGHT)}) = {number(end, 3)}: of the slope at 0, "
        f"{percent(end / steepest)} is left. At x = {number(shown.x, 3)} it is {number(here, 3)}.",
        right=2 if end / steepest < 0.02 else 1 if end / steepest < 0.2 else 0,
    )


def _kink(shown: Shown) -> Answer:
    others = ", ".join(
        f"{activation(name).title} {number(shown.slope(name, 0.0), 3)}" for name in shown.names if name != "relu"
    )
    answered = shown.slope("relu", 0.0)
    return Answer(
        f"Autograd answers {number(answered, 3)}, the slope from the left; from the right it is "
        f"{number(shown.slope('relu', 1e-9), 3)}. Slopes of the others at 0: {others}.",
        sure="The slopes are exact. Which one a kink gets is a convention of the library.",
        right=0 if answered == 0 else 2 if answered == 1 else 1,
    )


def _corner(shown: Shown) -> Answer:
    x, beta = _grid(), shown.parameters["silu"]["beta"]
    apart, line = (
        (shown.value("silu", x) - other).abs() for other in (x.clamp(min=0), x / 2)
    )  # fmt: skip
    return Answer(
        f"With β = {number(beta, 3)} it differs from ReLU by at most {number(apart.max().item(), 3)}, at x = "
        f"±{number(abs(x[apart.argmax()].item()), 2)}, and from the straight line x/2 by at most "
        f"{number(line.max().item(), 3)}. The first is {number(beta * apart.max().item(), 3)}/β.",
        sure=f"Measured at {len(x):,} places from −6 to 6.",
    )


def _alike(shown: Shown) -> Answer:
    x, said = _grid(), []
    for name in shown.names:
        if name == "relu":
            continue
        y = shown.value(name, x)
        off, lowest = (y - x.clamp(min=0)).abs(), int(y.argmin())
        said.append(
            f"**{activation(name).title}** differs from ReLU most at x = {fixed(x[off.argmax()].item(), 2)} (by "
            f"{number(off.max().item(), 3)}) and falls as x grows up to {fixed(x[lowest].item(), 2)}, where it is "
            f"{number(y[lowest].item(), 3)}"
        )
    return Answer(f"{'; '.join(said)}.", sure=f"Measured at {len(x):,} places from −6 to 6.")


EXPERIMENTS = (
    Experiment(
        "A sigmoid kills gradients",
        "Slide x from 0 to 6: how much of the slope at 0 is left at the end?",
        {"act_focus": "sigmoid", "act_compare": ["tanh", "relu"], "act_x": 0.0},
        answer=_left, free=("act_x", "act_compare"), choices=("More than 20 %", "2 to 20 %", "Less than 2 %"),
    ),
    Experiment(
        "At the kink",
        "What is the slope of ReLU at 0, where it has none? And what are those of smooth functions there?",
        {"act_focus": "relu", "act_compare": ["leaky-relu", "softplus", "silu"], "act_x": 0.0},
        answer=_kink, choices=("0", "½", "1"),
    ),
    Experiment(
        "From a bend to a corner",
        "With a large β Swish is nearly ReLU: how far are they apart at most? And with a small β?",
        {"act_focus": "silu", "act_compare": ["relu", "linear"], "act_silu_beta": 5.0, "act_x": -0.4},
        answer=_corner, free=("act_silu_beta", "act_x"),
    ),
    Experiment(
        "The transformers' choice",
        "GELU, SiLU and Mish look alike. Where do they differ from ReLU most, and where do they fall as x grows?",
        {"act_focus": "gelu", "act_compare": ["silu", "mish", "relu"], "act_x": -0.75},
        answer=_alike, free=("act_x",),
    ),
)  # fmt: skip
