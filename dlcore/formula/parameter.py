"""A number or a switch that shapes a function, a loss, a landscape or an optimizer, with its limits. No torch."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any, TypeVar

from dlcore.errors import InvalidValue
from dlcore.formula.numbers import plain, shortened

if TYPE_CHECKING:
    from torch import Tensor

T = TypeVar("T")


@dataclass(frozen=True)
class Parameter:
    """What may be set: low ≤ value ≤ high. A default of True or False makes it a switch.

    title: what it is, in a few words; help: what it does, in a sentence; symbol: its name in formulas, as LaTeX
    step: how far its control moves at once; 0 where that follows from the limits
    log: its stops are better spread over powers of ten
    per_class: one number for all classes, or one for each
    """

    name: str
    title: str
    default: float | bool
    low: float = 0.0
    high: float = 1.0
    help: str = ""
    symbol: str = ""
    step: float = 0.0
    log: bool = False
    integer: bool = False
    per_class: bool = False

    @property
    def switch(self) -> bool:
        """Whether it is either on or off."""
        return isinstance(self.default, bool)

    def checked(self, value: float | bool) -> float | bool:
        """`value` in the right type, or InvalidValue."""
        if self.switch:
            if value in (0, 1):
                return bool(value)
            raise InvalidValue(f"{self.name} must be on or off, got {shortened(value)}")
        real = isinstance(value, Real) and not isinstance(value, bool)
        if not real or not self.low <= value <= self.high:
            raise self._outside(value)
        if self.integer and int(value) != value:
            raise InvalidValue(f"{self.name} must be a whole number, got {shortened(value)}: try {plain(self.default)}")
        return int(value) if self.integer else float(value)

    def checked_tensor(self, value: "Tensor") -> "Tensor":
        """`value` if all of it lies within the limits, or if it is learned: then its limits are the optimizer's."""
        if not value.requires_grad and not bool(((value >= self.low) & (value <= self.high)).all()):
            raise self._outside(value.tolist())
        return value

    def _outside(self, value: object) -> InvalidValue:
        limits = f"{plain(self.low)} and {plain(self.high)}"
        return InvalidValue(f"{self.name} must be between {limits}, got {shortened(value)}: try {plain(self.default)}")


def all_checked(
    owner: str, parameters: Iterable[Parameter], given: Mapping[str, float | bool]
) -> dict[str, float | bool]:
    """The values of all parameters of `owner`, those that are not given at their defaults.

    Raises InvalidValue for a name that is not among them, and for a value that is not allowed.
    """
    return {each.name: each.checked(value) for each, value in _whole(owner, parameters, given)}


def all_checked_tensors(
    owner: str, parameters: Iterable[Parameter], given: "Mapping[str, float | bool | Tensor]"
) -> "dict[str, float | bool | Tensor]":
    """The same where a value may be a tensor too."""

    def checked(one: Parameter, value: Any) -> "float | bool | Tensor":
        return one.checked_tensor(value) if hasattr(value, "requires_grad") else one.checked(value)

    return {each.name: checked(each, value) for each, value in _whole(owner, parameters, given)}


def _whole(
    owner: str, parameters: Iterable[Parameter], given: Mapping[str, T]
) -> list[tuple[Parameter, T | float | bool]]:
    """Every parameter with its value; InvalidValue for a name that is not among them."""
    known = {each.name: each for each in parameters}
    for name in given:
        if name not in known:
            has = f"it has {', '.join(known)}" if known else "it has none"
            raise InvalidValue(f"{owner} has no parameter {name!r}: {has}")
    return [(each, given.get(each.name, each.default)) for each in known.values()]
