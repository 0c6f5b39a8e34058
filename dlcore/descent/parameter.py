"""A number or a switch that shapes a landscape or an optimizer, with its limits."""

from dataclasses import dataclass
from numbers import Real

from dlcore.errors import InvalidValue


@dataclass(frozen=True)
class Parameter:
    """What may be set: its limits, its default, what it means, and its symbol in formulas (LaTeX).

    A default of True or False makes it a switch. `log`: its stops are better spread over powers of ten.
    """

    name: str
    title: str
    default: float | bool
    low: float
    high: float
    help: str
    symbol: str = ""
    log: bool = False
    integer: bool = False

    @property
    def switch(self) -> bool:
        """Whether it is either on or off."""
        return isinstance(self.default, bool)

    def checked(self, value: float | bool) -> float | bool:
        """`value` in the right type, or InvalidValue."""
        if self.switch:
            if value in (0, 1):
                return bool(value)
            raise InvalidValue(f"{self.name} must be on or off, got {value!r}")
        real = isinstance(value, Real) and not isinstance(value, bool)
        if not real or not self.low <= value <= self.high:
            raise InvalidValue(
                f"{self.name} must be between {self.low:g} and {self.high:g}, got {value!r}: try {self.default:g}"
            )
        if self.integer and int(value) != value:
            raise InvalidValue(f"{self.name} must be a whole number, got {value!r}: try {self.default:g}")
        return int(value) if self.integer else float(value)
