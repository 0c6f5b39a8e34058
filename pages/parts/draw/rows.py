"""How the mind of a recurrent network changes while it reads a drawing, row by row."""

import numpy as np
import streamlit as st
import torch

from dlcore.data.ink import Ink
from dlcore.data.pixels import normalise
from dlcore.formula.numbers import percent
from dlcore.inspect.recurrent import answers, trace
from dlcore.use.classifier import Classifier, Reading
from pages.figures import panels as heat
from pages.figures import recurrent as figures
from pages.figures import theme
from pages.parts.recurrent import pictures
from pages.shared import page
from pages.shared.plot import Frames, Track, plot

GROUP = "draw-rows"


def show_rows(classifier: Classifier, drawn: Ink | None) -> None:
    """The rows, the state and the probabilities after every row, as a film.

    The network reads what `drawn` became in the end: 28×28 pixels, the top row first.
    """
    st.subheader("How its answer changes, row by row", anchor=False)
    if drawn is None:
        st.caption(
            "This network reads a drawing one row of pixels at a time. Draw something and watch it make up its mind."
        )
        return
    image = normalise(torch.as_tensor(drawn.image)[None, None])
    said = answers(classifier.model, image)[0].numpy()
    seen = trace(classifier.model, image[0])
    reading = classifier.read(drawn.image[None, None], [drawn.problem])[0]
    st.markdown(f"{_moment(said, reading)} Play it, or drag the slider.")
    dark, count = page.is_dark(), len(said)
    left, right = st.columns([7, 5], gap="medium")
    with left:
        figure = pictures.steps(
            classifier.config, seen.steps.numpy(), seen.states[-1].numpy(), said, classifier.labels, cursor=True,
            dark=dark,
        )  # fmt: skip
        path = heat.cursor_path(count)
        shown = len(figure.data) // 2
        tracks = [Track(shown + place, y=path, mode="set") for place in range(shown)]
        plot(
            "drawfig_rows", figure, height=460, file_name="rows",
            frames=Frames(count, tracks, group=GROUP, bar=False, arrive="play", fps=6),
            alt="The rows of the drawing, the probability of each class after each row, and the hidden state.",
        )  # fmt: skip
    with right:
        colours = theme.digit_colours(said.shape[1])
        labels = [f"row {row} of {count}" for row in range(1, count + 1)]
        film = Frames(count, [Track(0, x=said, mode="set")], labels, group=GROUP, arrive="play", fps=6)
        plot(
            "drawfig_mind", figures.bars(said[-1], classifier.labels, colours=colours, dark=dark), height=410,
            frames=film, alt="The probability of each class after the chosen row.", file_name="mind",
        )  # fmt: skip


def _moment(said: np.ndarray, reading: Reading) -> str:
    """From which row on the answer stays what it is at the end; it agrees with the answer. said: (rows, classes)"""
    best = said.argmax(1)
    changes = np.flatnonzero(best != best[-1])
    row = int(changes[-1]) + 2 if len(changes) else 1
    if reading.is_digit:
        return f"From row {row} of {len(said)} on, it reads a **{reading.label}**."
    return (
        f"From row {row} of {len(said)} on, **{reading.label}** is the most likely class, with "
        f"{percent(reading.confidence)} at the end. That does not count as an answer: "
        f"{reading.reason[:1].lower()}{reading.reason[1:]}"
    )
