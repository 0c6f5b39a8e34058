"""Several digits on the canvas: the number, a box around each digit, and what is thought of each."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dlcore.data import ink
from dlcore.formula.numbers import percent
from pages.figures import digits, theme
from pages.figures import number as figures
from pages.shared import link, page
from pages.shared.canvas import Drawing

if TYPE_CHECKING:
    from dlcore.use.classifier import Classifier, Reading
    from dlcore.use.numbers import Number

SIZES = {1: "7.5rem", 2: "7.5rem", 3: "6rem", 4: "4.8rem", 5: "4rem"}
"""Of the number, by how many characters it has."""
KEY = "draw_digit"
MOST_FACTORS = 4
"""So many probabilities are written out."""


@dataclass(frozen=True)
class Several:
    """The characters on the canvas, two at least.

    readings: what the network says of each with the steps that are on, of what `inks` holds
    levels: uint8 (h, w), the ink of all of the drawing
    """

    number: "Number"
    readings: tuple["Reading", ...]
    inks: tuple[ink.Ink, ...]
    levels: np.ndarray

    @property
    def chosen(self) -> int:
        """Which of them the visitor looks into, from 0."""
        place = int(st.session_state.get(KEY) or 1) - 1
        return place if place < len(self.inks) else 0

    @property
    def drawn(self) -> ink.Ink:
        """What became of the one that the visitor looks into."""
        return self.inks[self.chosen]


def find(
    classifier: "Classifier", drawing: Drawing, drawn: ink.Ink, reading: "Reading", switched: dict[str, bool]
) -> Several | None:
    """The characters of a drawing; None if it is one, or none.

    drawn, reading: of all of it, with the steps that are on
    """
    from dlcore.use import numbers  # torch: whoever gets here has waited for it already

    whole = all(switched.values())
    full, said = (drawn, reading) if whole else classifier.drawing(drawing.pixels, canvas=True)
    number = numbers.find(classifier, full, said)
    if number is None:
        return None
    inks = tuple(ink.read(np.where(each.place, full.levels, 0), canvas=True, **switched) for each in number.characters)
    images = np.stack([each.image for each in inks])[:, None]
    readings = number.readings if whole else classifier.read(images, [each.problem for each in inks])
    return Several(number, tuple(readings), inks, full.levels)


def show(classifier: "Classifier", several: Several) -> str:
    """The number, how sure the network is, and a card for each digit, of which one can be looked into.

    Returns the answer in words.
    """
    from dlcore.use import numbers

    labels, readings = classifier.labels, several.readings
    text = numbers.text(readings)
    names = {
        str(place): page.plain(f"{ordinal(place)}: {each.label if each.is_digit else '?'}")
        for place, each in enumerate(readings, 1)
    }
    answer, pictures = st.container(), st.container()
    link.choice(KEY, "Look into this one below", tuple(names), "1", names=names, look="segmented", width="content")
    colours = theme.digit_colours(len(labels))
    cards = [
        figures.Card(
            character.box, drawn.image, each.label, each.confidence, each.probabilities, each.is_digit,
            colours[each.digit],
        )
        for character, drawn, each in zip(several.number.characters, several.inks, readings, strict=True)
    ]  # fmt: skip
    headline, line = headlines(classifier, readings)
    with answer:
        st.html(digits.answer(text, headline, line, size=SIZES.get(len(text), "3rem")))
    with pictures:
        st.html(figures.boxed(several.levels, cards, several.chosen))
        st.html(figures.cards(cards, labels, colours, several.chosen))
    return f"{text}: {headline}"


def headlines(classifier: "Classifier", readings: tuple["Reading", ...]) -> tuple[str, str]:
    """How sure the network is of all of them, and what that means."""
    from dlcore.use import numbers

    count, unknown = len(readings), [each for each in readings if not each.is_digit]
    if unknown:
        none, one = ("a digit", "digits") if classifier.reads_digits else ("one of its classes", "known")
        return f"{count - len(unknown)} of {count} characters are {one}", f"What is marked ? is not {none}."
    what = f"A number of {count} digits" if classifier.reads_digits else f"{count} symbols"
    shares = [percent(each.confidence) for each in readings]
    product = " · ".join(shares) if count <= MOST_FACTORS else f"{count} probabilities multiplied"
    return f"{what}, {percent(numbers.confidence(readings))} sure", f"Sure of every single one: {product}."


def ordinal(place: int) -> str:
    """1st, 2nd, 3rd, 4th and so on, to 20th."""
    return f"{place}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(place, 'th') }"


def text(readings: tuple["Reading", ...]) -> str:
    """The number."""
    from dlcore.use import numbers

    return page.plain(numbers.text(readings))


def reason(drawn: ink.Ink, reading: "Reading") -> str:
    """Why the drawing is no digit, as one sentence."""
    from dlcore.use import numbers

    return numbers.reason(drawn, reading)
