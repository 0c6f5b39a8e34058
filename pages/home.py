"""What there is to see, and the way in."""

from typing import TYPE_CHECKING

import streamlit as st

from dlcore.errors import DlcoreError
from pages.figures import home
from pages.shared import page, session, theme, words
from pages.shared.examples import EXAMPLES, PEN
from pages.shared.svg import svg

if TYPE_CHECKING:
    from dlcore.runs import Run

LATEST = 3
_THREAD = ("28×28 pixels", "a network", "its loss", "thousands of small steps", "a digit read")


def cards() -> None:
    """A picture for each page, and the door to it."""
    left, right = st.columns(2, gap="medium")
    with left.container(border=True):
        svg("home_train", home.training(theme.LOSS_COLOUR, theme.ACCURACY_COLOUR))
        st.page_link("pages/train.py", label="**Train a network**", icon=":material/model_training:")
        st.markdown("Choose a network and its settings, press Start, and watch loss and accuracy move with every step.")
    with right.container(border=True):
        svg("home_draw", home.reading(EXAMPLES[0].strokes, PEN))
        st.page_link("pages/draw.py", label="**Draw a digit**", icon=":material/draw:")
        st.markdown("Draw with mouse, pen or finger. See what the network sees, and what it makes of it.")


def thread() -> None:
    """How the pages hang together, in one line."""
    st.markdown(" &nbsp;→&nbsp; ".join(f"**{each}**" for each in _THREAD), text_alignment="center")


def latest_runs() -> None:
    """This visitor's newest runs, with the way back to each; nothing where there are none."""
    try:
        runs = session.store().runs(session.owner(), limit=LATEST)
    except DlcoreError as error:
        page.problem(error)
        return
    if not runs:
        return
    st.subheader("Your latest runs", anchor=False)
    for column, run in zip(st.columns(LATEST, gap="medium"), runs, strict=False):
        with column.container(border=True):
            _run_card(run)


def _run_card(run: "Run") -> None:
    st.markdown(f"**{page.plain(run.title)}**  \n{_summary(run)} · {words.ago(run.created)}")
    st.page_link("pages/train.py", label="Open", icon=":material/monitoring:", query_params={"run": run.id})
    if run.has_weights:
        st.page_link("pages/draw.py", label="Draw for it", icon=":material/draw:", query_params={"run": run.id})


def _summary(run: "Run") -> str:
    if run.finished is not None and "accuracy" in run.finished.test:
        return f"test accuracy {run.finished.test['accuracy']:.1%} on {words.dataset(run.config.data.name)}"
    return f"{run.state}, step {run.step:,}" if run.step else run.state


page.guard()
page.header(
    "See deep learning work",
    "Train a neural network in front of your eyes, then draw a digit and see it read by the network that you trained.",
)
cards()
thread()
latest_runs()
