"""Is the signal healthy? What training does to weights, activations and gradients, layer by layer, step by step."""

import numpy as np
import streamlit as st

from dlcore.formula.numbers import number, percent
from dlcore.inspect.signal import NAME, Signal
from dlcore.runs.run import Run
from pages.figures import signal_health as figures
from pages.shared import link, page, session
from pages.shared.plot import plot
from pages.shared.run_view import component_key

USUAL = (1e-4, 1e-2)
"""Update-to-weight ratios around the 10⁻³ that A. Karpathy's course notes CS231n give as a rule of thumb."""
KINDS = {"activations": "Activations", "gradients": "Gradients", "weights": "Weights"}


def section(run: Run, at: int | None) -> None:
    """Histograms of a layer over time, and of all layers how far weights move and how many units are idle."""
    looks = {step: look for step in session.store().snapshot_steps(run.id, NAME) if (look := _look(run.id, step))}
    steps, seen = list(looks), list(looks.values())
    if not seen:
        st.caption("The first look at the signal comes with the first step of a run.")
        return
    names = seen[0].names
    now = max(0, int(np.searchsorted(steps, steps[-1] if at is None else at, "right")) - 1)
    _layer(run, steps, seen, at, names)
    left, right = st.columns(2)
    with left:
        ratios = np.stack([each.update_ratios for each in seen])
        plot(
            component_key("ratios", run), figures.lines(
                steps, ratios, names, title="update / weight", at=at, dark=page.is_dark(), band=USUAL,
            ), height=300, file_name="update-ratios",
            alt="How far the weights of each layer move in a step, as a share of their size",
        )  # fmt: skip
    with right:
        idle = np.stack([each.idle for each in seen])
        if np.isnan(idle).all():
            st.caption("Its activations can neither die nor saturate.")
        else:
            plot(
                component_key("idle", run), figures.lines(
                    steps, idle, names, title="idle units", at=at, dark=page.is_dark(), share=True,
                ), height=300, alt="The share of dead or saturated units of each layer", file_name="idle-units",
            )  # fmt: skip
    st.markdown(page.plain(said(seen[now], steps[now])))
    st.caption(
        f"{len(steps)} steps of {run.step:,} are shown, side by side: the early ones lie closer together. Grey band: "
        "where the ratio usually is when training goes well, about 0.001. Idle: units of a ReLU that give 0 for the "
        "whole batch, and values of a sigmoid or tanh within 1 % of an end."
    )


def _layer(run: Run, steps: list[int], seen: list[Signal], at: int | None, names: tuple[str, ...]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        layer = link.choice("train_layer", "Layer", names, names[0])
        kind = link.choice("train_kind", "What", tuple(KINDS), "activations", names=KINDS, look="segmented")
    shares = np.stack([getattr(each, kind)[names.index(layer)] for each in seen])
    if not shares.any():
        st.caption(f"{layer} has no weights of its own: choose activations, or another layer.")
        return
    plot(
        component_key("histogram", run), figures.over_time(
            steps, shares, title=KINDS[kind].lower(), at=at, dark=page.is_dark(),
        ), height=300, alt=f"How the {kind} of {layer} are distributed, step by step", file_name=f"{kind}-{layer}",
    )  # fmt: skip


def said(seen: Signal, step: int) -> str:
    """The signal of one step in a sentence or two."""
    ratios, idle = seen.update_ratios, seen.idle
    parts = []
    if np.isfinite(ratios).any():
        most, least = int(np.nanargmax(ratios)), int(np.nanargmin(ratios))
        parts.append(
            f"In step {step:,} the weights of {seen.names[most]} moved by {number(float(ratios[most]), 2)} of their "
            f"size, the most of all layers, and those of {seen.names[least]} by {number(float(ratios[least]), 2)}, the "
            "least."
        )
    if np.isfinite(idle).any():
        worst = int(np.nanargmax(idle))
        parts.append(f"{percent(float(idle[worst]))} of the units of {seen.names[worst]} were idle, the most.")
    return " ".join(parts)


@st.cache_data(max_entries=1024, show_spinner=False)
def _look(run_id: str, step: int) -> Signal | None:
    """One look, which does not change any more; None if it was let go of in the meantime."""
    found = session.store().snapshot(run_id, NAME, step)
    return Signal.of(found.arrays) if found and found.step == step else None
