"""Images of one's own as a value, and as the file in which a run keeps them. No torch in here.

The file is safetensors (https://huggingface.co/docs/safetensors): images uint8 (N, 1, 28, 28), labels int64 (N,), and
in its header the names of the classes. The same images always give the same bytes.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from safetensors import numpy as safetensors

from dlcore.config import class_names
from dlcore.config.image_sets import SHAPE
from dlcore.errors import InvalidValue

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
        check_images(self.images, self.labels, len(self.classes), MOST_IMAGES)
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
        return saved({"images": self.images, "labels": self.labels}, self.classes)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the file, by which a run names its examples."""
        return digest(self.data)

    @classmethod
    def read(cls, data: bytes) -> "Examples":
        """From a file, whoever wrote it; InvalidValue says why it cannot be used."""
        tensors, names = opened(data, "images", "labels")
        return cls(tensors["images"], tensors["labels"], names)


def check_images(images: np.ndarray, labels: np.ndarray, classes: int, most: int) -> None:
    """InvalidValue unless these are at most `most` images uint8 (N, 1, 28, 28) with labels int64 (N,) of classes."""
    count = len(images) if np.ndim(images) else 0
    if images.dtype != np.uint8 or images.shape != (count, *SHAPE):
        raise InvalidValue(f"images must be uint8 (N, 1, 28, 28), got {images.dtype} {images.shape}: make them anew")
    if labels.dtype != np.int64 or labels.shape != (count,):
        raise InvalidValue(f"labels must be int64, one for each of {count:,} images, got {labels.dtype} {labels.shape}")
    if count > most:
        raise InvalidValue(f"there may be up to {most:,} images, these are {count:,}: leave some out")
    if count and not (labels.min() >= 0 and labels.max() < classes):
        raise InvalidValue(f"labels must be 0 to {classes - 1}, as there are {classes} classes")


def stacked(images: Sequence[np.ndarray]) -> np.ndarray:
    """Images uint8 (28, 28), any number of them, as one array (N, 1, 28, 28)."""
    return np.stack(images)[:, None] if images else np.empty((0, *SHAPE), np.uint8)


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


def saved(tensors: Mapping[str, np.ndarray], classes: Sequence[str]) -> bytes:
    """The file; `opened` opens it again."""
    contiguous = {name: np.ascontiguousarray(each) for name, each in tensors.items()}
    return safetensors.save(contiguous, metadata={KEY: json.dumps(classes)})


def opened(data: bytes, *wanted: str) -> tuple[dict[str, np.ndarray], tuple[str, ...]]:
    """All tensors of such a file and the names of its classes; InvalidValue unless those that are wanted are there."""
    if len(data) > MOST_BYTES:
        raise InvalidValue(f"a file of images may have {MOST_BYTES:,} bytes, this has {len(data):,}: leave some out")
    try:
        names, tensors = _names(data), safetensors.load(data)
        if missing := set(wanted) - set(tensors):
            raise KeyError(*missing)
    except Exception as error:  # damaged bytes raise nearly anything
        raise InvalidValue("this is no file of images with labels, or it is damaged: make it anew") from error
    return tensors, class_names.checked(names)


def _names(data: bytes) -> Any:
    length = int.from_bytes(data[:8], "little")
    return json.loads(json.loads(data[8 : 8 + length])["__metadata__"][KEY])
