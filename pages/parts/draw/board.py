"""What a section of the page Draw speaks about."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dlcore.data.ink import Ink
from pages.shared.canvas import Drawing

if TYPE_CHECKING:
    from dlcore.use.classifier import Classifier


@dataclass(frozen=True)
class Board:
    """The drawing, what became of it, and who reads it.

    choice: the name of a bundled network or the id of a run, as `pages.shared.reader` knows it
    drawing, drawn: None while the canvas is blank
    """

    choice: str
    classifier: "Classifier"
    drawing: Drawing | None
    drawn: Ink | None
