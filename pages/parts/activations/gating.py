"""Gated linear units: one signal decides how much of another passes."""

import numpy as np
import streamlit as st
import torch

from dlcore.formula import latex
from dlcore.formula.numbers import number
from dlcore.functions.gates import GATES, Gate, gate
from pages.figures import activations as figures
from pages.parts.activations.common import EXPANDED, dotted, section
from pages.parts.activations.gating_cards import EXPERIMENTS, Shown
from pages.shared import link, page
from pages.shared.code_view import show_code
from pages.shared.experiments import try_this
from pages.shared.plot import plot

AXIS = np.linspace(-4, 4, 81)


@section
def show() -> None:
    """Gate and inputs on the left; the plane of a and b, and a cut through it."""
    controls, plane, cut = st.columns([3, 5, 4], gap="medium")
    with controls:
        unit = gate(link.choice("act_gate", "Unit", list(GATES), "swiglu", names=_titles()))
        a = link.slider("act_a", "Value $a$", -4.0, 4.0, 1.5, 0.05, help="Or drag the point in the picture.")
        b = link.slider("act_g", "Gate $b$", -4.0, 4.0, 1.0, 0.05, help="Or drag the point in the picture.")
        st.caption(
            f"{unit.note} Both *a* and *b* are weighted sums of the same inputs, each with weights of its own. "
            f"Source: {unit.source}."
        )
    here = torch.tensor(a, dtype=torch.float64), torch.tensor(b, dtype=torch.float64)
    out, (to_a, to_b) = float(unit(*here)), map(float, unit.gradient(*here))
    grid = torch.from_numpy(AXIS)
    with plane:
        picture = figures.gate_map(AXIS, unit(grid, grid[:, None]).numpy(), (a, b), dark=page.is_dark())
        plot(
            "actfig_gate", picture, height=400, drag={0: "xy"}, on_pick=_move, file_name="gate",
            on_move=lambda trace, index, x, y: _move(x, y), alt=f"The output of {unit.title} over value and gate",
        )  # fmt: skip
    with cut:
        values = [a, *(each for each in (-2.0, -1.0, 1.0, 2.0) if abs(each - a) > 0.3)]
        slices = [(each, unit(torch.tensor(each, dtype=torch.float64), grid).numpy()) for each in values]
        plot(
            "actfig_cut", figures.gate_slices(AXIS, slices, (b, out), dark=page.is_dark()), height=340,
            alt=f"The output of {unit.title} against the gate for several values", file_name="gate-cut",
        )  # fmt: skip
        st.caption(
            "A vertical cut through the map at the current value *a*. Thin lines: the same for a = −2, −1, 1 and 2."
        )
    left, middle, right, formula = st.columns([2, 2, 2, 6], vertical_alignment="center")
    left.metric("output", number(out, 3))
    middle.metric("∂output/∂a", number(to_a, 3), help="The gate: how much of the gradient reaches the value.")
    right.metric("∂output/∂b", number(to_b, 3), help="How much of the gradient reaches the gate.")
    with formula:
        st.latex(rf"\text{{output}} = {unit.formula.latex(expand=EXPANDED)}")
        plugged = dotted(unit.formula.latex({"a": a, "b": b}, expand=EXPANDED))
        st.latex(rf"\text{{output}} = {plugged} = {latex.number(out)}")
    show_code(script(unit, a, b))
    try_this(EXPERIMENTS, Shown(unit, a, b), "actfig_gate")


def _titles() -> dict[str, str]:
    return {name: each.title for name, each in GATES.items()}


def _move(x: float, y: float) -> None:
    for key, value in (("act_a", x), ("act_g", y)):
        st.session_state[key] = round(min(4.0, max(-4.0, value)) * 20) / 20


def script(unit: Gate, a: float, b: float) -> str:
    """What ran, for the point in the picture."""
    return "\n".join(
        [
            "import torch",
            "",
            "from dlcore.functions.gates import gate",
            "",
            f'unit = gate("{unit.name}")',
            f"a, b = torch.tensor([{a:g}, {b:g}], dtype=torch.float64)",
            f"print(unit(a, b).item())  # {unit.text}",
            "print([each.item() for each in unit.gradient(a, b)])",
        ]
    )
