"""Below the picture: the loss around here, and the code and weights to take along."""

from functools import lru_cache

import streamlit as st
import torch
from safetensors.torch import save

from dlcore.formula.numbers import number, percent
from dlcore.inspect import loss_plane
from dlcore.playground import surface
from dlcore.playground.course import Course
from dlcore.playground.script import export
from dlcore.playground.setup import Setup
from pages.figures import loss_plane as figures
from pages.parts.playground.controls import AT
from pages.shared import page
from pages.shared.code_view import with_needs
from pages.shared.plot import plot

OPENS_AT = 1000
"""Updates that are played when the page is opened."""
_SECONDS = 30.0


def shown_at(setup: Setup) -> int:
    """The update at which the film rests: as far as the server was told."""
    at = st.session_state.get(AT)
    return min(setup.updates, OPENS_AT if at is None else at)


@lru_cache(maxsize=16)
def _plane(setup: Setup, update: int) -> tuple[loss_plane.Slice, loss_plane.Course, float]:
    return surface.around(setup, update)


def show_surface(setup: Setup) -> None:
    """The loss around the weights of the moment, and the way that led there."""
    update = shown_at(setup)
    if not update:
        st.markdown("There is no path yet: play, pause, and look again.")
        return
    with page.sentences(), st.spinner("Measuring the loss around here"):
        found, course, share = _plane(setup, update)
        film = figures.contour(found, course, "path", page.is_dark())
        plot("pg_surface", film.figure, height=380, file_name="loss_around",
             alt=f"The training loss around the weights after {update:,} updates, and the path there.")  # fmt: skip
        st.caption(
            f"The training loss around the weights after {update:,} updates, marked ×, on the plane that shows "
            f"most of the way there: {percent(share)} of it. The loss is {number(course.losses[-1], 3)} here, and "
            f"{number(float(found.losses.min()), 3)} at the lowest place of this grid."
        )


def show_code_and_weights(setup: Setup) -> None:
    """What ran, as a script, and the network of the moment as a file."""
    update = shown_at(setup)
    with page.sentences():
        course = Course(setup)
        script = with_needs(export(setup, course.training.points, update, threads=torch.get_num_threads()))
        st.caption(f"The {update:,} updates as a plain loop in PyTorch. It ends with the weights of the picture.")
        st.code(script, language="python", wrap_lines=True, height=320)
        st.download_button("Download the code", script, "playground.py", "text/x-python", icon=":material/download:")
        if course.at(update, _SECONDS) is None:
            st.caption("To get to this moment takes too long for a file: pause earlier.")
            return
        st.download_button(
            f"Weights after {update:,} updates", _file(course), "playground.safetensors", icon=":material/download:",
            help="A state dict in the format safetensors, for the model of the code.",
        )  # fmt: skip


def _file(course: Course) -> bytes:
    """The weights under the names that a plain nn.Sequential gives them, as the script builds it."""
    plain = torch.nn.Sequential(*course.training.model)
    return save({name: each.contiguous() for name, each in plain.state_dict().items()})
