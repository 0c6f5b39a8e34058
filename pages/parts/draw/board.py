"""What a section of the page Draw speaks about."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dlcore.data.ink import Ink
from dlcore.formula.numbers import percent
from pages.shared import page
from pages.shared.canvas import Drawing

if TYPE_CHECKING:
    from dlcore.use.classifier import Classifier, Reading


@dataclass(frozen=True)
class Board:
    """The drawing, what became of it, and who reads it.

    choice: the name of a bundled network or the id of a run, as `pages.shared.reader` knows it
    drawing, drawn: None while the canvas is blank
    several: whether the drawing has several digits, of which `drawn` is the one that is looked into
    """

    choice: str
    classifier: "Classifier"
    drawing: Drawing | None
    drawn: Ink | None
    several: bool = False

    @property
    def nothing(self) -> str:
        """What the network calls something that is none of its classes."""
        return nothing(self.classifier)


def nothing(classifier: "Classifier") -> str:
    """What a network calls something that is none of its classes."""
    return "not a digit" if classifier.reads_digits else "none of these"


def verdict(reading: "Reading", nothing: str) -> str:
    """What was read and how surely, in Markdown. nothing: what no answer is called"""
    if reading.is_digit:
        return f"{page.plain(reading.label)}, {percent(reading.confidence)} sure"
    return f"{nothing} (most likely {page.plain(reading.label)}, {percent(reading.confidence)})"
