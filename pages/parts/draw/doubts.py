"""How well a reader knows what is none of its classes: from its card, or measured here and kept."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from dlcore.formula.numbers import percent
from dlcore.inspect.certainty import wilson
from pages.parts.draw.samples import Sample

if TYPE_CHECKING:
    from torch import Tensor

    from dlcore.use.classifier import Classifier

NON_DIGITS, PARTS = 500, 10
WEAK = 0.8
"""A reader that refuses a smaller share of what is no digit is called out."""
_LETTERS, _GENERATED, _REFUSED = "letters of", "generated non-digits", "MNIST test, rejected"


@dataclass(frozen=True)
class Share:
    """count: of how many it was measured here; 0 where it is from the card"""

    value: float
    count: int = 0

    @property
    def said(self) -> str:
        """For a table, with its 95 % interval where it was counted here."""
        if not self.count:
            return f"{percent(self.value)}\n(card)"
        return f"{percent(self.value)}\n({wilson(round(self.value * self.count), self.count).said})"


@dataclass(frozen=True)
class Doubt:
    """Shares that get no answer: of letters, of generated non-digits, of real digits. None where it is not known."""

    letters: Share | None
    generated: Share
    digits: Share

    @property
    def weak(self) -> str:
        """What it takes for digits too often, for a sentence; empty if it does not."""
        for share, what in ((self.letters, "letters"), (self.generated, "drawings that are no digits")):
            if share and share.value < WEAK:
                return f"takes {percent(1 - share.value)} of {what} for digits"
        return ""


def doubt(classifier: "Classifier", choice: str, found: Sample, logits: "Tensor") -> Doubt:
    """logits: of the network, for the test images that were `found`"""
    from dlcore.use import robustness

    letters, generated, digits = (_carded(classifier, name) for name in (_LETTERS, _GENERATED, _REFUSED))
    digits = digits or Share(robustness.refused(classifier, logits) / len(found), len(found))
    return Doubt(letters, generated or Share(_generated(choice, classifier) / NON_DIGITS, NON_DIGITS), digits)


def carded(classifier: "Classifier") -> bool:
    """Whether its card knows how many non-digits it refuses."""
    return _carded(classifier, _GENERATED) is not None


def _carded(classifier: "Classifier", name: str) -> Share | None:
    """What the card of a network says was rejected of these."""
    for key, value in classifier.card["measured"].items():
        if key.startswith(name) and "rejected" in key and isinstance(value, int | float):
            return Share(float(value))
    return None


@st.cache_data(max_entries=256, show_spinner=False)
def _generated(choice: str, _classifier: "Classifier") -> int:
    """How many generated non-digits get no answer."""
    from dlcore.use import robustness

    return robustness.refused(_classifier, _classifier.logits_of_many(_non_digits()))


def prepare(tell: Callable[[float], object]) -> None:
    """Have the non-digits drawn, which takes seconds once; the script can be interrupted wherever it tells how far."""
    for part in range(PARTS):
        tell(part / PARTS)
        _some_non_digits(part)


def _non_digits() -> "Tensor":
    import torch

    return torch.cat([_some_non_digits(part) for part in range(PARTS)])


@st.cache_resource(show_spinner=False)
def _some_non_digits(part: int) -> "Tensor":
    from dlcore.data.outliers import HELD_OUT_SEED, outliers

    return outliers(NON_DIGITS // PARTS, HELD_OUT_SEED + part)
