"""What a run is made of: frozen settings that validate themselves. No torch in here."""

import difflib
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from numbers import Integral, Real
from typing import Any

from dlcore.errors import InvalidValue
from dlcore.models.presets import preset

OPTIMIZERS = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw")
USES_MOMENTUM = ("momentum", "nesterov", "adam", "adamw")
"""Optimizers for which `momentum` means something: for Adam and AdamW it is beta 1."""
SCHEDULES = ("constant", "step", "cosine", "one-cycle")
AUGMENTATIONS = ("affine", "elastic", "thickness", "pen")
DEVICES = ("auto", "cuda", "mps", "cpu")
PRECISIONS = ("auto", "fp32", "bf16")


def number(default: float | None, low: float, high: float, help: str, *, integer: bool = False) -> Any:
    """A dataclass field that must lie in [low, high]; a None default also allows None."""
    return field(default=default, metadata={"low": low, "high": high, "integer": integer, "help": help})


def choice(default: str, allowed: tuple[str, ...], help: str) -> Any:
    """A dataclass field that must be one of `allowed`."""
    return field(default=default, metadata={"allowed": allowed, "help": help})


def setting(section: type, name: str) -> Mapping[str, Any]:
    """The limits and the help text of one field: low, high, integer, allowed, default, help."""
    for each in fields(section):
        if each.name == name:
            return {**each.metadata, "default": each.default}
    raise KeyError(name)


def checked(section: type, name: str, value: Any) -> Any:
    """`value`, converted to the type of field `name`, or InvalidValue."""
    rule = setting(section, name)
    if value is None and rule["default"] is None:
        return None
    if "allowed" in rule:
        return _checked_choice("data" if name == "name" else name, value, rule["allowed"])
    return _checked_number(name, value, rule) if "low" in rule else value


def _checked_choice(name: str, value: Any, allowed: tuple[str, ...]) -> str:
    if isinstance(value, str) and value in allowed:
        return value
    close = difflib.get_close_matches(str(value), allowed, n=1)
    hint = f": did you mean {close[0]!r}?" if close else ""
    raise InvalidValue(f"{name} must be one of {', '.join(allowed)}, got {value!r}{hint}")


def _checked_number(name: str, value: Any, rule: Mapping[str, Any]) -> float | int:
    low, high, integer = rule["low"], rule["high"], rule["integer"]
    kind = "a whole number" if integer else "a number"
    default = f": try {rule['default']:g}" if rule["default"] is not None else ""
    real = isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)
    if not real or (integer and not (isinstance(value, Integral) or float(value).is_integer())):
        raise InvalidValue(f"{name} must be {kind} between {low:g} and {high:g}, got {value!r}{default}")
    if not low <= value <= high:
        raise InvalidValue(f"{name} must be between {low:g} and {high:g}, got {value:g}{default}")
    return int(value) if integer else float(value)


class Section:
    """Base of the config's parts: checks every field and converts it."""

    def __post_init__(self) -> None:
        for each in fields(self):
            object.__setattr__(self, each.name, checked(type(self), each.name, getattr(self, each.name)))

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Any:
        """Build from plain JSON; an unknown key is an InvalidValue that suggests a known one."""
        if not isinstance(values, Mapping):
            raise InvalidValue(f"{cls.__name__} must be an object with settings, got {type(values).__name__}")
        known = [each.name for each in fields(cls)]
        for key in values:
            if key not in known:
                close = difflib.get_close_matches(str(key), known, n=1)
                hint = f": did you mean {close[0]!r}?" if close else ""
                raise InvalidValue(f"unknown setting {key!r}{hint}")
        return cls(**values)


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
        if not isinstance(self.augment, list | tuple) or not all(each in AUGMENTATIONS for each in self.augment):
            raise InvalidValue(f"augment must be made of {', '.join(AUGMENTATIONS)}, got {self.augment!r}")
        if self.name == "fashion" and "pen" in self.augment:
            raise InvalidValue("augment with 'pen' is for digits, not for clothes: try affine, elastic or thickness")
        kinds = tuple(each for each in AUGMENTATIONS if each in self.augment)
        object.__setattr__(self, "augment", kinds)


@dataclass(frozen=True)
class TrainingConfig(Section):
    """How a network is trained."""

    optimizer: str = choice("adam", OPTIMIZERS, "The rule that turns gradients into steps.")
    learning_rate: float = number(1e-3, 1e-6, 10.0, "How far one step goes; the schedule scales it.")
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
class RunConfig(Section):
    """Everything that decides a run: with the same device it gives the same curve again."""

    preset: str = "cnn-64"
    data: DataConfig = field(default_factory=DataConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)
    device: str = choice("auto", DEVICES, "Where it runs.")

    def __post_init__(self) -> None:
        super().__post_init__()
        for name, section in (("data", DataConfig), ("training", TrainingConfig)):
            value = getattr(self, name)
            if not isinstance(value, section):
                object.__setattr__(self, name, section.from_dict(value))
        allowed = preset(self.preset).data
        if self.data.name not in allowed:
            raise InvalidValue(f"{self.preset} can be trained on {', '.join(allowed)}, got {self.data.name!r}")

    @property
    def dropout(self) -> float:
        """The rate in use: the run's own, else the preset's."""
        own = self.training.dropout
        return preset(self.preset).dropout if own is None else own

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON; `RunConfig.from_dict` builds it again."""
        return asdict(self)
