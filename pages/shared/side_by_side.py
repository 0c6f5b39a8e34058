"""Pictures of several runs beside each other, a column for each."""

from collections.abc import Callable, Sequence

import streamlit as st

from dlcore.runs.run import Run
from dlcore.training.records import Snapshot
from pages.shared import page, session

MOST = 3
"""Columns that are still wide enough for a picture."""


def side_by_side(runs: Sequence[Run], draw: Callable[[Run], None]) -> None:
    """A column for each of the first runs, under its title and how far it is."""
    st.markdown("**What they have learned, side by side**")
    for column, run in zip(st.columns(min(len(runs), MOST), gap="medium"), runs, strict=False):
        with column:
            st.markdown(f"**{page.plain(run.title)}**  \n{run.state}, epoch {run.epoch}")
            draw(run)
    if len(runs) > MOST:
        st.caption(f"The pictures of the first {MOST} runs are shown. Untick one of these to see those of another.")


def latest(run: Run, *names: str) -> Snapshot | None:
    """The newest snapshot of the first of these names that the run has; says so where there is none yet."""
    found = next(filter(None, (session.store().snapshot(run.id, name) for name in names)), None)
    if found is None:
        st.caption("No pictures yet: they appear with the first step.")
    return found
