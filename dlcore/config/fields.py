"""Settings that validate themselves: frozen dataclasses whose fields know their limits, default and help. No torch."""

import difflib
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from numbers import Integral, Real
from typing import Any, Self

from dlcore.errors import InvalidValue
from dlcore.formula.numbers import between, plain, shortened


def number(
    default: float | None, low: float, high: float, help: str, *, integer: bool = False, structure: bool = False
) -> Any:
    """A dataclass field that must lie in [low, high]; a None default also allows None. structure: as for `choice`"""
    limits = {"low": low, "high": high, "integer": integer}
    return field(default=default, metadata={**limits, "help": help, "structure": structure})


def choice(default: str, allowed: Collection[str], help: str, *, structure: bool = False) -> Any:
    """A dataclass field that must be one of `allowed`, which may be a registry that grows.

    structure: what a preset stands for, and no control of a page changes
    """
    return field(default=default, metadata={"allowed": allowed, "help": help, "structure": structure})


def flag(default: bool, help: str, *, structure: bool = False) -> Any:
    """A dataclass field that is true or false."""
    return field(default=default, metadata={"flag": True, "help": help, "structure": structure})


def text(default: str, most: int, help: str, *, structure: bool = False) -> Any:
    """A dataclass field with a text of at most `most` characters."""
    return field(default=default, metadata={"most": most, "help": help, "structure": structure})


def part(help: str) -> Any:
    """A dataclass field that is a section of its own; None stands for the section's defaults."""
    return field(default=None, metadata={"help": help})


def setting(section: type, name: str) -> Mapping[str, Any]:
    """What one field may be: low, high, integer; or allowed; or flag; or most; and its default and help."""
    for each in fields(section):
        if each.name == name:
            allowed = {"allowed": tuple(each.metadata["allowed"])} if "allowed" in each.metadata else {}
            return {**each.metadata, **allowed, "default": each.default}
    raise KeyError(name)


def checked(section: type, name: str, value: Any) -> Any:
    """`value`, converted to the type of field `name`, or InvalidValue."""
    rule = setting(section, name)
    if value is None and rule["default"] is None:
        return None
    if "allowed" in rule:
        return _checked_choice("data" if name == "name" else name, value, rule["allowed"])
    if "low" in rule:
        return _checked_number(name, value, rule)
    if "flag" in rule:
        return _checked_flag(name, value)
    return _checked_text(name, value, rule["most"]) if "most" in rule else value


def _checked_choice(name: str, value: Any, allowed: tuple[str, ...]) -> str:
    if isinstance(value, str) and value in allowed:
        return value
    close = difflib.get_close_matches(str(value), allowed, n=1)
    hint = f": did you mean {close[0]!r}?" if close else ""
    raise InvalidValue(f"{name} must be one of {', '.join(allowed)}, got {value!r}{hint}")


def _checked_number(name: str, value: Any, rule: Mapping[str, Any]) -> float | int:
    low, high, integer = rule["low"], rule["high"], rule["integer"]
    kind = "a whole number" if integer else "a number"
    default = f": try {plain(rule['default'])}" if rule["default"] is not None else ""
    finite = isinstance(value, Integral) or (isinstance(value, Real) and math.isfinite(value))
    real = finite and not isinstance(value, bool)
    if not real or (low <= value <= high and integer and not float(value).is_integer()):
        raise InvalidValue(f"{name} must be {kind} {between(low, high)}, got {shortened(value)}{default}")
    if not low <= value <= high:
        raise InvalidValue(f"{name} must be {between(low, high)}, got {shortened(value)}{default}")
    return int(float(value)) if integer else float(value)


def _checked_flag(name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise InvalidValue(f"{name} must be true or false, got {value!r}")


def _checked_text(name: str, value: Any, most: int) -> str:
    if not isinstance(value, str):
        raise InvalidValue(f"{name} must be a text, got {type(value).__name__}")
    if len(value) > most:
        raise InvalidValue(f"{name} may have {most:,} characters, got {len(value):,}: cut it")
    return value


@dataclass(frozen=True)
class Section:
    """Base of the config's parts: checks every field and converts it."""

    def __post_init__(self) -> None:
        for each in fields(self):
            object.__setattr__(self, each.name, checked(type(self), each.name, getattr(self, each.name)))

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
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
class DataSection(Section):
    """Base of what describes the data of a run. name: of the data set"""

    name: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Those of the classes, where the config knows them."""
        return ()

    @property
    def brought(self) -> bool:
        """Whether it is a set of the run's own, which it brings along as its examples."""
        return False

    @property
    def corrected(self) -> bool:
        """Whether the run learns from examples of its own beside the set."""
        return False

    @property
    def written(self) -> str:
        """What it is, for a list of runs."""
        return self.name


@dataclass(frozen=True)
class ModelSection(Section):
    """Base of what describes the network of a run."""

    @property
    def dropout(self) -> float:
        """The rate of its own."""
        return 0.0
