"""The question "What does each layer see?": which image, and then its way through a network."""

from typing import TYPE_CHECKING

import streamlit as st

from dlcore.errors import DlcoreError
from pages.shared import canvas, link, own_images, page
from pages.shared.layers import section

if TYPE_CHECKING:
    from torch import Tensor

    from dlcore.data import Dataset
    from dlcore.use.classifier import Classifier

OWN, TEST = "own", "test"


def look(key: str, classifier: "Classifier", choice: str) -> None:
    """Choose an image, and see what the layers of a network make of it.

    key: of the picture; choice: the run that the network is from, or the name of a bundled one
    """
    with page.sentences():
        dataset, note = _opened(classifier, choice)
        image = _image(classifier, dataset)
        if note:
            st.caption(note)
        section(key, classifier, image, dataset.validation.images)


def _opened(classifier: "Classifier", choice: str) -> "tuple[Dataset, str]":
    """The set that the network learned from, or the embedded digits and a sentence if it is not on this machine."""
    data = classifier.config.data
    found = own_images.learned(data, choice)
    if found is not None:
        return found, ""
    return own_images.dataset("digits", ""), f"{own_images.missing(data)}."


def _image(classifier: "Classifier", dataset: "Dataset") -> "Tensor":
    """The visitor's own drawing, or the n-th test image of a class: uint8 (1, 28, 28)."""
    drawn = _drawing()
    names = {TEST: "a test image"} | ({OWN: "my drawing"} if drawn is not None else {})
    kind, which, number = st.columns([2, 2, 2], gap="medium")
    with kind:
        chosen = link.choice("layers_image", "Look at", tuple(names), TEST, names=names) if drawn is not None else TEST
        if drawn is None:
            st.caption("Draw on the page Draw a digit, and your drawing can be chosen here.")
    if chosen == OWN:
        return drawn
    labels = dataset.test.labels
    present = sorted(set(labels.tolist()))
    keys = tuple(str(each) for each in present)
    shown = {str(each): dataset.labels[each] for each in present}
    first = str(min(3, len(present) - 1))
    with which:
        label = link.choice("layers_class", "Class", keys, first if first in keys else keys[0], names=shown)
    members = (labels == int(label)).nonzero().flatten()
    with number:
        last = len(members) - 1
        place = link.number("layers_number", f"Its test image, 0 to {last:,}", 0, max(last, 1), 0, 1)
    return dataset.test.images[int(members[min(place, last)])]


def _drawing() -> "Tensor | None":
    """What was drawn on the page Draw a digit, as a network reads it."""
    import torch

    from dlcore.data import ink

    drawing = canvas.drawing(canvas.DRAW)
    if drawing is None:
        return None
    try:
        return torch.from_numpy(ink.read(drawing.pixels, canvas=True).image)[None]
    except DlcoreError:
        return None
