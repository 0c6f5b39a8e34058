"""A sheet of drawings of one's own with what each of them is: collected one by one, taken home, brought back.

It is a ZIP with a folder for each class, as every set of images of one's own may be. No torch in here.
"""

import io
import zipfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dlcore.config import class_names
from dlcore.data.own import zipped
from dlcore.data.own.corrections import MOST
from dlcore.data.own.examples import FEWEST_OF_A_CLASS, Examples, Found, stacked
from dlcore.data.own.pictures import ordered, png
from dlcore.errors import InvalidValue

MOST_BYTES = 8_000_000
_GENERATED = "generated-"
_UNSAFE = "/\\"


@dataclass(frozen=True, eq=False)
class Drawn:
    """One drawing. image: uint8 (28, 28), as a network reads it; generated: whether the program drew it"""

    name: str
    image: np.ndarray
    generated: bool = False


@dataclass(frozen=True, eq=False)
class Sheet:
    """Drawings in the order in which they came, at most MOST."""

    drawings: tuple[Drawn, ...] = ()

    def __len__(self) -> int:
        return len(self.drawings)

    @property
    def counts(self) -> dict[str, int]:
        """Drawings of each class, the classes in their order."""
        found = Counter(each.name for each in self.drawings)
        return {name: found[name] for name in ordered(found)}

    def add(self, name: str, image: np.ndarray, *, generated: bool = False) -> "Sheet":
        """With one drawing more; one that is on it already becomes one of this class. InvalidValue if it is full."""
        drawn = Drawn(checked(name), image, generated)
        others = tuple(each for each in self.drawings if not np.array_equal(each.image, image))
        if len(others) >= MOST:
            raise InvalidValue(f"the sheet holds up to {MOST} drawings and is full: remove some, or download it")
        return Sheet((*others, drawn))

    def with_all(self, other: "Sheet") -> "Sheet":
        """With the drawings of another sheet too."""
        found = self
        for each in other.drawings:
            found = found.add(each.name, each.image, generated=each.generated)
        return found

    def without(self, place: int) -> "Sheet":
        """With one drawing less; as it is if there is none at that place."""
        return Sheet(tuple(each for index, each in enumerate(self.drawings) if index != place))

    def leaving(self, classes: Sequence[str]) -> "Sheet":
        """Without all drawings of these classes."""
        return Sheet(tuple(each for each in self.drawings if each.name not in classes))

    def of(self, classes: Sequence[str]) -> tuple[Drawn, ...]:
        """The drawings of these classes."""
        return tuple(each for each in self.drawings if each.name in classes)

    def examples(self, classes: Sequence[str] = ()) -> Found:
        """What can be trained on, of these classes or else of all of which there are enough.

        InvalidValue if that is too little.
        """
        counts = self.counts
        few = [name for name in counts if counts[name] < FEWEST_OF_A_CLASS] if not classes else []
        chosen = tuple(classes) or tuple(name for name in counts if name not in few)
        class_names.check_count(len(chosen))
        mine = self.of(chosen)
        images = stacked([each.image for each in mine])
        labels = np.array([chosen.index(each.name) for each in mine], dtype=np.int64)
        named = class_names.joined(few)
        notes = (f"Left out: {named}, with fewer than {FEWEST_OF_A_CLASS} drawings.",) if few else ()
        return Found(Examples(images, labels, chosen), notes)

    @classmethod
    def from_examples(cls, examples: Examples) -> "Sheet":
        """The sheet of a set of images, as much of it as a sheet holds."""
        pairs = list(zip(examples.images[:MOST, 0], examples.labels[:MOST], strict=True))
        return cls(tuple(Drawn(examples.classes[label], image) for image, label in pairs))

    @property
    def data(self) -> bytes:
        """The ZIP; `Sheet.read` reads it again. The same sheet gives the same bytes."""
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            for number, each in enumerate(self.drawings, 1):
                kind = _GENERATED if each.generated else ""
                archive.writestr(zipfile.ZipInfo(f"{each.name}/{kind}{number:04d}.png"), png(each.image))
        return file.getvalue()

    @classmethod
    def read(cls, data: bytes) -> tuple["Sheet", tuple[str, ...]]:
        """From a ZIP with a folder for each class, whoever packed it, and notes; InvalidValue if it has none."""
        if len(data) > MOST_BYTES:
            raise InvalidValue(
                f"a sheet of drawings may have {MOST_BYTES // 1_000_000} MB, this has {len(data) / 1e6:,.1f}: "
                "leave some out"
            )
        if not data.startswith(b"PK"):
            raise InvalidValue("a sheet of drawings is a ZIP with a folder for each class: choose such a file")
        found, notes = zipped.gathered(data).labelled()
        if len(found) > MOST:
            notes = (*notes, f"The sheet holds up to {MOST} drawings: the first ones are used.")
        drawings = (
            Drawn(name, image, file.rpartition("/")[2].startswith(_GENERATED)) for name, image, file in found[:MOST]
        )
        return cls(tuple(drawings)), notes


def checked(name: str) -> str:
    """The name of a class as a sheet has it; InvalidValue unless a folder can be called so."""
    found = class_names.tidy(name)
    if not found or len(found) > class_names.LONGEST or found[0] == "." or set(found) & set(_UNSAFE):
        raise InvalidValue(
            f"the name of a class must be 1 to {class_names.LONGEST} characters without / and \\ and no dot in front, "
            f"got {name[: class_names.LONGEST]!r}: rename it"
        )
    return found
