"""Questions on one neuron, with answers from the weights that are shown."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

import torch

from dlcore.formula.numbers import fixed, number
from dlcore.functions.activations import Activation
from pages.shared.experiments import Answer, Experiment


@dataclass(frozen=True)
class Shown:
    """Activation and its parameters, one weight or two, bias and the input."""

    function: Activation
    parameters: Mapping[str, float]
    weights: tuple[float, ...]
    bias: float
    point: tuple[float, ...]

    def output(self, *point: float, bias: float | None = None) -> float:
        """What the neuron says of an input, with another bias if one is given."""
        z = sum(w * x for w, x in zip(self.weights, point, strict=True)) + (self.bias if bias is None else bias)
        return self.function(torch.tensor(z, dtype=torch.float64), **self.parameters).item()


_LEVEL = "With a weight of 0 it does not depend on the input: turn the weight up."


def _switch(shown: Shown) -> Answer:
    (w,) = shown.weights
    if not w:
        return Answer(_LEVEL)
    return Answer(
        f"It switches where z = 0: at x = −b/w = {fixed(-shown.bias / w, 2)}. The bias moves that place. From 10 % to "
        f"90 % it takes 2·ln 9/|w| = {number(2 * math.log(9) / abs(w), 3)} of x: the larger the weight, the harder.",
        right=1,
    )


def _mirrored(shown: Shown) -> Answer:
    (w,) = shown.weights
    if not w:
        return Answer(_LEVEL)
    bend = -shown.bias / w
    side = "larger" if w > 0 else "smaller"
    return Answer(
        f"It answers to inputs {side} than −b/w = {number(bend, 3)}: at x = {number(bend - 1, 3)} it says "
        f"{number(shown.output(bend - 1), 3)}, at x = {number(bend + 1, 3)} {number(shown.output(bend + 1), 3)}.",
        right=1 if w > 0 else 0,
    )


def _turned(shown: Shown) -> Answer:
    first, second = shown.weights
    if not (first or second):
        return Answer(_LEVEL)
    arrow = math.degrees(math.atan2(second, first))
    away = abs(shown.bias) / math.hypot(first, second)
    return Answer(
        f"The arrow points to {number(arrow, 3)}°, the line runs at {number((arrow + 90) % 180, 3)}°: always at right "
        f"angles, since w₁x₁ + w₂x₂ = −b. Its distance from the middle is |b|/|w| = {number(away, 3)}.",
        right=1,
    )


def _gates(shown: Shown) -> Answer:
    low, high = sorted((0.0, -min(shown.weights)))
    other = (low + high) / 2

    def table(bias: float) -> str:
        return ", ".join(
            f"({a:g}, {b:g}) {fixed(shown.output(a, b, bias=bias), 2)}" for a, b in product((0.0, 1.0), repeat=2)
        )

    return Answer(
        f"With b = {number(shown.bias, 3)} the outputs are: {table(shown.bias)}. For an OR, z has to be negative at "
        f"(0, 0) only: b between {number(low, 3)} and 0. With b = {number(other, 3)}: {table(other)}.",
        right=1,
    )


EXPERIMENTS = (
    Experiment(
        "A switch",
        "A large weight makes a soft bend a hard switch. Where does it switch, and which number moves that place?",
        {"act_inputs": "one", "act_neuron": "sigmoid", "act_w": 4.0, "act_b": 4.0, "act_at": 0.0},
        answer=_switch, free=("act_w", "act_b", "act_at"), choices=("The weight", "The bias"),
    ),
    Experiment(
        "Turn it round",
        "A negative weight mirrors the curve. To which inputs does this ReLU answer?",
        {"act_inputs": "one", "act_neuron": "relu", "act_w": -1.0, "act_b": 1.0, "act_at": -1.0},
        answer=_mirrored, free=("act_w", "act_b", "act_at"), choices=("Small ones", "Large ones"),
    ),
    Experiment(
        "A line through the plane",
        "The neuron is on at one side of a line. Drag the arrow of the weights: how does the line turn?",
        {"act_inputs": "two", "act_neuron": "tanh", "act_w1": 1.5, "act_w2": 1.0, "act_b": 0.0},
        answer=_turned, free=("act_w1", "act_w2", "act_b"), choices=("Along the arrow", "At right angles to it"),
    ),
    Experiment(
        "AND",
        "The output is high only if both inputs are 1. Which bias would make an OR of it, with the same weights?",
        {"act_inputs": "two", "act_neuron": "sigmoid", "act_w1": 2.7, "act_w2": 2.7, "act_b": -4.0,
         "act_at1": 1.0, "act_at2": 1.0},
        answer=_gates, free=("act_b", "act_at1", "act_at2"), choices=("A lower one", "A higher one"),
    ),
)  # fmt: skip
