"""What it takes to break a reader: the drawing, and test images likewise, turned, shifted, thickened and spoilt."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dlcore.formula.numbers import number, percent
from pages.figures import breaking as figures
from pages.figures import digits, theme
from pages.figures.sheet import sheet
from pages.parts.draw.board import Board, verdict
from pages.parts.draw.breaking_controls import CONTROLS, CURVE, controls
from pages.parts.draw.samples import Sample, sample
from pages.shared import link, page, present
from pages.shared.glossary import explain
from pages.shared.plot import plot

if TYPE_CHECKING:
    from dlcore.data.changes import Changes
    from dlcore.use.classifier import Classifier, Reading
    from dlcore.use.robustness import Measured

MOST_SHOWN = 12
"""Classes with a bar, and changed test images."""


def section(board: Board) -> None:
    """Sliders, the changed drawing and what is thought of it, then the same changes on many test images."""
    with present.unfitted("breaking"), page.sentences():
        left, right = st.columns([5, 7], gap="large")
        with left:
            changes = controls()
        with right:
            _drawing(board, changes)
        _tests(board, changes)


def _drawing(board: Board, changes: "Changes") -> None:
    """The drawing before and after, and the probabilities after."""
    if board.drawn is None:
        st.caption("Draw something, and see how much it can take. Below, test images are changed in any case.")
        return
    before, after = _readings(board, changes)
    if changes.made:
        st.markdown(f"As it is: **{verdict(before, board.nothing)}**. Changed: **{verdict(after, board.nothing)}**.")
    else:
        st.markdown(f"As it is: **{verdict(before, board.nothing)}**. Move a slider and see how much that changes.")
    pictures, bars = st.columns([6, 6], gap="medium")
    with pictures:
        shown = (
            digits.picture(board.drawn.image, "As it is", "what the network sees"),
            digits.picture(_changed(board, changes), "Changed", _list(changes)),
        )
        st.html('<div style="display:grid;grid-template-columns:1fr 1fr;gap:0.8rem">' + "".join(shown) + "</div>")
    with bars:
        labels = board.classifier.labels
        places = sorted(range(len(labels)), key=lambda place: -after.probabilities[place])[:MOST_SHOWN]
        colours = theme.digit_colours(len(labels))
        lists = ([each[place] for place in sorted(places)] for each in (after.probabilities, labels, colours))
        st.html(digits.bars(*lists, faded=not after.is_digit))
    with present.aside("breaking_note"):
        st.caption("The 28×28 pixels are changed, after the steps that crop and centre a drawing and would undo it.")


def _changed(board: Board, changes: "Changes") -> np.ndarray:
    """The drawing as the network sees it, changed: uint8 (28, 28)."""
    return changes.apply(_image(board))[0, 0].numpy()


def _image(board: Board):
    import torch

    return torch.from_numpy(np.ascontiguousarray(board.drawn.image))[None, None]


def _readings(board: Board, *changes: "Changes") -> "list[Reading]":
    """Of the drawing as it is, and with each of the changes."""
    import torch

    image = _image(board)
    images = torch.cat([image, *(each.apply(image) for each in changes)])
    return board.classifier.read(images, [board.drawn.problem] * len(images))


def _list(changes: "Changes") -> str:
    """The changes that are made, for a caption."""
    return ", ".join(CONTROLS[name].title.lower() for name in changes.made) or "nothing yet"


def _tests(board: Board, changes: "Changes") -> None:
    """How many test images are read right when they are changed like the drawing."""
    found = sample(board.classifier, board.choice)
    if found is None:
        st.caption("The images that this network learned from are not on this machine, so there are none to change.")
        return
    from dlcore.data.changes import Changes

    measure = partial(_measured, board.choice, found.data, _classifier=board.classifier, _sample=found)
    st.subheader(f"The same done to {len(found):,} test images", anchor=False)
    if found.note:
        page.problem(found.note)
    now, plain = measure(changes), measure(Changes())
    one, two, three = st.columns(3)
    one.metric(
        "Read right", percent(now.share), f"unchanged {percent(plain.share)}", delta_color="off",
        delta_arrow="off", help=f"Whether or not the network would give the answer.\n\n{explain('test')}",
    )  # fmt: skip
    two.metric("Likely between", now.interval.said, help="The 95 % interval of Wilson: how sure the share is.")
    three.metric(
        "Refused", percent(now.refused_share), help=f"It says: {board.nothing}.\n\n{explain('novelty score')}"
    )  # fmt: skip
    _some(board.classifier, found, changes)
    st.caption(
        page.plain(
            f"{len(found):,} test images of {found.written}, as many of each class, the same ones every time. Above is "
            f"the first of each: framed where it is read wrong, with a question mark where the network refuses it. "
            "A 6 upside down that is read as a 9 counts as wrong."
        )
    )
    _curve(board, changes, measure)


@st.cache_data(max_entries=4096, show_spinner=False)
def _measured(choice: str, data: str, changes: "Changes", _classifier: "Classifier", _sample: Sample) -> "Measured":
    from dlcore.use.robustness import measure

    return measure(_classifier, _sample.images, _sample.labels, changes)


def _some(classifier: "Classifier", found: Sample, changes: "Changes") -> None:
    """One changed test image of each class, with what it is read as; wrong ones are framed."""
    firsts = [int((found.labels == label).nonzero()[0]) for label in found.labels.unique()[:MOST_SHOWN]]
    images = changes.apply(found.images)[firsts]  # of all, so that each has the noise with which it was counted
    readings, labels = classifier.read(images), classifier.labels
    true = [labels[label] for label in found.labels[firsts].tolist()]
    pairs = list(zip(true, readings, strict=True))
    captions = [f"{label} → {reading.label}{'' if reading.is_digit else '?'}" for label, reading in pairs]
    wrong = [reading.label != label for label, reading in pairs]
    said = [
        f"a {label}, read as {reading.label} with {percent(reading.confidence)}"
        + ("" if reading.is_digit else ", refused")
        for label, reading in pairs
    ]
    st.html(sheet(images[:, 0].numpy(), captions, wrong, said))


def _curve(board: Board, changes: "Changes", measure) -> None:
    """Accuracy against the strength of one change, all others off, with the drawing beside it."""
    from dlcore.data.changes import STRENGTHS, Changes

    titles = {name: each.title for name, each in CONTROLS.items()}
    name = link.choice(CURVE, "How does it fall with", tuple(CONTROLS), "rotate", names=titles, width=280)
    strengths, place = STRENGTHS[name], st.empty()
    steps = [Changes().only(name, strength) for strength in strengths]
    measured = []
    for count, each in enumerate(steps):
        if count:  # the script can be interrupted here, such as by another stroke of the pen
            place.progress(count / len(steps), text=f"Reading the test images at {len(steps)} strengths")
        measured.append(measure(each))
    place.empty()
    dark, drawing, kept = page.is_dark(), None, ""
    if board.drawn is not None:
        before, *readings = _readings(board, *steps)
        drawing = ([each.probabilities[before.digit] for each in readings], before.label)
        kept = held(strengths, readings, before)
    figure = figures.fall(
        strengths, [each.share for each in measured], [each.interval for each in measured],
        [each.refused_share for each in measured], CONTROLS[name].axis, drawing=drawing,
        now=getattr(changes, name), dark=dark,
    )  # fmt: skip
    plot(
        "drawfig_breaking", figure, height=360, file_name="breaking",
        alt="The share of test images that is read right against the strength of the change.",
    )  # fmt: skip
    st.caption(f"{kept}One change at a time: all others are off in this curve. The band is the 95 % interval.")


def held(strengths: Sequence[float], readings: "Sequence[Reading]", before: "Reading") -> str:
    """Over which strengths around none the drawing is still read as it was; empty where that was no answer."""
    if not before.is_digit:
        return ""
    same = [each.is_digit and each.label == before.label for each in readings]
    first = last = strengths.index(0)
    while first > 0 and same[first - 1]:
        first -= 1
    while last + 1 < len(same) and same[last + 1]:
        last += 1
    low, high = (number(strengths[place]) for place in (first, last))
    return f"Among the marked strengths, this drawing stays a {page.plain(before.label)} from {low} to {high}. "
