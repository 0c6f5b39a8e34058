"""One neuron: what its weights and its bias do to the activation, over one input and over two."""

import math

import numpy as np
import streamlit as st
import torch

from dlcore.formula import latex
from dlcore.formula.numbers import fixed, number
from dlcore.functions.activations import Activation
from pages.figures import neurons as figures
from pages.parts.activations import common
from pages.parts.activations.neuron_cards import EXPERIMENTS, Shown
from pages.shared import link, page
from pages.shared.code_view import show_code
from pages.shared.experiments import try_this
from pages.shared.plot import plot

LIMIT = 4.0


@common.section
def show() -> None:
    """Weights and bias on the left, the output over the input on the right."""
    controls, stage = st.columns([3, 9], gap="medium")
    with controls:
        inputs = link.choice(
            "act_inputs", "Inputs", ["one", "two"], "one", names={"one": "One", "two": "Two"}, look="segmented"
        )
        function = common.choose("act_neuron", "Activation f", "tanh")
        given = common.parameters(function, "act_n")
        if inputs == "one":
            weights = [_weight("act_w", "Weight $w$", 1.5)]
        else:
            weights = [_weight("act_w1", "Weight $w_1$", 1.5), _weight("act_w2", "Weight $w_2$", 1.0)]
        bias = _weight("act_b", "Bias $b$", 0.5)
        if inputs == "one":
            point = [_input("act_at", "Input $x$", 1.0)]
        else:
            point = [_input("act_at1", "Input $x_1$", 1.0), _input("act_at2", "Input $x_2$", -0.5)]
    z = sum(w * x for w, x in zip(weights, point, strict=True)) + bias
    a = float(function(torch.tensor(z, dtype=torch.float64), **given))
    with stage:
        draw = _line if inputs == "one" else _plane
        draw(function, given, weights, bias, point, a)
        _numbers(function, given, weights, bias, point, z, a)
    show_code(script(function, given, weights, bias, point))
    shown = Shown(function, given, tuple(weights), bias, tuple(point))
    try_this(EXPERIMENTS, shown, ("actfig_line", "actfig_plane"))


def _weight(key: str, label: str, default: float) -> float:
    return link.slider(key, label, -LIMIT, LIMIT, default, 0.1)


def _input(key: str, label: str, default: float) -> float:
    return link.slider(key, label, -3.0, 3.0, default, 0.05, help="Or drag the point in the picture.")


def _set(limit: float, step: float, **values: float) -> None:
    for key, value in values.items():
        st.session_state[key] = round(round(min(limit, max(-limit, value)) / step) * step, 4)


def _line(function: Activation, given: dict, weights: list[float], bias: float, point: list[float], a: float) -> None:
    x = np.linspace(-3, 3, 601)
    inside = weights[0] * x + bias
    outside = function(torch.from_numpy(inside), **given).numpy()
    bend = -bias / weights[0] if weights[0] else None
    plot(
        "actfig_line", figures.line_neuron(x, inside, outside, (point[0], a), bend, dark=page.is_dark()), height=420,
        drag={0: "x"}, on_move=lambda trace, index, x, y: _set(3.0, 0.05, act_at=x),
        on_pick=lambda x, y: _set(3.0, 0.05, act_at=x), file_name="neuron",
        alt=f"The output of a {function.title} neuron with weight {weights[0]:g} and bias {bias:g} over its input",
    )  # fmt: skip
    if bend is None:
        st.caption("With a weight of 0 the neuron does not listen: its output is the same for every input.")
    else:
        st.caption(
            f"The **bias** moves the place where the neuron bends: here z = 0 at x = {fixed(bend, 2)}. "
            "The **weight** sets how steep the bend is, and its sign in which direction it goes."
        )


def _plane(function: Activation, given: dict, weights: list[float], bias: float, point: list[float], a: float) -> None:
    across, up = np.linspace(-1.4 * LIMIT, 1.4 * LIMIT, 113), np.linspace(-LIMIT, LIMIT, 81)
    inside = weights[0] * across + weights[1] * up[:, None] + bias
    output = function(torch.from_numpy(inside), **given).numpy()
    low, high = function.range_for(**given)
    limits = (max(low, -4.0) if low < -0.5 else 0.0, min(high, 4.0))

    def moved(trace: int, index: int, x: float, y: float) -> None:
        if trace == 0:
            _set(3.0, 0.05, act_at1=x, act_at2=y)
        else:
            _set(LIMIT, 0.1, act_w1=x, act_w2=y)

    plot(
        "actfig_plane",
        figures.plane_neuron(
            across, up, output, tuple(weights), bias, tuple(point), limits, dark=page.is_dark()
        ),
        height=470, drag={0: "xy", 1: "xy"}, on_move=moved, file_name="neuron",
        on_pick=lambda x, y: _set(3.0, 0.05, act_at1=x, act_at2=y),
        alt=f"The output of a {function.title} neuron over two inputs, with the line on which z is 0",
    )  # fmt: skip
    distance = math.hypot(*weights)
    st.caption(
        "Dashed: the line on which **z = 0**. It is at right angles to the arrow of the weights, and the bias moves it "
        f"along. The longer the arrow (here {fixed(distance, 2)}), the steeper the change across the line."
    )


def _numbers(
    function: Activation, given: dict, weights: list[float], bias: float, point: list[float], z: float, a: float
) -> None:
    left, middle, right = st.columns([2, 2, 8], vertical_alignment="center")
    left.metric("z", number(z, 3), help="The weighted sum plus the bias: what goes into the activation.")
    middle.metric("a", number(a, 3), help="The output of the neuron.")
    names = [""] if len(weights) == 1 else ["_1", "_2"]
    symbols = " + ".join(f"w{name} x{name}" for name in names)
    numbers = " + ".join(rf"{_signed(w)} \cdot {_signed(x)}" for w, x in zip(weights, point, strict=True))
    with right:
        st.latex(f"z = {symbols} + b = {numbers} + {_signed(bias)} = {latex.number(z)}")
        st.latex(f"a = f(z) = {common.formula(function, {'x': z, **given})} = {latex.number(a)}")


def _signed(value: float) -> str:
    return f"({latex.number(value)})" if value < 0 else latex.number(value)


def script(function: Activation, given: dict, weights: list[float], bias: float, point: list[float]) -> str:
    """What ran, for the input in the picture."""
    return "\n".join(
        [
            "import torch",
            "",
            "from dlcore.functions.activations import activation",
            "",
            f"w = torch.tensor({weights}, dtype=torch.float64)",
            f"x = torch.tensor({point}, dtype=torch.float64)",
            f"z = w @ x + {bias:g}",
            f'a = activation("{function.name}")(z{common.arguments(given)})',
            "print(z.item(), a.item())",
        ]
    )
