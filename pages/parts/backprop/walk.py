"""The network itself: one update taken apart, and what many updates do."""

import numpy as np
import streamlit as st
import torch

from dlcore.backprop.lesson import Moment, Trajectory
from dlcore.errors import InvalidValue
from dlcore.formula.numbers import number
from pages.figures import backprop as figures
from pages.parts.backprop import settings
from pages.parts.backprop.network import network_drawing
from pages.parts.backprop.script import network_script
from pages.parts.backprop.stage import stage
from pages.shared import address, page
from pages.shared.code_view import show_code
from pages.shared.plot import plot

GRID = 41
AHEAD = 50
"""Updates that the loss curve shows at least."""


@address.fragment
def walk() -> None:
    """Controls, drawing, loss curve and what the network says: only this runs again when something is changed."""
    left, right = stage()
    with left:
        lesson = settings.controls()
    with right:
        drawing, below = st.container(), st.container()
    with below:
        st.subheader("Many updates", anchor=False)
        done = settings.done()
    with drawing:
        if "_bp_problem" in st.session_state:
            page.problem(st.session_state.pop("_bp_problem"))
        if lesson is None:
            return
        with page.sentences():
            path = settings.trajectory(lesson)
            moment = path.moment(done)
            network_drawing("bp_network", moment, settings.set_by_hand, lambda: settings.move(1))
            with below:
                _many(path, moment)
                show_code(network_script(moment), file_name="backprop.py")


def _many(path: Trajectory, moment: Moment) -> None:
    """Several updates in a row: the loss, and what the network says of its inputs."""
    dark, done = page.is_dark(), moment.done
    before, after = moment.passed.J, moment.J_after
    losses = _ahead(path, max(AHEAD, done))
    with st.container(horizontal=True):
        st.metric("Loss J, all samples", number(losses[done]))
        st.metric("J of this batch", number(before))
        change = number(abs(after - before), 2)  # st.metric knows a fall by its hyphen
        st.metric(
            "J of it after this update",
            number(after),
            f"-{change}" if after < before else change,
            delta_color="inverse",
        )
    left, right = st.columns(2, gap="medium")
    with left:
        plot(
            "bp_losses", figures.loss_curve(losses, done, dark), height=300,
            on_pick=lambda x, y: settings.at(min(x, len(losses) - 1)), file_name="loss",
            alt=f"The loss over {len(losses) - 1} updates; after {done} it is {number(losses[done], 3)}.",
        )  # fmt: skip
        st.caption("Click on the curve to take that update apart.")
    with right:
        _says(path, moment, dark)


def _ahead(path: Trajectory, updates: int) -> list[float]:
    """The loss curve, up to where it stops being a number."""
    while True:
        try:
            return path.losses(updates)
        except InvalidValue:
            updates -= 1


def _says(path: Trajectory, moment: Moment, dark: bool) -> None:
    """A picture of the first output over the inputs, where there are one or two of them."""
    inputs = path.lesson.network.units[0]
    X, Y = path.lesson.samples()
    which = len(Y) - 1 if path.lesson.network.units[-1] == 2 else 0
    about = f"Output {which + 1}" if len(Y) > 1 else "The output"
    if inputs == 2:
        reach = max(1.0, float(X.abs().max())) * 1.25
        low = -reach if float(X.min()) < 0 else -0.25 * reach
        axis = torch.linspace(low, reach, GRID, dtype=torch.float64)
        grid = torch.stack((axis.repeat(GRID), axis.repeat_interleave(GRID)))
        values = path.outputs(moment.parameters, grid)[which].view(GRID, GRID)
        figure = figures.output_map(axis.numpy(), values.numpy(), X.T.numpy(), Y[which].numpy(), dark)
    elif inputs == 1:
        low, high = float(X.min()) - 0.5, float(X.max()) + 0.5
        axis = torch.linspace(low, high, 201, dtype=torch.float64)
        values = path.outputs(moment.parameters, axis[None])[which]
        figure = figures.fitted_curve(axis.numpy(), values.numpy(), X[0].numpy(), Y[which].numpy(), dark)
    else:
        st.caption("With one or two inputs, a picture of what the network says everywhere is drawn here.")
        return
    plot("bp_says", figure, height=300, alt=f"{about} of the network over its inputs.", file_name="output")
    spread = number(np.ptp(values.numpy()), 3)
    st.caption(f"{about} everywhere; it varies by {spread}. Dots are the samples, coloured by their targets.")
