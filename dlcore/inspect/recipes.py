r"""What one value of a feature map is made of: a value for each kind of layer, with the numbers that go into a map.

A recipe holds what the whole map reads, so that one can walk over it: `value(row, column)` is computed from those
numbers, and `latex(row, column)` writes them into the formula. Tensors are float32 (height, width), or float32
(maps, height, width) where several maps are read; rows of numbers are maps of height 1.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor
from torch.nn import functional

from dlcore.formula.latex import number
from dlcore.inspect.walk import Pair

MOST_TERMS = 12
"""So many products are written out; of a longer sum only its first and last ones."""


@dataclass(frozen=True)
class Recipe:
    """Base of all. kind: a word for who draws it; formula: LaTeX in general."""

    kind: ClassVar[str]
    formula: ClassVar[str]

    def value(self, row: int, column: int) -> float:
        """The value at a place of the map, computed from what it is made of."""
        raise NotImplementedError

    def numbers(self, row: int, column: int) -> str:
        """The right side of the formula with the numbers of that place, as LaTeX."""
        raise NotImplementedError

    def latex(self, row: int, column: int) -> str:
        """The formula, in general and with the numbers of that place."""
        return f"{self.formula} = {self.numbers(row, column)} = {number(self.value(row, column))}"


@dataclass(frozen=True)
class _Window(Recipe):
    """A window of `size` that goes over the inputs in steps of `stride`, from `pad` before their corner."""

    inputs: Tensor
    size: Pair
    stride: Pair
    pad: Pair

    outside: ClassVar[float] = 0.0
    """What stands around the inputs."""

    def corner(self, row: int, column: int) -> Pair:
        """Row and column in the inputs where the window begins: less than 0 in the border."""
        return row * self.stride[0] - self.pad[0], column * self.stride[1] - self.pad[1]

    def patch(self, row: int, column: int) -> Tensor:
        """What the window covers, (…, *size)."""
        (down, across), (top, left) = self.pad, self.corner(row, column)
        framed = functional.pad(self.inputs, (across, across, down, down), value=self.outside)
        return framed[..., top + down :, left + across :][..., : self.size[0], : self.size[1]]


@dataclass(frozen=True)
class WeightedSum(_Window):
    """A convolution, or a dense unit, whose kernel covers everything.

    inputs, kernel: (maps, …), of the maps that it sees, the first of which is number `first` of its layer
    """

    kind = "weighted"
    formula = r"y = \sum_i x[i]\,k[i] + b"

    kernel: Tensor
    bias: float
    first: int = 0

    def products(self, row: int, column: int) -> Tensor:
        """Patch times kernel, value by value: float64 (maps, *size)."""
        return self.patch(row, column).double() * self.kernel.double()

    def partial_sums(self, row: int, column: int) -> Tensor:
        """What each map that is read adds: float64 (maps,)."""
        return self.products(row, column).sum((1, 2))

    def value(self, row: int, column: int) -> float:
        return self.partial_sums(row, column).sum().item() + self.bias

    def numbers(self, row: int, column: int) -> str:
        pairs = zip(self.patch(row, column).flatten().tolist(), self.kernel.flatten().tolist(), strict=True)
        products = [rf"{_held(x)} \cdot {_held(k)}" for x, k in pairs]
        return f"{_written(products)} + {_held(self.bias)}"


@dataclass(frozen=True)
class Largest(_Window):
    """A pool that keeps the largest value of its window."""

    kind = "largest"
    formula = r"y = \max_i\, x[i]"
    outside = float("-inf")

    def winner(self, row: int, column: int) -> Pair:
        """Row and column in the inputs of the value that was kept, the first of equal ones."""
        place = int(self.patch(row, column).argmax())
        top, left = self.corner(row, column)
        return top + place // self.size[1], left + place % self.size[1]

    def value(self, row: int, column: int) -> float:
        return self.patch(row, column).max().item()

    def numbers(self, row: int, column: int) -> str:
        inside = [number(x) for x in self.patch(row, column).flatten().tolist() if x != self.outside]
        return rf"\max({_written(inside, between=', ')})"


@dataclass(frozen=True)
class Mean(_Window):
    """A pool that takes the mean of its window; the zeros of its border count."""

    kind = "mean"
    formula = r"y = \frac{1}{n} \sum_i x[i]"

    def value(self, row: int, column: int) -> float:
        return self.patch(row, column).double().mean().item()

    def numbers(self, row: int, column: int) -> str:
        values = self.patch(row, column).flatten().tolist()
        return rf"\frac{{{_written(map(_held, values))}}}{{{len(values)}}}"


@dataclass(frozen=True)
class Bend(Recipe):
    """An activation. results: of the same shape; function: its name; law: its formula in x, as LaTeX"""

    kind = "bend"
    formula = "y = f(x)"

    inputs: Tensor
    results: Tensor
    function: str
    law: str

    def value(self, row: int, column: int) -> float:
        return self.results[row, column].item()

    def numbers(self, row: int, column: int) -> str:
        return f"f({number(self.inputs[row, column].item())})"


@dataclass(frozen=True)
class Norm(Recipe):
    """A norm, with the mean, variance, scale and shift that hold at each place.

    over: whose mean and variance they are, in words
    """

    kind = "norm"
    formula = r"y = \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}}\, \gamma + \beta"

    inputs: Tensor
    mean: Tensor
    variance: Tensor
    scale: Tensor
    shift: Tensor
    epsilon: float
    over: str

    def _at(self, row: int, column: int) -> list[float]:
        every = (self.inputs, self.mean, self.variance, self.scale, self.shift)
        return [each[row, column].item() for each in every]

    def value(self, row: int, column: int) -> float:
        x, mean, variance, scale, shift = self._at(row, column)
        return (x - mean) / (variance + self.epsilon) ** 0.5 * scale + shift

    def numbers(self, row: int, column: int) -> str:
        x, mean, variance, scale, shift = map(_held, self._at(row, column))
        below = rf"\sqrt{{{variance} + {number(self.epsilon)}}}"
        return rf"\frac{{{x} - {mean}}}{{{below}}} \cdot {scale} + {shift}"


@dataclass(frozen=True)
class Sum(Recipe):
    """The end of a residual group: what came through it, f, and what came around it, g, which may be x itself."""

    kind = "sum"
    formula = "y = f(x) + g(x)"

    through: Tensor
    around: Tensor

    def value(self, row: int, column: int) -> float:
        return self.through[row, column].item() + self.around[row, column].item()

    def numbers(self, row: int, column: int) -> str:
        return f"{number(self.through[row, column].item())} + {_held(self.around[row, column].item())}"


@dataclass(frozen=True)
class Same(Recipe):
    """Nothing but the shape changes: flatten, and dropout in a network that reads."""

    kind = "same"
    formula = "y = x"

    inputs: Tensor

    def value(self, row: int, column: int) -> float:
        return self.inputs[row, column].item()

    def numbers(self, row: int, column: int) -> str:
        return number(self.value(row, column))


@dataclass(frozen=True)
class Probability(Recipe):
    """Softmax. inputs: the scores, (1, classes)"""

    kind = "softmax"
    formula = r"p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}"

    inputs: Tensor

    def value(self, row: int, column: int) -> float:
        return self.inputs.double().flatten().softmax(0)[column].item()

    def numbers(self, row: int, column: int) -> str:
        powers = [f"e^{{{number(z)}}}" for z in self.inputs.flatten().tolist()]
        return rf"\frac{{{powers[column]}}}{{{_written(powers)}}}"


@dataclass(frozen=True)
class Pixel(Recipe):
    """The network's input. inputs: uint8 (28, 28); mean, deviation: of all pixels as numbers from 0 to 1"""

    kind = "pixel"
    formula = r"y = \frac{x / 255 - \mu}{\sigma}"

    inputs: Tensor
    mean: float
    deviation: float

    def value(self, row: int, column: int) -> float:
        return (self.inputs[row, column].item() / 255 - self.mean) / self.deviation

    def numbers(self, row: int, column: int) -> str:
        x = int(self.inputs[row, column])
        return rf"\frac{{{x} / 255 - {number(self.mean)}}}{{{number(self.deviation)}}}"


def _held(value: float) -> str:
    """A number as a factor or after a sign."""
    text = number(value)
    return f"({text})" if text.startswith("-") else text


def _written(terms: Iterable[str], between: str = " + ") -> str:
    """All terms, or the first and last ones and dots."""
    listed = list(terms)
    if len(listed) > MOST_TERMS:
        half = MOST_TERMS // 2
        listed = [*listed[:half], r"\dots", *listed[-half:]]
    return between.join(listed)
