"""Which training images the network finds most like the drawing."""

from dataclasses import dataclass

import streamlit as st

from dlcore.formula.numbers import number
from dlcore.inspect.neighbours import Gallery, learned
from dlcore.use.classifier import Classifier
from pages.figures.sheet import empty_sheet, sheet
from pages.parts.draw.why_question import Question
from pages.shared import own_images, page

COUNT = 8


@dataclass(frozen=True)
class Known:
    """Training images to compare with. gallery: None if there are none; note: what is to be known of them

    stand_in: whether they are the embedded digits in the place of those that it was trained on
    """

    gallery: Gallery | None
    note: str
    stand_in: bool = False


def known(question: Question) -> Known:
    """Its training images; if they are not on this machine, the embedded digits instead where it reads digits."""
    classifier, data = question.classifier, question.classifier.config.data
    found = own_images.learned(data, question.choice)
    if found is not None:
        return Known(_gallery(question.choice, id(classifier), classifier, False), "")
    missing = own_images.missing(data)
    if not classifier.reads_digits:
        return Known(None, f"{missing}, so there is nothing to compare with.")
    gallery = _gallery(question.choice, id(classifier), classifier, True)
    return Known(gallery, f"{missing}: these are the embedded digits.", stand_in=True)


@st.cache_resource(max_entries=6, show_spinner=False)
def _gallery(choice: str, network: int, _classifier: Classifier, digits: bool) -> Gallery:
    """network: tells weights apart that were loaded under the same name"""
    data = _classifier.config.data
    if digits:
        split = own_images.dataset("digits", "").train
    else:
        split = learned(own_images.learned(data, choice), _classifier.config)
    return Gallery(_classifier.model, split.images, split.labels)


def show(question: Question, found: Known) -> None:
    """A sheet of the nearest, with labels and distances."""
    st.subheader("Which training images does it find most alike?", anchor=False)
    gallery = found.gallery
    if gallery is None:
        st.markdown(page.plain(found.note))
        return
    _fill(gallery)
    nearest = question.once(("nearest", found.stand_in), lambda: gallery.nearest(question.image, COUNT))
    labels = [question.label(int(gallery.labels[place])) for place in nearest.places]
    distances = [number(each, 3) for each in nearest.distances.tolist()]
    said = _agreement(question, labels)
    st.markdown(f"{said} Nearest: {distances[0]}; from a training image to its own nearest, typically "
                f"{number(gallery.usual, 3)}.")  # fmt: skip
    captions = [f"{label} · {distance}" for label, distance in zip(labels, distances, strict=True)]
    told = [f"labelled {label}, distance {distance}" for label, distance in zip(labels, distances, strict=True)]
    differ = [label != question.reading.label for label in labels]
    st.html(sheet(gallery.images[nearest.places, 0].numpy(), captions, differ, told))
    some = f"{len(gallery):,} of the {gallery.known:,}" if len(gallery) < gallery.known else f"{gallery.known:,}"
    st.caption(page.plain(
        f"Distances are between the {gallery.units:,} numbers of the last hidden layer, among {some} images. Framed: "
        f"another label than {question.reading.label}. {found.note}"
    ))  # fmt: skip


def _fill(gallery: Gallery) -> None:
    """Compute what the network makes of the training images, once; a new stroke interrupts it and loses nothing."""
    if gallery.filled:
        return
    place, below = st.empty(), st.empty()
    below.html(empty_sheet(COUNT))
    for share in gallery.fill():
        place.progress(share, text=f"Reading {len(gallery):,} training images, once for this network")
    place.empty()
    below.empty()


def _agreement(question: Question, labels: list[str]) -> str:
    same, top = labels.count(question.reading.label), page.plain(question.reading.label)
    if question.reading.is_digit:
        return f"**{same} of the {len(labels)}** are labelled **{top}**, as it answers."
    return f"It gives no answer. **{same} of the {len(labels)}** are labelled **{top}**, which it finds most likely."
