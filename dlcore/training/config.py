"""What a run is made of: frozen settings that validate themselves. No torch in here."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from dlcore.errors import InvalidValue
from dlcore.models.presets import IMAGE_SETS, preset
from dlcore.training.autoencoder_config import AutoencoderConfig
from dlcore.training.fields import Section, choice, number
from dlcore.training.sequence_config import RecurrentConfig, SequenceConfig, check_memory

OPTIMIZERS = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw")
USES_MOMENTUM = ("momentum", "nesterov", "adam", "adamw")
"""Optimizers for which `momentum` means something: for Adam and AdamW it is beta 1."""
SCHEDULES = ("constant", "step", "cosine", "one-cycle")
AUGMENTATIONS = ("affine", "elastic", "thickness", "pen")
DEVICES = ("auto", "cuda", "mps", "cpu")
PRECISIONS = ("auto", "fp32", "bf16")
LOWEST_RATE = 1e-6


@dataclass(frozen=True)
class DataConfig(Section):
    """Which images, how many, and how they are made harder."""

    name: str = choice("digits", ("digits", "mnist", "fashion"), "The data set.")
    train_size: int | None = number(
        None, 10, 60_000, "Training images to use, drawn at random; empty means all.", integer=True
    )
    imbalance: float = number(0.0, 0.0, 0.99, "Long tail: class k keeps (1 − imbalance)^(k/9) of its training images.")
    label_noise: float = number(0.0, 0.0, 0.9, "Share of training labels replaced by another, wrong class.")
    augment: tuple[str, ...] = field(
        default=(), metadata={"help": "Random changes of the training images: affine, elastic, thickness, pen."}
    )
    outliers: float = number(
        0.0, 0.0, 0.5, "Generated non-digits added to each batch, as a share of it; they teach doubt."
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        listed = isinstance(self.augment, list | tuple)
        if not listed or not all(each in AUGMENTATIONS for each in self.augment):
            given = ",".join(map(str, self.augment)) if listed else self.augment
            raise InvalidValue(f"augment must be made of {', '.join(AUGMENTATIONS)}, got {given!r}")
        if self.name == "fashion" and "pen" in self.augment:
            raise InvalidValue("augment with 'pen' is for digits, not for clothes: try affine, elastic or thickness")
        kinds = tuple(each for each in AUGMENTATIONS if each in self.augment)
        object.__setattr__(self, "augment", kinds)


@dataclass(frozen=True)
class TrainingConfig(Section):
    """How a network is trained."""

    optimizer: str = choice("adam", OPTIMIZERS, "The rule that turns gradients into steps.")
    learning_rate: float = number(1e-3, LOWEST_RATE, 10.0, "How far one step goes; the schedule scales it.")
    schedule: str = choice("constant", SCHEDULES, "How the learning rate changes over the run.")
    momentum: float = number(
        0.9, 0.0, 0.999, "Share of the last step that is kept: momentum, Nesterov; beta 1 of Adam, AdamW."
    )
    weight_decay: float = number(0.0, 0.0, 1.0, "Pull of every weight towards zero.")
    batch_size: int = number(64, 1, 4096, "Images per step.", integer=True)
    epochs: int = number(5, 1, 500, "Passes over the training images.", integer=True)
    dropout: float | None = number(None, 0.0, 0.9, "Share of hidden units switched off at random; empty: the preset's.")
    label_smoothing: float = number(0.0, 0.0, 0.9, "Share of the target spread over all classes.")
    gradient_clip: float = number(0.0, 0.0, 1000.0, "Largest norm of a gradient; 0 switches it off.")
    early_stopping: int = number(
        0, 0, 100, "Epochs without a better validation loss before stopping; 0: off.", integer=True
    )
    seed: int = number(0, 0, 2**31 - 1, "Starts every random number of the run.", integer=True)
    precision: str = choice("auto", PRECISIONS, "Arithmetic of the forward and backward pass.")


@dataclass(frozen=True)
class FixedModel(Section):
    """For networks that their preset describes whole."""


@dataclass(frozen=True)
class Kind:
    """What the runs of one kind of network are made of, besides how they are trained."""

    data: type[Section]
    model: type[Section]


KINDS = {
    "image": Kind(DataConfig, FixedModel),
    "recurrent": Kind(SequenceConfig, RecurrentConfig),
    "autoencoder": Kind(DataConfig, AutoencoderConfig),
}
"""By `Preset.kind`."""


@dataclass(frozen=True)
class RunConfig(Section):
    """Everything that decides a run: with the same device it gives the same curve again.

    data and model are sections of the preset's kind; where they are None the preset's own defaults take their place.
    """

    preset: str = "cnn-64"
    data: Any = None
    training: Any = None
    device: str = choice("auto", DEVICES, "Where it runs.")
    model: Any = None

    def __post_init__(self) -> None:
        super().__post_init__()
        chosen = preset(self.preset)
        sections = {"data": self.kind.data, "training": TrainingConfig, "model": self.kind.model}
        for name, section in sections.items():
            value = getattr(self, name)
            if not isinstance(value, section):
                defaults = {"name": chosen.data[0]} if name == "data" else getattr(chosen, name)
                if value is None or isinstance(value, Mapping):
                    value = {**defaults, **(value or {})}
                object.__setattr__(self, name, section.from_dict(value))
        if self.data.name not in chosen.data:
            raise InvalidValue(f"{self.preset} can be trained on {', '.join(chosen.data)}, got {self.data.name!r}")
        if isinstance(self.model, RecurrentConfig):
            check_memory(self.data, self.model, self.training.batch_size)

    @property
    def kind(self) -> Kind:
        """The sections that this preset uses."""
        return KINDS[preset(self.preset).kind]

    @property
    def dropout(self) -> float:
        """The rate in use: the run's own, else the preset's."""
        own = self.training.dropout
        return preset(self.preset).dropout if own is None else own

    @property
    def reads_images(self) -> bool:
        """Whether the trained network tells images of 28×28 pixels apart, so that it can read drawings."""
        return preset(self.preset).kind != "autoencoder" and self.data.name in IMAGE_SETS

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON; `RunConfig.from_dict` builds it again."""
        return asdict(self)
