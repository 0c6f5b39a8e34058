"""A few neurons approximate a function: fitted for real, and played step by step."""

import threading
import time

import numpy as np
import streamlit as st
import torch

from dlcore.formula.expression import MAX_LENGTH
from dlcore.formula.numbers import number
from dlcore.functions.activations import ACTIVATIONS
from dlcore.functions.approximation import MAX_NEURONS, OPTIMIZERS, TARGETS, Fit, Task, fit
from pages.figures import neurons as figures
from pages.parts.activations.common import formula, section
from pages.parts.activations.few_cards import EXPERIMENTS, OWN, Shown
from pages.shared import link, page
from pages.shared.code_view import show_code
from pages.shared.experiments import try_this
from pages.shared.plot import Frames, Readout, Track, plot

PARTS = 80
"""Points of each neuron's curve: enough to see it, and little to send."""


@section
def show() -> None:
    """The task on the left; the film of its fit on the right."""
    controls, stage = st.columns([3, 9], gap="medium")
    with controls:
        task = _task()
        numbers = st.container()
    found = _fitted(task) if task else None
    with stage:
        if found is None:
            st.info("The fit appears here as soon as there is a function to fit.", icon=":material/show_chart:")
        else:
            _film(found[0])
    if found is None:
        try_this(EXPERIMENTS, None, "actfig_fit")
        return
    result, seconds = found
    with numbers:
        left, right = st.columns(2)
        left.metric("Typical error", number(float(result.loss[-1]) ** 0.5, 2), help="Root of the mean squared error.")
        right.metric("Parameters", f"{3 * task.neurons + 1}", help="3 for each neuron, and one constant.")
        st.caption(f"{int(result.steps[-1])} steps of real training in {seconds * 1000:.0f} ms, by torch.optim.")
    st.latex(r"f(x) \approx c + \sum_{i=1}^{n} v_i\, \varphi(w_i x + b_i)")
    st.latex(rf"\varphi(x) = {formula(ACTIVATIONS[task.activation])}")
    show_code(script(task))
    try_this(EXPERIMENTS, Shown(result, lambda task: _fit(task)[0]), "actfig_fit")


def _task() -> Task | None:
    """What the controls ask for; None, and a sentence, if it cannot be fitted."""
    titles = {**{name: title for name, (title, _) in TARGETS.items()}, OWN: "Your own"}
    target = link.choice("act_target", "Function to approximate", [*TARGETS, OWN], "sine", names=titles)
    if target == OWN:
        text = link.text(
            "act_typed",
            "f(x) =",
            "sin(x) + 0.3*sin(8*x)",
            MAX_LENGTH,
            help="From −3 to 3, for example √|x|, or x·exp(−x²).",
        )
    else:
        text = TARGETS[target][1]
    n = link.slider("act_n", "Neurons", 1, MAX_NEURONS, 6, 1)
    usable = {name: each.title for name, each in ACTIVATIONS.items() if each.smoothness != "jump"}
    function = link.choice("act_few", "Activation φ", list(usable), "tanh", names=usable)
    optimizer = link.choice(
        "act_fit", "Optimizer", list(OPTIMIZERS), "lbfgs", names={"lbfgs": "L-BFGS", "adam": "Adam"}, look="segmented",
        help="L-BFGS measures how the slope changes and takes long, sure steps: right for small problems like this. "
        "Adam is what large networks are trained with.",
    )  # fmt: skip
    seed = link.number("act_start", "Start from seed", 0, 999, 0, 1, help="Other random weights to begin with.")
    return Task(text, function, n, optimizer, seed)


def _fitted(task: Task) -> tuple[Fit, float] | None:
    with page.sentences():
        return _fit(task)
    return None


@st.cache_resource(show_spinner=False)
def warm_up() -> None:
    """Let torch load its optimizers in the background: the first of them takes seconds, in each server once."""
    threading.Thread(target=fit, args=(Task(neurons=1),), daemon=True).start()


@st.cache_data(max_entries=40, show_spinner="Fitting …")
def _fit(task: Task) -> tuple[Fit, float]:
    begun = time.perf_counter()
    return fit(task), time.perf_counter() - begun


def _film(result: Fit) -> None:
    dark = page.is_dark()
    x, target, outputs = result.x.numpy(), result.target.numpy(), result.outputs().numpy()
    count, n = result.w.shape
    coarse = torch.linspace(float(x[0]), float(x[-1]), PARTS, dtype=torch.float64)
    parts, bends = result.contributions(coarse).numpy(), result.bends().numpy()
    steps = [int(each) for each in result.steps]
    film = {"count": count, "fps": 20, "arrive": "play", "group": "actfig_fit"}
    plot(
        "actfig_fit", figures.fitted(x, target, outputs[-1], dark=dark), height=310, file_name="approximation",
        frames=Frames(
            tracks=[Track(figures.OUTPUT, y=outputs, mode="set")],
            labels=[f"step {each}" for each in steps],
            readouts=[Readout(r"\text{mean squared error} = \num{0}", result.loss.numpy()[:, None])],
            **film,
        ),
        alt=f"{result.task.target} and what {n} neurons make of it, step by step",
    )  # fmt: skip
    left, right = st.columns([3, 2], gap="medium")
    with left:
        tracks = [Track(i, y=parts[:, i], mode="set") for i in range(n)] + [Track(n, x=bends, mode="set")]
        plot(
            "actfig_parts",
            figures.contributions(coarse.numpy(), parts[-1], bends[-1], _reach(parts, target), dark=dark),
            height=290, frames=Frames(tracks=tracks, bar=False, **film), file_name="contributions",
            alt=f"What each of the {n} neurons adds",
        )  # fmt: skip
    with right:
        losses = result.loss.numpy()
        plot(
            "actfig_loss", figures.losses(steps, losses, dark=dark), height=290, file_name="loss",
            frames=Frames(
                tracks=[Track(0, x=steps, y=losses), Track(1, x=steps, y=losses, mode="point")], bar=False, **film
            ),
            alt="The mean squared error, step by step",
        )  # fmt: skip


def _reach(parts: np.ndarray, target: np.ndarray) -> float:
    """How far the axis of the contributions goes: nearly all of the end is in it; neurons that cancel are cut off."""
    least = 1.1 * max(float(np.abs(target).max()), 0.5)
    return min(max(1.1 * float(np.quantile(np.abs(parts[-1]), 0.99)), least), 8 * least)


def script(task: Task) -> str:
    """What ran."""
    return "\n".join(
        [
            "from dlcore.functions.approximation import Task, fit",
            "",
            f"task = Task({task.target!r}, {task.activation!r}, neurons={task.neurons}, "
            f"optimizer={task.optimizer!r}, seed={task.seed})",
            "found = fit(task)",
            "print(found.loss[-1].item())  # mean squared error after the last step",
            "print(found.w[-1], found.b[-1], found.v[-1], found.c[-1])",
        ]
    )
