"""Images of one's own as a value, and as the file in which a run keeps them. No torch in here.

The file is safetensors (https://huggingface.co/docs/safetensors): images uint8 (N, 1, 28, 28), labels int64 (N,), and
in its header the names of the classes. The same images always give the same bytes.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from safetensors import numpy as safetensors

from dlcore.config import class_names
from dlcore.config.image_sets import SHAPE
from dlcore.errors import DlcoreError, InvalidValue

MOST_IMAGES = 20_000
FEWEST_OF_A_CLASS = 5
"""So that each has some to learn from, one for validation and one for the test."""
MOST_BYTES = 16_000_000
"""Of the file: enough for MOST_IMAGES."""
KEY = "classes"


@dataclass(frozen=True, eq=False)
class Examples:
    """Labelled images.

    images: uint8 (N, 1, 28, 28), 0 = background; labels: int64 (N,), places in `classes`; classes: their names
    InvalidValue says what is wrong with them.
    """

    images: np.ndarray
    labels: np.ndarray
    classes: tuple[str, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "classes", class_names.checked(self.classes))
        count = len(self.images) if np.ndim(self.images) else 0
        if self.images.dtype != np.uint8 or self.images.shape != (count, *SHAPE):
            raise InvalidValue(
                f"images must be uint8 (N, 1, 28, 28), got {self.images.dtype} {self.images.shape}: make them anew"
            )
        if self.labels.dtype != np.int64 or self.labels.shape != (count,):
            raise InvalidValue(
                f"labels must be int64, one for each of {count:,} images, got {self.labels.dtype} {self.labels.shape}"
            )
        if count > MOST_IMAGES:
            raise InvalidValue(f"there may be up to {MOST_IMAGES:,} images, these are {count:,}: leave some out")
        if count and not (self.labels.min() >= 0 and self.labels.max() < len(self.classes)):
            raise InvalidValue(f"labels must be 0 to {len(self.classes) - 1}, as there are {len(self.classes)} classes")
        for name, number in zip(self.classes, self.counts, strict=True):
            if number < FEWEST_OF_A_CLASS:
                raise InvalidValue(
                    f"every class needs at least {FEWEST_OF_A_CLASS} images, {name!r} has {number}: "
                    "add some, or leave the class out"
                )

    @property
    def counts(self) -> tuple[int, ...]:
        """Images of each class."""
        return tuple(np.bincount(self.labels, minlength=len(self.classes)).tolist())

    @cached_property
    def data(self) -> bytes:
        """The file; `Examples.read` reads it again."""
        tensors = {"images": np.ascontiguousarray(self.images), "labels": np.ascontiguousarray(self.labels)}
        return safetensors.save(tensors, metadata={KEY: json.dumps(self.classes)})

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the file, by which a run names its examples."""
        return digest(self.data)

    @classmethod
    def read(cls, data: bytes) -> "Examples":
        """From a file, whoever wrote it; InvalidValue says why it cannot be used."""
        if len(data) > MOST_BYTES:
            raise InvalidValue(
                f"a file of images may have {MOST_BYTES:,} bytes, this has {len(data):,}: leave some out"
            )
        try:
            names, tensors = _names(data), safetensors.load(data)
            images, labels = tensors["images"], tensors["labels"]
        except DlcoreError:
            raise
        except Exception as error:  # damaged bytes raise nearly anything
            raise InvalidValue("this is no file of images with labels, or it is damaged: make it anew") from error
        return cls(images, labels, class_names.checked(names))


@dataclass(frozen=True)
class Found:
    """What was read. notes: sentences about what was left out or changed, if anything was"""

    examples: Examples
    notes: tuple[str, ...] = ()


def digest(data: bytes) -> str:
    """By which a run names the examples of its own."""
    return hashlib.sha256(data).hexdigest()


def check_named(wanted: str, data: bytes | None) -> None:
    """InvalidValue unless these are the examples that a config names. wanted: their SHA-256, empty for none"""
    found = digest(data) if data is not None else ""
    if found != wanted:
        raise InvalidValue(
            f"a run's examples must be those whose SHA-256 its config names, {wanted or 'none'}, got {found or 'none'}"
        )


def _names(data: bytes) -> Any:
    length = int.from_bytes(data[:8], "little")
    return json.loads(json.loads(data[8 : 8 + length])["__metadata__"][KEY])
