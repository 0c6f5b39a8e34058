"""Signal through depth: a batch through many layers and its gradient back, two settings side by side."""

from dataclasses import replace

import streamlit as st

from dlcore.functions.activations import SATURATION
from dlcore.functions.mean_field import Theory, predict
from dlcore.functions.propagation import (
    ALARM,
    FRAME,
    INITIALISATIONS,
    MAX_DEPTH,
    NORMS,
    Setting,
    Signal,
    changes,
    cure,
    judge,
    propagate,
)
from pages.figures import signal as figures
from pages.parts.activations import common
from pages.parts.activations.depth_cards import EXPERIMENTS, SIDES, Shown
from pages.shared import link, page, present
from pages.shared.code_view import show_code
from pages.shared.experiments import try_this
from pages.shared.glossary import explain
from pages.shared.plot import plot

DEFAULTS = {"a": ("relu", "small"), "b": ("relu", "he")}
WIDTHS = (8, 16, 32, 64, 128)
STARTS = {name: each.title for name, each in INITIALISATIONS.items()}
LOOK = {
    "healthy": (":material/check_circle:", "Healthy"),
    "vanishing": (":material/trending_down:", "Vanishing"),
    "exploding": (":material/local_fire_department:", "Exploding"),
}
NORM_NAMES = {"none": "No norm", "batch": "Batch norm", "layer": "Layer norm"}


@common.section
def show() -> None:
    """Two settings with their distributions, and on the right what is measured in every layer of both."""
    left, right, charts = st.columns([5, 5, 6], gap="medium")
    with charts:
        depth, width, seed = _shared()
    signals, theories = {}, {}
    for side, place in zip(SIDES, (left, right), strict=True):
        with place:
            setting = _setting(side, depth, width, seed)
            signals[side] = _propagated(setting)
            _ridges(side, signals[side])
            _verdict(side, signals[side])
            plain = setting.norm == "none" and not setting.skip
            theories[side] = _predicted(setting) if plain else None
    with charts:
        _by_layer(signals, theories, "gradient", "gradient norm")
        _by_layer(signals, theories, "variance", "activation variance")
    st.caption(
        "**Distributions**: how the activations of a layer are spread, from the first layer at the top to the last; "
        "σ is their standard deviation, and what lies beyond ±3 is cut off. **Curves**: the gradient enters the last "
        "layer with norm 1 and runs to layer 1. Dotted: what theory predicts for infinitely wide layers. "
        f"**Healthy** here means that neither signal nor gradient changes by more than a factor of {ALARM:g}."
    )
    with present.aside("more"):
        _more(signals)
    show_code(script(signals["a"].setting), label="Show the code of A")
    try_this(EXPERIMENTS, Shown(signals), "actfig_ridges_a")


def _shared() -> tuple[int, int, int]:
    first, second, third = st.columns([3, 3, 2])
    with first:
        depth = link.slider("act_depth", "Layers", 1, MAX_DEPTH, 20, 1)
    with second:
        width = link.stops("act_width", "Units per layer", WIDTHS, 64)
    with third:
        seed = link.number("act_seed", "Seed", 0, 999, 0, 1)
    return depth, width, seed


def _setting(side: str, depth: int, width: int, seed: int) -> Setting:
    """The controls of one side."""
    function, start = DEFAULTS[side]
    mark = f":{'blue' if side == 'a' else 'orange'}[**{side.upper()}**]"
    first, second = st.columns(2)
    with first:
        chosen = common.choose(f"act_f_{side}", f"{mark} Activation", function)
        with present.aside(f"norm_{side}"):
            norm = link.choice(
                f"act_norm_{side}", "Norm", list(NORMS), "none", names=NORM_NAMES, help="Applied before the activation."
            )
    with second:
        init = link.choice(f"act_init_{side}", "Initial weights", list(STARTS), start, names=STARTS)
        with present.aside(f"skip_{side}"):
            st.space("small")
            skip = link.toggle(f"act_skip_{side}", "Skip", False, help="A layer computes a + f(Wa) instead of f(Wa).")
    return Setting(chosen.name, init, depth, width, norm, skip, seed=seed)


@st.cache_data(max_entries=200, show_spinner=False)
def _propagated(setting: Setting) -> Signal:
    return propagate(setting)


@st.cache_data(max_entries=200, show_spinner=False)
def _predicted(setting: Setting) -> Theory:
    return predict(setting)


def _verdict(side: str, signal: Signal) -> None:
    """The verdict with its evidence, and a button where there is something to mend. Its height does not change."""
    verdict = judge(signal)
    icon, word = LOOK[verdict.kind]
    with st.container(border=True, height=264, key=f"fixed_verdict_{side}"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.markdown(f"##### {icon} {word}", width="content")
            if verdict.kind != "healthy":
                st.button("Fix it", key=f"actdo_fix_{side}", type="primary", on_click=_fix, args=(side, signal.setting))
        with present.aside(f"evidence_{side}"):
            st.markdown(verdict.evidence)
        before = st.session_state.get(f"_act_fixed_{side}")
        if before and before[1] == signal.setting:
            st.markdown(f"**What helped:** {changes(*before)}.")


def _fix(side: str, setting: Setting) -> None:
    """Set the controls of this side to the first change that measures as healthy."""
    better = cure(setting)
    if better is None:
        better = replace(setting, activation="relu", init="he", norm="batch", skip=True)
    st.session_state[f"_act_fixed_{side}"] = (setting, better)
    for name, value in (("f", better.activation), ("init", better.init), ("norm", better.norm), ("skip", better.skip)):
        st.session_state[f"act_{name}_{side}"] = value


def _ridges(side: str, signal: Signal) -> None:
    name = side.upper()
    plot(
        f"actfig_ridges_{side}",
        figures.ridges(
            signal.histogram.numpy(), signal.variance.numpy(), FRAME, figures.SIDES[name], dark=page.is_dark()
        ),
        height=360, file_name=f"activations-{side}",
        alt=f"Setting {name}: distribution of the activations in {signal.setting.depth} layers. "
        + judge(signal).evidence,
    )  # fmt: skip


def _by_layer(signals: dict[str, Signal], theories: dict[str, Theory | None], name: str, title: str) -> None:
    lines = []
    for side, signal in signals.items():
        theory = theories[side]
        expected = getattr(theory, name).numpy() if theory else None
        if theory and name == "gradient":
            expected = expected * float(signal.gradient[-1])
        lines.append(figures.Line(side.upper(), getattr(signal, name).numpy(), expected))
    picture = figures.by_layer(lines, title=title, log=True, square=name == "variance", dark=page.is_dark())
    plot(
        f"actfig_{name}", picture, height=330,
        alt=f"{title} of every layer, for both settings", file_name=title.replace(" ", "-"),
    )  # fmt: skip


def _more(signals: dict[str, Signal]) -> None:
    st.subheader("What else happens in the layers", anchor=False)
    charts = (
        ("saturated", "saturated activations", ".0%", f"Share of activations where |f′| < {SATURATION}.", "saturated"),
        ("dead", "dead units", ".0%", "Units that are saturated for **every** sample of the batch.", "dead unit"),
        ("similarity", "cosine of two samples", ".2~f", "At 1, two different inputs look the same to this layer.", ""),
    )
    for place, (name, title, unit, why, term) in zip(st.columns(3, gap="medium"), charts, strict=True):
        with place:
            lines = [figures.Line(side.upper(), getattr(each, name).numpy()) for side, each in signals.items()]
            plot(
                f"actfig_{name}", figures.by_layer(lines, title=title, unit=unit, dark=page.is_dark()), height=250,
                alt=f"{title} in every layer, for both settings", file_name=name,
            )  # fmt: skip
            st.caption(why, help=explain(term) if term else None)


def script(setting: Setting) -> str:
    """What ran, for one side."""
    return "\n".join(
        [
            "from dlcore.functions.propagation import Setting, judge, propagate",
            "",
            f"setting = {setting!r}",
            "signal = propagate(setting)  # a real forward and backward pass in torch",
            "print(judge(signal))",
            "print(signal.variance, signal.gradient, signal.dead)",
        ]
    )
