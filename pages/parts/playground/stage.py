"""The playground: controls at the left, the network and its answer beside them."""

import streamlit as st

from dlcore.errors import DlcoreError
from pages.parts.playground import controls, rival, view
from pages.parts.playground.cards import EXPERIMENTS
from pages.shared import address, page, present
from pages.shared.experiments import Experiment, try_this

_STYLE = """<style>
.st-key-pg_stage > [data-testid="stLayoutWrapper"] > [data-testid="stHorizontalBlock"] { flex-direction: row-reverse; }
</style>"""


@address.fragment
def section() -> None:
    """All of it."""
    with st.container(key="pg_stage"):
        st.html(_STYLE)
        picture, beside = st.columns([10, 3], gap="medium")
    view.read_start()
    rival.read_link()
    with beside:
        controls.controls()
    setup = None
    with picture:
        try:
            setup = controls.setup()
            view.show(setup)
        except DlcoreError as error:
            page.problem(error)
    if setup is not None:
        with present.aside("race"):
            page.on_demand("A race of two networks", ":material/sports_score:", rival.OPEN, lambda: rival.show(setup))
    try_this(EXPERIMENTS, setup, "pg_stage", _begin)


def _begin(_: Experiment) -> None:
    """An experiment starts with the weights of its seed, and plays at once."""
    st.session_state[controls.START] = ""
    st.session_state[controls.AT] = None
    st.session_state[view.PLAY] = st.session_state.get(view.PLAY, 0) + 1
