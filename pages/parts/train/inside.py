"""Inside a run on images, at the moment that is shown: its mistakes, its layers, and the signal in them."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from dlcore.runs.run import Run
from pages.parts.train import layers, mistakes, signal
from pages.shared import address, link, page, replay, session

POLL_SECONDS = 1.0


@dataclass(frozen=True)
class Question:
    """What can be asked of a run. draw(run, at): the answer at a step, None for the newest.

    live: drawn again and again while the run goes on, so it has no controls whose clicks that would swallow
    """

    title: str
    draw: Callable[[Run, int | None], None]
    live: bool = True


SECTIONS = {
    "mistakes": Question("What does it get wrong?", mistakes.section),
    "layers": Question("What does each layer see?", layers.section, live=False),
    "signal": Question("Is the signal healthy?", signal.section),
}


@address.fragment
def inside(run: Run) -> None:
    """Choose a question; while the run goes on its answer is drawn again and again."""
    if not run.step and run.state == "queued":
        return
    st.subheader("Look inside", anchor=False)
    names = {name: each.title for name, each in SECTIONS.items()}
    chosen = link.choice(
        "train_inside", "What to look at", tuple(names), next(iter(names)), names=names, look="segmented",
        label_visibility="collapsed",
    )  # fmt: skip
    live = run.active and SECTIONS[chosen].live
    st.fragment(_draw, run_every=POLL_SECONDS if live else None)(run.id, chosen)


def _draw(run_id: str, chosen: str) -> None:
    with page.sentences():
        run = session.store().readable(run_id)
        SECTIONS[chosen].draw(run, replay.moment(run))
