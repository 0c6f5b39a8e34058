"""The settings of networks that tell images apart, and of their data. No torch in here."""

from dataclasses import dataclass, field
from typing import Any

from dlcore.config import class_names
from dlcore.config.blocks.dropout import Dropout
from dlcore.config.fields import DataSection, ModelSection, choice, number, text
from dlcore.config.image_sets import IMAGE_SETS, SHAPE
from dlcore.config.network import Network
from dlcore.config.network_text import MOST_TEXT, parse
from dlcore.config.run import RunConfig
from dlcore.errors import InvalidValue

AUGMENTATIONS = ("affine", "elastic", "thickness", "pen", "drawn")
CNN_64 = (
    "conv 32 3x3, pool 2, relu, conv 64 3x3, pool 2, relu, conv 64 3x3, relu, flatten, dropout 0, dense 64, relu, "
    "dense 10"
)
"""Pools stand before their ReLU: the two commute, and a quarter of the values is left to clip."""


@dataclass(frozen=True)
class DataConfig(DataSection):
    """Which images, how many, and how they are made harder."""

    name: str = choice("digits", IMAGE_SETS, "The data set.")
    train_size: int | None = number(
        None, 10, 60_000, "Training images to use, drawn at random; empty means all.", integer=True
    )
    imbalance: float = number(
        0.0, 0.0, 0.99, "Long tail: class k of C keeps (1 − imbalance)^(k/(C − 1)) of its training images."
    )
    label_noise: float = number(0.0, 0.0, 0.9, "Share of training labels replaced by another, wrong class.")
    augment: tuple[str, ...] = field(
        default=(),
        metadata={"help": f"Random changes of the training images: {', '.join(AUGMENTATIONS)}."},
    )
    outliers: float = number(
        0.0,
        0.0,
        0.5,
        "Generated letters, scribbles and textures added to each batch, as a share of it, that belong to none of the "
        "classes; they teach the network to doubt.",
    )
    copies: int = number(
        1, 1, 1000, "How often an epoch shows each training image; with augmentation never twice alike.", integer=True
    )
    share: float = number(
        0.0,
        0.0,
        1.0,
        "Share of the training images that are corrections, the examples of the run's own; 1: there are no others.",
        structure=True,
    )
    labels: tuple[str, ...] = field(
        default=(), metadata={"structure": True, "help": "own: the names of the classes that its images show."}
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        named: Any = self.augment
        listed = isinstance(named, (list, tuple))
        if not listed or not all(each in AUGMENTATIONS for each in named):
            given = ",".join(map(str, named)) if listed else named
            raise InvalidValue(f"augment must be made of {', '.join(AUGMENTATIONS)}, got {given!r}")
        pens = [each for each in ("pen", "drawn") if each in self.augment]
        if pens and not IMAGE_SETS[self.name].handwritten:
            raise InvalidValue(
                f"augment with {pens[0]!r} is for handwriting, not for {self.name}: try affine, elastic or thickness"
            )
        kinds = tuple(each for each in AUGMENTATIONS if each in self.augment)
        object.__setattr__(self, "augment", kinds)
        object.__setattr__(self, "labels", self._checked_labels())

    def _checked_labels(self) -> tuple[str, ...]:
        if self.brought:
            if not self.labels:
                raise InvalidValue(
                    f"images of your own are needed for {self.name!r}: choose a ZIP with a folder for each class, or a "
                    "CSV of pixels"
                )
            return class_names.checked(self.labels)
        if self.labels:
            raise InvalidValue(f"labels are for images of one's own, {self.name} has labels already: leave them out")
        return ()

    @property
    def names(self) -> tuple[str, ...]:
        """Those of the classes."""
        return self.labels or IMAGE_SETS[self.name].labels

    @property
    def classes(self) -> int:
        """How many there are to tell apart."""
        return len(self.names)

    @property
    def brought(self) -> bool:
        return IMAGE_SETS[self.name].read is not None

    @property
    def corrected(self) -> bool:
        return self.share > 0

    @property
    def written(self) -> str:
        known = IMAGE_SETS[self.name].written
        return f"{known} ({class_names.joined(self.labels)})" if self.labels else known


@dataclass(frozen=True)
class ImageModel(ModelSection):
    """A network of blocks, by its text; see dlcore.config.network."""

    network: str = text(CNN_64, MOST_TEXT, "The network, block by block.", structure=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "network", parse(self.network, SHAPE).text)

    @property
    def value(self) -> Network:
        """The network itself."""
        return parse(self.network)

    @property
    def convolutional(self) -> bool:
        """Whether it is quickest with its channels last in memory."""
        return self.value.has("conv") or self.value.has("depthwise")

    @property
    def parameters(self) -> int:
        """Numbers that it learns."""
        return self.value.parameters(SHAPE)

    @property
    def dropout(self) -> float:
        """The rate of its dropout; 0 if it has none."""
        rates = (each.rate for each in self.value.every() if isinstance(each, Dropout))
        return next(rates, 0.0)


ImageRun = RunConfig[DataConfig, ImageModel]


def described(config: ImageRun) -> Network:
    """The blocks as they are trained, with the run's own dropout."""
    own = config.training.dropout
    return config.model.value if own is None else config.model.value.with_dropout(own)
