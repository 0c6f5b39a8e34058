"""Test images to measure the network that reads the drawing with: a fixed sample, as many of each class."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pages.figures import words
from pages.shared import own_images

if TYPE_CHECKING:
    from torch import Tensor

    from dlcore.use.classifier import Classifier

MOST = 500


@dataclass(frozen=True)
class Sample:
    """images: uint8 (N, 1, 28, 28); labels: int64 (N,); data: identifier of the set
    written: its name for a sentence; note: a sentence where it is not the one that the network learned from
    """

    images: "Tensor"
    labels: "Tensor"
    data: str
    written: str
    note: str = ""

    def __len__(self) -> int:
        return len(self.labels)


def sample(classifier: "Classifier", choice: str) -> Sample | None:
    """Of the test split of the set that a network learned from; the embedded digits where it is not on this machine.

    None if those are none of its classes.
    """
    data = classifier.config.data
    found = own_images.learned(data, choice)
    if found is not None and found.labels == classifier.labels:
        return _drawn(found, data.name, "its own set" if data.brought else words.dataset(data.name))
    digits = own_images.opened("digits", "")
    if digits is None or digits.labels != classifier.labels:
        return None
    instead = words.dataset("digits")
    note = f"{own_images.missing(data)}: {instead} stand in, which are drawn coarser."
    return _drawn(digits, "digits", instead, note)


def _drawn(dataset, data: str, written: str, note: str = "") -> Sample:
    from dlcore.data.sample import stratified  # torch: whoever gets here has waited for it already

    chosen = stratified(dataset.test.labels, MOST)
    return Sample(dataset.test.images[chosen], dataset.test.labels[chosen], data, written, note)
