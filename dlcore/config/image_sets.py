"""The sets of images that there are. An entry and all that it needs is one file in dlcore/data/image_sets. No torch."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dlcore.config.registry import Registry

if TYPE_CHECKING:
    from dlcore.data.sets import Dataset, Progress

SIDE = 28
SHAPE = (1, SIDE, SIDE)
"""Of every image: one channel, 28 rows, 28 columns."""


@dataclass(frozen=True)
class ImageSet:
    """Images with labels, in three splits.

    title: with what is in it, for a list; written: as its authors write its name
    load: the images; DataUnavailable if they cannot be had, and the embedded digits stand in
    code: lines of a script that make x_train, y_train, x_validation and so on, from torch, nn and functional
    imports: lines that import what else they use; needs: the packages that it comes from
    ready: whether it can be had without a network; handwritten: whether it was drawn with a pen
    read: the images, from the examples that a run brings along; None where they are the same for every run. With it
        the run names the classes, see dlcore.config.images.DataConfig
    """

    name: str
    title: str
    written: str
    labels: tuple[str, ...]
    load: "Callable[[Progress | None], Dataset]"
    code: str
    imports: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    ready: Callable[[], bool] = lambda: True
    handwritten: bool = False
    read: "Callable[[bytes], Dataset] | None" = None


IMAGE_SETS: Registry[ImageSet] = Registry("data", "dlcore.data.image_sets")


def shipped() -> tuple[str, ...]:
    """The names of those that a run need not bring along."""
    return tuple(name for name, each in IMAGE_SETS.items() if each.read is None)
