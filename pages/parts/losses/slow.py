"""Why a sigmoid under squared error learns slowly, and under cross-entropy does not: two neurons race."""

import numpy as np
import streamlit as st
import torch

from dlcore.formula.numbers import number
from dlcore.functions.activations import activation
from dlcore.functions.losses import LOSSES, loss
from dlcore.functions.slow_start import RIGHT, Learning, learn
from pages.figures import losses as figures
from pages.parts.losses.numbers import legend, short
from pages.parts.losses.slow_cards import EXPERIMENTS, Shown
from pages.shared import address, link, page, present
from pages.shared.code_view import show_code
from pages.shared.experiments import try_this
from pages.shared.plot import Frames, Readout, Track, plot

RACERS = {"sigmoid-mse": "brier", "bce-logits": "bce"}
"""Each loss of a logit, and the same loss of a probability, whose slope is the first factor of the chain rule."""
STEPS = 200
RATES = (0.1, 0.2, 0.5, 1.0, 2.0)
LIMIT = 8.0


@st.cache_data(max_entries=200, show_spinner=False)
def raced(start: float, target: float, rate: float) -> dict[str, Learning]:
    """Both neurons' way from the same start."""
    return {name: learn(name, start, target=target, learning_rate=rate, steps=STEPS) for name in RACERS}


@address.fragment
def section() -> None:
    """The gradients and the race, played together, with controls and results beside them."""
    stage, controls = st.columns([9, 3], gap="medium")
    with controls:
        start = link.slider(
            "loss_start", "Start: the first logit z", -LIMIT, LIMIT, 5.0, 0.25,
            help="Weight and bias start at half of it each; the neuron's input is 1.",
        )  # fmt: skip
        target = float(link.choice("loss_goal", "Target y", ("0", "1"), "0", look="segmented"))
        rate = link.stops("loss_rate", "Learning rate α", RATES, 0.5)
        race = raced(start, target, rate)
        st.markdown(f"Steps until within {RIGHT:g} of the target:")
        for name, way in race.items():
            steps = way.steps_until_right
            st.metric(
                LOSSES[name].short,
                f"more than {STEPS}" if steps is None else steps,
                help=f"The first gradient is {short(way.gradients[0].item())}, the last prediction "
                f"{number(way.predictions[-1].item(), 3)}.",
            )
    with stage:
        legend((LOSSES[name].short, figures.colour(name)) for name in race)
        _pictures(race, target, start)
    try_this(EXPERIMENTS, Shown(race, STEPS, rate), "loss_pull")
    show_code(script(start, target, rate))


def _pictures(race: dict[str, Learning], target: float, start: float) -> None:
    dark = page.is_dark()
    z = torch.linspace(-LIMIT, LIMIT, 321, dtype=torch.float64)
    gradients = {name: (LOSSES[name].title, loss(name).gradient(z, target).numpy()) for name in race}
    ways = list(race.values())
    steps = np.arange(STEPS + 1)
    left, right = st.columns(2)
    with left:
        st.markdown("**How hard each loss pulls on the logit**")
        plot(
            "loss_pull", figures.gradient_by_logit(z.numpy(), gradients, target, dark=dark), height=380,
            file_name="gradients",
            frames=Frames(
                STEPS + 1, [Track(2 + i, x=way.logits, y=way.gradients, mode="point") for i, way in enumerate(ways)],
                labels=[f"step {step} of {STEPS}" for step in steps], group="loss_race", fps=20, arrive="play",
            ),
            alt="Gradient against the logit: that of squared error goes to 0 on both sides.",
        )  # fmt: skip
        with present.aside("verdict"):
            st.markdown(_verdict(race, start))
    with right:
        st.markdown("**Both neurons learn, from the same start**")
        titles = {name: LOSSES[name].title for name in race}
        plot(
            "loss_learning", figures.learning(STEPS, titles, target, dark=dark), height=380, file_name="learning",
            frames=Frames(
                STEPS + 1,
                [Track(i, x=steps, y=way.predictions) for i, way in enumerate(ways)]
                + [Track(2 + i, x=steps, y=way.predictions, mode="point") for i, way in enumerate(ways)],
                readouts=[each for name, way in race.items() for each in _readouts(name, way)],
                group="loss_race", bar=False,
            ),
            alt="The prediction of each neuron after every step.",
        )  # fmt: skip


def _readouts(name: str, way: Learning) -> list[Readout]:
    """The chain rule at every step, and the step: weight and bias both move, so z moves by 2α ∂L/∂z."""
    outer = loss(RACERS[name]).gradient(way.predictions, torch.tensor(way.target, dtype=torch.float64))
    inner = activation("sigmoid").derivative(way.logits)
    rates = torch.full_like(way.logits, way.learning_rate)
    return [
        Readout(
            r"\frac{\partial L}{\partial z} = \frac{\partial L}{\partial p} \cdot \sigma'\left(z\right) = "
            r"\pnum{0} \cdot \num{1} = \num{2}",
            np.stack([outer, inner, way.gradients], axis=1),
            title=f"{LOSSES[name].short}: the gradient by the logit, and the next step",
        ),
        Readout(
            r"z - 2\alpha\,\frac{\partial L}{\partial z} = \num{0} - 2 \cdot \num{1} \cdot \pnum{2} = \num{3}",
            np.stack([way.logits, rates, way.gradients, way.logits + way.updates], axis=1),
        ),
    ]


def _verdict(race: dict[str, Learning], start: float) -> str:
    squared, cross = (race[name].gradients[0].abs().item() for name in RACERS)
    ratio = f"{number(cross / squared, 3)} times" if squared > 1e-12 and cross / squared >= 2 else "about"
    moved = number(race["sigmoid-mse"].updates[0].item(), 3)
    return (
        f"At the start, z = {number(start)}, cross-entropy pulls {ratio} as hard as squared error. Where the sigmoid "
        "is flat, its slope σ′(z) is nearly 0. Squared error multiplies by it and hardly learns, however wrong it is. "
        "The slope of the cross-entropy grows exactly as σ′(z) shrinks: their product is p − y.\n\n"
        "z = w · 1 + b, so the weight and the bias both have the gradient ∂L/∂z, and each takes a step of α ∂L/∂z. "
        f"Together they move z by **2α ∂L/∂z**: here the first step under squared error changes z by {moved}."
    )


def script(start: float, target: float, rate: float) -> str:
    """What ran."""
    return "\n".join([
        "from dlcore.functions.slow_start import learn",
        "",
        f"for name in {tuple(RACERS)!r}:",
        f"    way = learn(name, {start!r}, target={target!r}, learning_rate={rate!r}, steps={STEPS})",
        "    print(name, way.gradients[0].item(), way.predictions[-1].item(), way.steps_until_right)",
    ])  # fmt: skip
