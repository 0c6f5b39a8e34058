"""A picture of any size → 28×28 grey, by one rule; labelled pictures → Examples. No torch in here.

The rule: a picture of 28×28 pixels is taken as it is, in grey. Any other is read as a drawing on the Draw page is:
cropped to its ink, its longer side scaled to 20 pixels, its centre of mass put in the middle (see dlcore.data.ink).
Pictures of 28×28 pixels whose borders are light, in the median over all of them, are all inverted: background is dark.
"""

import io
import re
from collections.abc import Iterable, Sequence

import numpy as np
from PIL import Image

from dlcore.config import class_names
from dlcore.config.image_sets import SIDE
from dlcore.data import ink
from dlcore.data.own.examples import MOST_IMAGES, Examples, Found
from dlcore.errors import InvalidValue, UnreadableImage

RULE = (
    "Pictures of 28×28 pixels are taken as they are, in grey, and turned to light on dark where their borders are "
    "light. All others are read as on the Draw page: cropped to the ink, scaled to 20 pixels, centred."
)


class Gathering:
    """Labelled pictures, as they are read one by one."""

    def __init__(self) -> None:
        self._images: list[np.ndarray] = []
        self._names: list[str] = []
        self._small: list[int] = []
        self._files: list[str] = []
        self._left_out: list[str] = []

    def __len__(self) -> int:
        return len(self._images)

    def add(self, name: str, pixels: np.ndarray, file: str = "") -> None:
        """A picture of the class called `name`: pixels as `ink.read` takes them. UnreadableImage if blank.

        file: from which it comes
        """
        if len(self) >= MOST_IMAGES:
            raise InvalidValue(f"there may be up to {MOST_IMAGES:,} images, here are more: leave some out")
        small = pixels.shape[:2] == (SIDE, SIDE)
        image = _grey(pixels) if small else _drawn(pixels)
        if small:
            self._small.append(len(self))
        self._images.append(image)
        self._names.append(_short(class_names.tidy(name)))
        self._files.append(file)

    def leave_out(self, what: str, why: str) -> None:
        """Note what could not be read."""
        self._left_out.append(f"{what} ({why})")

    def found(self) -> Found:
        """All of it; InvalidValue if that is too little, too much or too many classes."""
        images, notes = self._whole()
        classes = ordered(set(self._names))
        class_names.check_count(len(classes))
        place = {name: index for index, name in enumerate(classes)}
        labels = np.array([place[each] for each in self._names], dtype=np.int64)
        return Found(Examples(images[:, None], labels, classes), notes)

    def labelled(self) -> tuple[list[tuple[str, np.ndarray, str]], tuple[str, ...]]:
        """Class, image uint8 (28, 28) and file of each, and notes; InvalidValue if there is none at all."""
        images, notes = self._whole()
        return list(zip(self._names, images, self._files, strict=True)), notes

    def _whole(self) -> tuple[np.ndarray, tuple[str, ...]]:
        """Images uint8 (N, 28, 28), and notes about what was left out or changed."""
        if not self._images:
            named = f" Left out: {_listed(self._left_out)}." if self._left_out else ""
            raise InvalidValue(f"there is no picture in it that can be read.{named}")
        images = np.stack(self._images)
        inverted = bool(self._small) and np.median(_frames(images[self._small])) > 127
        if inverted:
            images[self._small] = 255 - images[self._small]
        notes = [f"Left out: {_listed(self._left_out)}."] if self._left_out else []
        if inverted:
            notes.append("The pictures of 28×28 pixels were dark on light: they are inverted.")
        return images, tuple(notes)


def drawings(labelled: Iterable[tuple[str, np.ndarray]]) -> Found:
    """Drawings with the names of their classes. Each: pixels as `dlcore.data.ink.read` takes them."""
    gathering = Gathering()
    for number, (name, pixels) in enumerate(labelled, 1):
        try:
            gathering.add(name, pixels)
        except UnreadableImage as error:
            gathering.leave_out(f"drawing {number}", str(error).rstrip("."))
    return gathering.found()


def ordered(names: Iterable[str]) -> tuple[str, ...]:
    """Names of classes in their order: by the alphabet, numbers in them by size."""
    return tuple(sorted(names, key=lambda name: ([*map(_part, re.split(r"([0-9]+)", name.casefold()))], name)))


def _part(text: str) -> tuple[int, str]:
    return (int(text), "") if text.isascii() and text.isdecimal() else (-1, text)


def _short(name: str) -> str:
    """A folder's name may be longer than that of a class."""
    return name if len(name) <= class_names.LONGEST else f"{name[: class_names.LONGEST - 1].rstrip()}…"


def _grey(pixels: np.ndarray) -> np.ndarray:
    """uint8 (28, 28) of uint8 (28, 28), (28, 28, 3) or (28, 28, 4), transparent pixels black."""
    if pixels.ndim == 2:
        return pixels
    image = Image.fromarray(pixels)
    if image.mode == "RGBA":
        image = Image.alpha_composite(Image.new("RGBA", image.size, "black"), image)
    return np.asarray(image.convert("L"))


def _drawn(pixels: np.ndarray) -> np.ndarray:
    drawn = ink.read(pixels, canvas=True)
    if drawn.problem == ink.BLANK:
        raise UnreadableImage("it shows nothing")
    return drawn.image


def _frames(images: np.ndarray) -> np.ndarray:
    """The pixels at the borders of images (N, 28, 28)."""
    return np.concatenate(
        [images[:, 0], images[:, -1], images[:, 1:-1, 0], images[:, 1:-1, -1]], axis=1
    )  # fmt: skip


def _listed(left_out: Sequence[str], most: int = 3) -> str:
    """Some of them, and how many more there are."""
    more = len(left_out) - most
    return "; ".join(left_out[:most]) + (f"; and {more:,} more" if more > 0 else "")


def png(image: np.ndarray) -> bytes:
    """image: uint8 (h, w) → a PNG file."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG")
    return file.getvalue()
