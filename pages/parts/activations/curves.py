"""Curves: activations and their derivatives on one chart, one of them with a tangent and the numbers in its formula."""

import pandas as pd
import streamlit as st
import torch

from dlcore.formula import latex
from dlcore.formula.numbers import fixed, number, percent
from dlcore.functions.activations import ACTIVATIONS, SATURATION, SMOOTHNESS, Activation, activation
from pages.figures import activations as figures
from pages.parts.activations import common
from pages.parts.activations.curves_cards import EXPERIMENTS, Shown
from pages.shared import link, page, present
from pages.shared.code_view import show_code
from pages.shared.experiments import try_this
from pages.shared.glossary import explain
from pages.shared.plot import plot

MEAN = "Mean for N(0, 1)"
BESIDE, KINK = 1e-6, 1e-3
"""How far beside a point its two sides are looked up, and how different they are at a kink or a jump."""


@common.section
def show() -> None:
    """Controls on the left; the chart, the numbers and the table on the right."""
    controls, stage = st.columns([3, 9], gap="medium")
    with controls:
        focus = common.choose("act_focus", "Look closely at", "gelu")
        x = link.slider("act_x", "x", -6.0, 6.0, 1.0, 0.05, help="Or drag the point in the picture.")
        given = {focus.name: common.parameters(focus, "act")}
        value, slope = at(focus, x, given[focus.name])
        flat = _flat(focus, given[focus.name])
        left, right = (at(focus, place, given[focus.name]) for place in (x - BESIDE, x + BESIDE))
        _metrics(
            x, value, slope, corner(left, right, slope), any(low - 0.001 <= x <= high + 0.001 for low, high in flat)
        )
    with stage:
        chosen = link.many(
            "act_compare", "Compare with", list(ACTIVATIONS), ["relu", "tanh", "sigmoid"], names=common.names()
        )
    names = list(dict.fromkeys([focus.name, *chosen]))
    with controls:
        for name in names[1:]:
            given[name] = common.parameters(activation(name), "act")
    with stage:
        _chart(focus, names, given, (x, value, slope), flat)
        _formulas(focus, x, value, given[focus.name])
    with present.aside("properties"):
        _table(names, given)
    show_code(script(focus, x, given[focus.name]))
    try_this(EXPERIMENTS, Shown(focus, tuple(names), x, given), "actfig_curves")


def at(function: Activation, x: float, given: dict[str, float]) -> tuple[float, float]:
    """f(x) and f'(x)."""
    point = torch.tensor(x, dtype=torch.float64)
    return float(function(point, **given)), float(function.derivative(point, **given))


def corner(left: tuple[float, float], right: tuple[float, float], slope: float) -> str:
    """What is to be said where value or slope differ just `left` and just `right` of a point; empty where they do not.

    A kink is no saturation: its slope is neither that of the one side nor need it be that of the other.
    """
    (low, before), (high, after), taken = left, right, number(slope, 3)
    if abs(high - low) > KINK:
        return (
            f"A **jump**: the value leaps from {number(low, 3)} to {number(high, 3)} here, so there is no slope. "
            f"Autograd takes {taken}."
        )
    if abs(after - before) > KINK:
        return (
            f"A **kink**: the slope is {number(before, 3)} just left of it and {number(after, 3)} just right of it. "
            f"At the kink itself autograd takes {taken}."
        )
    return ""


def _flat(function: Activation, given: dict[str, float]) -> list[tuple[float, float]]:
    """Where the function is saturated."""
    return figures.flat_ends(function.derivative(torch.from_numpy(figures.X), **given).numpy(), SATURATION)


def _chart(
    focus: Activation,
    names: list[str],
    given: dict,
    point: tuple[float, float, float],
    flat: list[tuple[float, float]],
) -> None:
    x = torch.from_numpy(figures.X)
    palette = figures.colours(names)
    shown = {}
    for name in names:
        each = activation(name)
        value, slope = each(x, **given[name]).numpy(), each.derivative(x, **given[name]).numpy()
        breaks = each.at(**given[name]).smoothness in ("kink", "jump")
        shown[name] = figures.Curve(each.title, palette[name], value, slope, breaks)
    figure = figures.curves(list(shown.values()), shown[focus.name], flat, point, dark=page.is_dark())
    plot(
        "actfig_curves", figure, height=420, drag={0: "x"}, file_name="activations",
        on_move=lambda trace, index, x, y: _move(x), on_pick=lambda x, y: _move(x),
        alt=f"{focus.title} and its derivative from −6 to 6, compared with {len(names) - 1} others",
    )  # fmt: skip


def _move(x: float) -> None:
    st.session_state["act_x"] = round(min(6.0, max(-6.0, x)) * 20) / 20


def _metrics(x: float, value: float, slope: float, special: str, saturated: bool) -> None:
    left, right = st.columns(2)
    left.metric(f"f({number(x, 3)})", _narrow(value))
    right.metric(f"f′({number(x, 3)})", _narrow(slope))
    if special:
        st.markdown(f":material/call_split: {special}")
    elif saturated:
        st.markdown(":material/block: **Saturated** here: hardly any gradient gets through.", help=explain("saturated"))
    elif abs(slope) < SATURATION:
        st.markdown(":material/swap_vert: **Turning point**: hardly any gradient gets through just here.")
    else:
        turned = ", with the opposite sign" if slope < 0 else ""
        st.markdown(f":material/arrow_back: {percent(abs(slope))} of the gradient gets through here{turned}.")


def _narrow(value: float) -> str:
    """A number that fits beside another in a narrow column, where 0.00123 does not."""
    return fixed(value, 3) if 0 < abs(value) < 0.01 else number(value, 3)


def _formulas(focus: Activation, x: float, value: float, given: dict[str, float]) -> None:
    shown = common.formula(focus)
    if plain := _name(focus, shown):
        shown = f"{plain} = {shown}"
    numbers = common.formula(focus, {"x": x, **given})
    st.latex(f"f(x) = {shown}")
    st.latex(f"f({x:g}) = {numbers} = {latex.number(value)}")
    st.caption(
        f"{focus.note} Shaded: where it is **saturated**. From there outwards |f′(x)| stays below {SATURATION}, so "
        "less than a twentieth of the gradient gets through. The slope comes from autograd, at kinks too.",
        help=explain("saturated", "autograd"),
    )


def _name(function: Activation, spelled: str) -> str:
    short = function.formula.latex()
    return short if short != spelled and len(short) < 30 else ""


def _table(names: list[str], given: dict[str, dict[str, float]]) -> None:
    st.subheader("Properties", anchor=False)
    everything = link.toggle("act_all", f"All {len(ACTIVATIONS)}", False)
    rows = [_row(activation(name), given.get(name, {})) for name in (ACTIVATIONS if everything else names)]
    frame = pd.DataFrame(rows)
    st.dataframe(
        frame.assign(**{MEAN: frame[MEAN].round(3) + 0.0}), hide_index=True, width="stretch",
        column_config={
            "Zero-centred": st.column_config.CheckboxColumn(help="Inputs that are symmetric about 0 give mean 0."),
            "Never falls": st.column_config.CheckboxColumn(help="A larger input never gives a smaller output."),
            "Smoothness": st.column_config.TextColumn(
                help="; ".join(f"**{name}**: {meaning}" for name, meaning in SMOOTHNESS.items())
            ),
            MEAN: st.column_config.NumberColumn(
                format="%.3f", help="The mean output for standard normal inputs."
            ),
            "Slope² for N(0, 1)": st.column_config.NumberColumn(
                format="%.3f", help="The mean of f′(x)²: the share of the gradient's variance that a layer passes back."
            ),
        },
    )  # fmt: skip
    st.download_button(
        "Table as CSV", frame.to_csv(index=False), "activations.csv", "text/csv", icon=":material/download:",
        on_click="ignore", key="actdo_csv",
    )  # fmt: skip


def _row(function: Activation, given: dict[str, float]) -> dict[str, object]:
    normal = torch.special.ndtri((torch.arange(2001, dtype=torch.float64) + 0.5) / 2001)
    low, high = function.range_for(**given)
    here = function.at(**given)
    return {
        "Activation": function.title,
        "Range": f"{number(low, 3)} … {number(high, 3)}",
        "Zero-centred": here.zero_centred,
        "Never falls": here.monotonic,
        "Smoothness": here.smoothness,
        MEAN: round(float(function(normal, **given).mean()), 6) + 0.0,
        "Slope² for N(0, 1)": float(function.derivative(normal, **given).square().mean()),
        "Source": function.source,
    }


def script(function: Activation, x: float, given: dict[str, float]) -> str:
    """What ran, for the point in the picture."""
    more = common.arguments(given)
    return "\n".join(
        [
            "import torch",
            "",
            "from dlcore.functions.activations import activation",
            "",
            f'f = activation("{function.name}")',
            f"x = torch.tensor({x:g}, dtype=torch.float64)",
            f"print(f.text)  # {function.text}",
            f"print(f(x{more}).item())",
            f"print(f.derivative(x{more}).item())  # by autograd",
        ]
    )
