"""Softmax: logits become probabilities, and the temperature says how sure they sound."""

import math

import numpy as np
import streamlit as st
import torch

from dlcore.formula import latex
from dlcore.formula.numbers import fixed
from dlcore.functions.activations import SHARE, TEMPERATURE, entropy, softmax, softmax_jacobian
from pages.figures import softmax as figures
from pages.parts.activations.common import section
from pages.parts.activations.softmax_cards import DEFAULTS, EXPERIMENTS, LABELS, Shown
from pages.shared import link, page
from pages.shared.code_view import show_code
from pages.shared.experiments import try_this
from pages.shared.glossary import explain
from pages.shared.plot import plot

LIMIT = 6.0
AXIS = np.geomspace(TEMPERATURE.low, TEMPERATURE.high, 120)


@section
def show() -> None:
    """Logits and temperature on the left; heads to drag, bars, and the same over all temperatures."""
    controls, first, second = st.columns([3, 4, 5], gap="medium")
    with controls:
        stops = sorted({*(round(0.05 * i, 2) for i in range(1, 41)), 2.5, 3, 4, 5, 7, 10, 14, 20})
        temperature = link.stops(
            "act_t", "Temperature $T$", [float(each) for each in stops], 1.0, help=TEMPERATURE.help
        )
        values = [
            link.slider(f"act_z{i + 1}", f"Logit of {label}", -LIMIT, LIMIT, default, 0.1)
            for i, (label, default) in enumerate(zip(LABELS, DEFAULTS, strict=True))
        ]
    logits = torch.tensor(values, dtype=torch.float64)
    p = softmax(logits, temperature)
    dark = page.is_dark()
    with first:
        plot(
            "actfig_logits", figures.logits(LABELS, values, LIMIT, dark=dark), height=230, drag={0: "y"},
            on_move=_move, alt="The logits of five classes, which can be dragged", file_name="logits",
        )  # fmt: skip
        said = map(figures.probability, p.tolist())
        plot(
            "actfig_bars", figures.probabilities(LABELS, p.tolist(), dark=dark), height=240, file_name="softmax",
            alt=", ".join(f"{label} {each}" for label, each in zip(LABELS, said, strict=True)),
        )  # fmt: skip
    with second:
        shares = np.stack([softmax(logits, float(each)).numpy() for each in AXIS])
        plot(
            "actfig_temperature", figures.temperatures(LABELS, AXIS, shares, temperature, dark=dark), height=300,
            alt="Each probability against the temperature", file_name="temperature",
        )  # fmt: skip
        _numbers(p)
    _formula(values, temperature, p)
    with st.expander("What happens if one logit is raised", icon=":material/grid_on:"):
        st.markdown(
            "Each number says by how much a probability changes for a small step of one logit: the derivative, by "
            "autograd. Every column adds up to 0: what one class gains, the others lose."
        )
        plot(
            "actfig_jacobian", figures.jacobian(LABELS, softmax_jacobian(logits, temperature).numpy(), dark=dark),
            height=330, alt="How each probability answers to each logit", file_name="jacobian",
        )  # fmt: skip
    show_code(script(values, temperature))
    try_this(EXPERIMENTS, Shown(logits, temperature), "actfig_logits")


def _move(trace: int, index: int, x: float, y: float) -> None:
    if 0 <= index < len(LABELS):
        st.session_state[f"act_z{index + 1}"] = round(min(LIMIT, max(-LIMIT, y)) * 10) / 10


def _numbers(p: torch.Tensor) -> None:
    left, right = st.columns(2)
    best = int(p.argmax())
    left.metric("Most probable", LABELS[best], figures.probability(float(p[best])), delta_color="off",
                delta_arrow="off")  # fmt: skip
    right.metric(
        "Entropy", f"{fixed(entropy(p), 2)} bits", f"of at most {fixed(math.log2(len(LABELS)), 2)}", delta_color="off",
        delta_arrow="off", help=explain("entropy"),
    )  # fmt: skip


def _formula(values: list[float], temperature: float, p: torch.Tensor) -> None:
    best = int(p.argmax())
    top = max(values)
    shares = SHARE(z=torch.tensor(values, dtype=torch.float64), m=top, T=temperature).tolist()
    share = SHARE.latex().replace("z", "z_i")
    written = [latex.number(each, 3) for each in shares]
    st.latex(rf"p_i = \frac{{s_i}}{{\textstyle\sum_j s_j}} \qquad s_i = {share} \qquad m = \max_j z_j")
    result = latex.number(float(p[best]), 3)
    st.latex(rf"p_\text{{{LABELS[best]}}} = \frac{{{written[best]}}}{{{' + '.join(written)}}} = {result}")


def script(values: list[float], temperature: float) -> str:
    """What ran."""
    return "\n".join(
        [
            "import torch",
            "",
            "from dlcore.functions.activations import softmax",
            "",
            f"logits = torch.tensor({values}, dtype=torch.float64)",
            f"print(softmax(logits, temperature={temperature:g}).tolist())",
            f"print(torch.softmax(logits / {temperature:g}, 0).tolist())  # torch's own",
        ]
    )
