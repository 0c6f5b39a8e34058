"""The smallest change after which the network reads another class."""

import math
from dataclasses import dataclass

import streamlit as st

from dlcore.formula.numbers import number, percent
from dlcore.inspect.counterfactual import Change, change
from dlcore.inspect.neighbours import Gallery
from dlcore.use.classifier import Reading
from pages.figures.pixels import Panel
from pages.parts.draw.why_neighbours import Known
from pages.parts.draw.why_question import NEXT, Question
from pages.shared import link, page
from pages.shared.pixels import pixels

PICTURE = "why_change"
STROKES, SINGLE = "strokes", "pixels"
HOW = {STROKES: "Whole strokes", SINGLE: "Single pixels"}
AHEAD = 0.0
"""Of what the network may be asked to be sure: only that the class is the likeliest."""
SURE = (AHEAD, 0.5, 0.9, 0.99)


@dataclass(frozen=True)
class Turned:
    """A drawing that has become another class.

    least: log-odds of it that were asked for; ink: of the drawing, in fully black pixels
    """

    question: Question
    target: int
    change: Change
    reading: Reading
    least: float
    strokes: bool
    ink: float

    @property
    def share(self) -> float:
        """Of the drawing's ink, how much is added or erased."""
        return self.change.ink / self.ink if self.ink else math.inf


def show(question: Question, found: Known) -> Turned | None:
    """The drawing, what to add and to erase, and the result; None where there is no such change."""
    names = question.options(NEXT)
    st.subheader("What would make it another one?", anchor=False)
    into, how, sure = st.columns(3, gap="medium")
    with into:
        target = question.chosen(link.choice("why_into", "Turn it into", tuple(names), NEXT, names=names))
    with how:
        chosen = link.choice("why_how", "Change", tuple(HOW), STROKES, names=HOW, look="segmented")
    with sure:
        least = link.stops("why_sure", "How sure it must be", SURE, AHEAD, form=_sure)
    label = page.plain(question.label(target))
    if found.gallery is None:
        st.markdown(page.plain(found.note))
        return None
    odds = max(math.log(least / (1 - least)) if least else -math.inf, question.classifier.accepted_odds)
    if target == question.reading.digit and question.reading.is_digit and question.reading.confidence >= least:
        st.markdown(f"It reads this as **{label}** already: choose another class.")
        return None
    with st.spinner("Searching"):
        turned = _turned(question, target, odds, chosen == STROKES, found.gallery)
    if turned is None:
        asked = (f" with {percent(least, 0)} or more", "Ask for less, or choose") if least else ("", "Choose")
        st.markdown(
            f"No way was found: of the nearest training images labelled {label}, the network reads none as "
            f"{label}{asked[0]}. {asked[1]} another class."
        )
        return None
    _told(turned)
    pixels(PICTURE, _panels(turned), f"What turns the drawing into {question.label(target)}.")
    return turned


def _sure(least: float) -> str:
    return percent(least, 0) if least else "just ahead"


def _turned(question: Question, target: int, odds: float, strokes: bool, gallery: Gallery) -> Turned | None:
    classifier, image = question.classifier, question.image

    def searched() -> Change | None:
        examples = gallery.images[gallery.labels == target]
        return change(classifier.model, image, target, examples, least=odds, strokes=strokes)

    found = question.once(("change", target, odds, strokes, len(gallery)), searched)
    if found is None:
        return None
    reading = classifier.read(found.image[None])[0]
    return Turned(question, target, found, reading, odds, strokes, image.double().sum().item() / 255)


def _told(turned: Turned) -> None:
    found, question = turned.change, turned.question
    before, after = question.reading.probabilities, turned.reading.probabilities
    label, old = (page.plain(question.label(each)) for each in (turned.target, question.likeliest[0]))
    shares = [f"Probability of {label} from {percent(before[turned.target])} to {percent(after[turned.target])}"]
    if turned.target != question.likeliest[0]:
        shares.append(
            f"of {old} from {percent(before[question.likeliest[0]])} to {percent(after[question.likeliest[0]])}"
        )
    st.markdown(
        f"**{percent(turned.share)}** of the drawing's ink is enough: {percent(found.added / turned.ink)} added, "
        f"{percent(found.erased / turned.ink)} erased, in {found.pixels} of 784 pixels. {', '.join(shares)}."
    )
    st.caption(
        "This is the smallest change that a search found for this network, not for people: you may see no "
        f"{label} in it. The search begins at a training image and takes back all that is not needed."
    )


def _panels(turned: Turned) -> list[Panel]:
    image, result = turned.question.image[0].numpy(), turned.change.image[0].numpy()
    before, after = turned.question.reading, turned.reading
    moved = (result.astype("float32") - image) / 255
    return [
        Panel("Your drawing", _read(before), image=image),
        Panel(
            "What changes", f"{number(turned.change.ink, 3)} black pixels' worth of ink",
            "Orange: add ink. Blue: erase it.", image, moved,
        ),
        Panel("The result", _read(after), image=result),
    ]  # fmt: skip


def _read(reading: Reading) -> str:
    named = f"{reading.label}, {percent(reading.confidence)}"
    return f"Read as {named}" if reading.is_digit else f"Not read: most likely {named}"
