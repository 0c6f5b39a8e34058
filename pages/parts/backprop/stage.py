"""Picture and controls side by side; the picture comes first where they are below each other."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

_STYLE = """<style>
.st-key-bp_stage > [data-testid="stLayoutWrapper"] > [data-testid="stHorizontalBlock"] { flex-direction: row-reverse; }
[class*="st-key-bp_hidden"] .stColumn.stColumn:first-child { --least: 4rem; }  /* a digit needs no more */
</style>"""


def stage() -> tuple[DeltaGenerator, DeltaGenerator]:
    """Columns for the controls, at the left of a wide screen, and for the picture, on top of a narrow one."""
    with st.container(key="bp_stage"):
        st.html(_STYLE)
        picture, controls = st.columns([9, 3], gap="medium")
    return controls, picture
