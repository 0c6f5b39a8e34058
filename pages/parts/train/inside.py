"""Inside a run on images, at the moment that is shown: what it gets wrong, and how the signal does in its layers."""

from collections.abc import Callable

import streamlit as st

from dlcore.runs.run import Run
from pages.parts.train import mistakes, signal
from pages.shared import address, link, page, replay, session

POLL_SECONDS = 1.0
SECTIONS: dict[str, tuple[str, Callable[[Run, int | None], None]]] = {
    "mistakes": ("What does it get wrong?", mistakes.section),
    "signal": ("Is the signal healthy?", signal.section),
}


@address.fragment
def inside(run: Run) -> None:
    """Choose a question; while the run goes on its answer is drawn again and again."""
    if not run.step and run.state == "queued":
        return
    st.subheader("Look inside", anchor=False)
    names = {name: title for name, (title, _) in SECTIONS.items()}
    chosen = link.choice(
        "train_inside", "What to look at", tuple(names), next(iter(names)), names=names, look="segmented",
        label_visibility="collapsed",
    )  # fmt: skip
    st.fragment(_draw, run_every=POLL_SECONDS if run.active else None)(run.id, chosen)


def _draw(run_id: str, chosen: str) -> None:
    with page.sentences():
        run = session.store().readable(run_id)
        SECTIONS[chosen][1](run, replay.moment(run))
