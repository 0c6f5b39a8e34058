"""The network itself: one update taken apart, and what many updates do."""

import numpy as np
import streamlit as st
import torch

from dlcore.backprop.lesson import Course, Moment, Trajectory
from dlcore.backprop.network import unflat
from dlcore.errors import InvalidValue
from dlcore.formula.numbers import number
from pages.figures import backprop as figures
from pages.figures.film import Film
from pages.parts.backprop import settings
from pages.parts.backprop.cards import NETWORK
from pages.parts.backprop.network import TRAINING, network_drawing
from pages.parts.backprop.script import network_script
from pages.parts.backprop.stage import stage
from pages.shared import address, page
from pages.shared.code_view import show_code
from pages.shared.experiments import try_this
from pages.shared.glossary import explain
from pages.shared.plot import Frames, plot

GRID = 21


@address.fragment
def walk() -> None:
    """Controls, drawing, loss curve and what the network says: only this runs again when something is changed."""
    try_this(NETWORK, _walk(), "bp_network")


def _walk() -> tuple[Trajectory, Moment] | None:
    """All but the questions; returns the updates and the one that is taken apart, if there is one."""
    left, right = stage()
    with left:
        lesson = settings.controls()
    with right:
        drawing, below = st.container(), st.container()
    with below:
        st.subheader("Many updates", anchor=False)
        done = settings.typed_done()
    with drawing:
        if "_bp_problem" in st.session_state:
            page.problem(st.session_state.pop("_bp_problem"))
        if lesson is None:
            return None
        with page.sentences():
            path = settings.trajectory(lesson)
            moment = path.moment(done)
            course = path.course(_reached(path, settings.ahead(lesson, done)), moment.samples)
            network_drawing(
                "bp_network", moment, course, on_edit=settings.set_by_hand, on_done=settings.at,
                on_more=lambda updates: settings.look_further(lesson, updates),
            )  # fmt: skip
            with below:
                _many(path, moment, course)
                show_code(network_script(moment), file_name="backprop.py")
            return path, moment
    return None


def _many(path: Trajectory, moment: Moment, course: Course) -> None:
    """Several updates in a row: the loss, and what the network says of its inputs."""
    dark, done, losses = page.is_dark(), moment.done, course.losses.tolist()
    before, after = moment.passed.J, moment.J_after
    with st.container(horizontal=True):
        st.metric("Loss J, all samples", number(losses[done]), help=explain("loss"))
        st.metric("J of this batch", number(before), help=explain("batch"))
        change = number(abs(after - before), 2)  # st.metric knows a fall by its hyphen
        st.metric(
            "J of this batch, after the update",
            number(after),
            f"-{change}" if after < before else change,
            delta_color="inverse",
        )
    left, right = st.columns(2, gap="medium")
    with left:
        film = figures.loss_curve(losses, done, dark)
        plot(
            "bp_losses", film.figure, height=300, frames=_following(film, done),
            on_pick=lambda x, y: settings.at(min(x, len(losses) - 1)), file_name="loss",
            alt=f"The loss over {len(losses) - 1} updates; after {done} it is {number(losses[done], 3)}.",
        )  # fmt: skip
        st.caption("Click on the curve to step through that update.")
    with right:
        _says(path, moment, course, dark)


def _following(film: Film, done: int) -> Frames:
    """Frames that follow the training of the drawing, one for each update."""
    return Frames(film.count, film.tracks, group=TRAINING, bar=False, arrive=done)


def _reached(path: Trajectory, updates: int) -> int:
    """As many updates as lead to a loss that is a number."""
    while True:
        try:
            path.losses(updates)
        except InvalidValue:
            updates -= 1
        else:
            return updates


def _says(path: Trajectory, moment: Moment, course: Course, dark: bool) -> None:
    """A picture of the first output over the inputs, where there are one or two of them, after every update."""
    network = path.lesson.network
    X, Y = path.lesson.samples()
    which = len(Y) - 1 if network.units[-1] == 2 else 0
    about = f"Output {which + 1}" if len(Y) > 1 else "The output"
    if network.units[0] == 2:
        reach = max(1.0, float(X.abs().max())) * 1.25
        low = -reach if float(X.min()) < 0 else -0.25 * reach
        axis = torch.linspace(low, reach, GRID, dtype=torch.float64)
        grid = torch.stack((axis.repeat(GRID), axis.repeat_interleave(GRID)))
        draw, points = figures.output_map, X.T
    elif network.units[0] == 1:
        axis = torch.linspace(float(X.min()) - 0.5, float(X.max()) + 0.5, 101, dtype=torch.float64)
        grid, draw, points = axis[None], figures.fitted_curve, X[0]
    else:
        st.caption("With one or two inputs, a picture of the network's output for every input is drawn here.")
        return
    values = path.outputs(unflat(network, course.parameters), grid)[:, which].numpy()
    film = draw(axis.numpy(), values, points.numpy(), Y[which].numpy(), moment.done, dark)
    plot("bp_says", film.figure, height=300, alt=f"{about} of the network over its inputs.", file_name="output",
         frames=_following(film, moment.done))  # fmt: skip
    spread = number(np.ptp(values[moment.done]), 3)
    st.caption(
        f"{about} for all inputs shown: its highest and lowest value differ by {spread}. Dots are the samples, "
        f"{'coloured by their targets' if network.units[0] == 2 else 'at their targets'}."
    )
