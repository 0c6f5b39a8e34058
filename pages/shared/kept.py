"""Values that controls keep from one run to the next, brought to what the next run has. Before they are drawn."""

from collections.abc import Sequence

import streamlit as st


def within(key: str, low: int, high: int) -> None:
    """A number stays as near as it can."""
    if isinstance(kept := st.session_state.get(key), int | float):
        st.session_state[key] = min(max(kept, low), high)


def among(key: str, options: Sequence[str], default: str) -> None:
    """A choice that there is no more becomes the default, in the link too. What only a link says is left to it."""
    if key in st.session_state and st.session_state[key] not in options:
        st.session_state[key] = default
