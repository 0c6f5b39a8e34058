"""What there is to see, and the way in."""

from typing import TYPE_CHECKING

import streamlit as st

from dlcore.errors import DlcoreError
from pages.figures import home, theme, thumbnails, words
from pages.shared import page, present, session
from pages.shared.contents import Entry, entries
from pages.shared.examples import EXAMPLES, PEN
from pages.shared.glossary import GLOSSARY, term
from pages.shared.svg import svg

if TYPE_CHECKING:
    from dlcore.runs import Run, Unreadable

LATEST = 3
_CARD = 232
_ON_A_PHONE = """<style>
@media (max-width: 640px) { .st-key-parts > * { flex: 0 0 100% !important; width: 100% !important; } }
</style>"""
_THREAD = ("activation", "neuron", "loss", "gradient", "optimizer", "backpropagation", "network", "reading a digit")
# What there is to see on a page, by its name, which is that of its picture too.
_SENTENCES = {
    "activations": "What a nonlinearity does to one number, and to a signal that passes through fifty layers.",
    "losses": "How a prediction is scored, and how hard the gradient pulls on it.",
    "descent": "Optimizers race down the same landscape. See the numbers behind every step.",
    "regression": "A line is fitted to points while a ball rolls down the bowl of its errors.",
    "backprop": "Numbers flow forward, gradients flow back: follow every one of them by hand.",
    "playground": "A network learns to tell points apart while you watch, and you can reach into it.",
    "recurrent": "Memory made visible: signals, series, digits and text, step by step.",
    "autoencoder": "Squeeze images into a few numbers, look inside, and draw new images.",
}


def cards() -> None:
    """A picture for each page, and the door to it."""
    left, right = st.columns(2, gap="medium")
    with left.container(border=True):
        svg("home_train", home.training(theme.LOSS_COLOUR, theme.ACCURACY_COLOUR))
        st.page_link("pages/train.py", label="**Train a network**", icon=":material/model_training:")
        st.markdown(
            "Choose a network and its settings, press Start, and watch the loss and the accuracy change with "
            "every step."
        )
    with right.container(border=True):
        svg("home_draw", home.reading(EXAMPLES[0].strokes, PEN))
        st.page_link("pages/draw.py", label="**Draw a digit**", icon=":material/draw:")
        st.markdown("Draw with a mouse, pen or finger. See what the network sees, and what it makes of it.")


def thread() -> None:
    """How the pages hang together, in one line."""
    said = " &nbsp;→&nbsp; ".join(f"<b>{term(each) if each in GLOSSARY else each}</b>" for each in _THREAD)
    st.html(f'<p style="text-align:center">{said}</p>')


def parts() -> None:
    """The explorers, in the order in which one stands on the other."""
    st.html(_ON_A_PHONE)
    st.subheader("Piece by piece", anchor=False)
    with st.container(horizontal=True, gap="small", key="parts"):
        for entry in entries():
            if entry.name in _SENTENCES:
                _part(entry)


def _part(entry: Entry) -> None:
    with st.container(border=True, width=_CARD, height="stretch", key=f"part_{entry.name}"):
        svg(f"home_{entry.name}", getattr(thumbnails, entry.name)())
        st.page_link(entry.file, label=f"**{entry.title}**")
        st.markdown(_SENTENCES[entry.name])


def latest_runs() -> None:
    """This visitor's newest runs, with the way back to each; nothing where there are none."""
    try:
        runs = session.store().runs(session.owner(), limit=LATEST)
    except DlcoreError as error:
        page.problem(error)
        return
    if not runs:
        return
    with present.aside("latest"):
        _run_cards(runs)


def _run_cards(runs: "list[Run | Unreadable]") -> None:
    st.subheader("Your latest runs", anchor=False)
    for column, run in zip(st.columns(LATEST, gap="medium"), runs, strict=False):
        with column.container(border=True):
            _run_card(run)


def _run_card(run: "Run | Unreadable") -> None:
    from dlcore.runs import Unreadable  # half a second: only those who have runs wait for it
    from pages.shared.run_files import downloads

    if isinstance(run, Unreadable):
        st.markdown(f"**{page.plain(run.title)}**  \n{page.plain(run.problem)}")
        downloads(run)
        return
    st.markdown(f"**{page.plain(run.title)}**  \n{_summary(run)} · {words.ago(run.created)}")
    place = page.of_kind(run.kind)
    st.page_link(place, label="Open", icon=":material/monitoring:", query_params={"run": run.id})
    if run.has_weights and run.config.reads_images:
        st.page_link("pages/draw.py", label="Draw for it", icon=":material/draw:", query_params={"run": run.id})


def _summary(run: "Run") -> str:
    test = run.finished.test if run.finished else {}
    if "accuracy" in test:
        return f"test accuracy {words.share(test['accuracy'])} on {run.config.data.written}"
    if "loss" in test:
        return f"test loss {words.loss(test['loss'])} on {run.config.data.written}"
    return f"{run.state}, step {run.step:,}" if run.step else run.state


page.guard()
page.header(
    "See deep learning work",
    "Watch a neural network learn, then draw a digit and see how your own network reads it.",
)
cards()
thread()
latest_runs()
parts()
