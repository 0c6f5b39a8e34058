"""Corrections: images of which somebody said what they are, that a run learns beside its data set. No torch in here.

They lie in the file of a run's examples (see dlcore.data.own.examples) under names of their own, beside the images of
a set of one's own where the run has such a set: uint8 (N, 1, 28, 28), and their labels int64 (N,).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dlcore.config import class_names
from dlcore.config.class_names import joined
from dlcore.data.own.examples import Examples, check_images, digest, opened, saved, stacked
from dlcore.errors import InvalidValue

IMAGES, LABELS = "corrections.images", "corrections.labels"
MOST = 500


@dataclass(frozen=True, eq=False)
class Corrections:
    """Labelled images, one at least.

    images: uint8 (N, 1, 28, 28), 0 = background; labels: int64 (N,), places in `classes`; classes: those that the
    network tells apart
    beside: the images of one's own that the run learns too, if they are its data set
    InvalidValue says what is wrong with them.
    """

    images: np.ndarray
    labels: np.ndarray
    classes: tuple[str, ...]
    beside: Examples | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "classes", class_names.checked(self.classes))
        check_images(self.images, self.labels, len(self.classes), MOST)
        if not len(self.images):
            raise InvalidValue("there is no correction yet: add a drawing and say what it is")
        if self.beside and self.beside.classes != self.classes:
            raise InvalidValue(
                f"the corrections name {joined(self.classes)}, the images {joined(self.beside.classes)}: "
                "they must name the same classes"
            )

    @classmethod
    def of(
        cls, labelled: Sequence[tuple[str, np.ndarray]], classes: Sequence[str], beside: Examples | None = None
    ) -> "Corrections":
        """From the names of classes with images uint8 (28, 28); those of other classes are left out."""
        mine = [(classes.index(name), image) for name, image in labelled if name in classes]
        images = stacked([image for _, image in mine])
        labels = np.array([label for label, _ in mine], dtype=np.int64)
        return cls(images, labels, tuple(classes), beside)

    @cached_property
    def data(self) -> bytes:
        """The file; `Corrections.read` reads it again, and `Examples.read` what is beside them."""
        tensors = {IMAGES: self.images, LABELS: self.labels}
        if self.beside:
            tensors |= {"images": self.beside.images, "labels": self.beside.labels}
        return saved(tensors, self.classes)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the file, by which a run names its examples."""
        return digest(self.data)

    @classmethod
    def read(cls, data: bytes) -> "Corrections":
        """From a file, whoever wrote it; InvalidValue says why it cannot be used."""
        tensors, names = opened(data, IMAGES, LABELS)
        beside = Examples(tensors["images"], tensors["labels"], names) if "images" in tensors else None
        return cls(tensors[IMAGES], tensors[LABELS], names, beside)
