"""Activation functions. One text gives what runs and the formula that is shown; derivatives come from autograd.

    >>> gelu = activation("gelu")
    >>> gelu(torch.linspace(-3, 3, 7)), gelu.derivative(torch.linspace(-3, 3, 7))
    >>> gelu.formula.latex()

Elementwise ones are in ACTIVATIONS; `softmax` mixes a whole vector; what multiplies two signals is in `gates`.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

from dlcore.errors import InvalidValue
from dlcore.formula.calls import Call, Name
from dlcore.formula.expression import Expression, parse
from dlcore.formula.parameter import Parameter, all_checked, all_checked_tensors

if TYPE_CHECKING:
    from torch import Tensor

SATURATION = 0.05
"""A unit is saturated where the absolute value of its derivative is below this: it passes hardly any gradient on."""

SMOOTHNESS = {
    "smooth": "every derivative is continuous",
    "once": "the slope is continuous, its own slope jumps",
    "kink": "continuous, but the slope jumps",
    "jump": "the value itself jumps",
}


@dataclass(frozen=True)
class Activation:
    """An elementwise function of x.

    text: the formula, in x and the names of `parameters`, as `dlcore.formula.expression` reads it
    limits: smallest and largest output as expressions in the parameters; "inf" where there is none
    smoothness: a key of SMOOTHNESS; like the next two it holds at the default parameters
    zero_centred: odd, so that inputs that are symmetric about 0 give outputs with mean 0
    monotonic: never falls as x grows
    varies: from all parameters, which of these three are different there, and what they are; `at` asks it
    layer: torch's own module, called with the parameters in their order; None where torch has none
    shaped: whether that module takes the parameters; if not, it is used at their defaults only
    learned: parameters that the module learns
    """

    name: str
    title: str
    text: str
    limits: tuple[str, str]
    smoothness: str
    source: str
    parameters: tuple[Parameter, ...] = ()
    zero_centred: bool = False
    monotonic: bool = True
    note: str = field(default="", compare=False)
    varies: Callable[..., dict[str, object]] = field(default=lambda **parameters: {}, compare=False, repr=False)
    layer: Call | None = field(default=None, compare=False, repr=False)
    shaped: bool = True
    learned: int = 0

    @cached_property
    def formula(self) -> Expression:
        """The expression that `__call__` runs and whose LaTeX is shown."""
        return parse(self.text, ("x", *(each.name for each in self.parameters)))

    @property
    def defaults(self) -> dict[str, float]:
        return {each.name: each.default for each in self.parameters}

    @property
    def output_range(self) -> tuple[float, float]:
        """Smallest and largest output (or the limit that is never reached) at the default parameters."""
        return self.range_for()

    def at(self, **parameters: float) -> "Activation":
        """The same activation, with the smoothness, symmetry and monotonicity that it has at these parameters."""
        return replace(self, **self.varies(**self.checked(parameters)))

    def range_for(self, **parameters: float) -> tuple[float, float]:
        """Smallest and largest output at these parameters."""
        given = self.checked(parameters)
        names = tuple(given)

        def limit(text: str) -> float:
            if text in ("inf", "-inf"):
                return float(text)
            return float(parse(text, names)(**given))

        return limit(self.limits[0]), limit(self.limits[1])

    def checked(self, parameters: Mapping[str, float]) -> dict[str, float]:
        """All parameters, the ones not given at their defaults. Raises InvalidValue for an unknown name or value."""
        return all_checked(self.title, self.parameters, parameters)

    def __call__(self, x: "Tensor", **parameters: "float | Tensor") -> "Tensor":
        """f(x), of the shape of `x`; differentiable in `x` and in parameters that are tensors."""
        return self.formula(x=x, **all_checked_tensors(self.title, self.parameters, parameters))

    def derivative(self, x: "Tensor", **parameters: float) -> "Tensor":
        """f'(x) by autograd, of the shape of `x`: what backpropagation multiplies with, at a kink too."""
        return slope(lambda point: self(point, **parameters), x)

    def module(self, **parameters: float) -> Call:
        """The layer of a network that does this: torch's own, or one that runs the formula."""
        given = self.checked(parameters)
        changed = given != self.defaults
        if self.layer is None or (changed and not self.shaped):
            return Call("dlcore.models.layers:Elementwise", Formula(self, given))
        values = given.values() if changed or self.learned else ()
        return Call(self.layer.name, *self.layer.arguments, *values, **self.layer.options)

    def saturated(self, x: "Tensor", **parameters: float) -> "Tensor":
        """Whether |f'(x)| < SATURATION, a bool tensor of the shape of `x`."""
        return self.derivative(x, **parameters).abs() < SATURATION


class Formula(Name):
    """An activation at some parameters, as a function of x alone: as code a lambda."""

    def __init__(self, function: Activation, parameters: Mapping[str, float]) -> None:
        super().__init__(function.name)
        self.function, self.parameters = function, dict(parameters)

    def code(self) -> str:
        return f"lambda x: {self.function.formula.code(self.parameters)}"

    def make(self) -> Callable[["Tensor"], "Tensor"]:
        return partial(self.function, **self.parameters)


def slope(function: Callable[["Tensor"], "Tensor"], x: "Tensor") -> "Tensor":
    """The derivative of an elementwise `function` at each element of `x`, by autograd; 0 if it does not depend on x."""
    import torch

    with torch.enable_grad():
        point = x.detach().clone().requires_grad_()
        value = function(point)
        if not value.requires_grad:
            return torch.zeros_like(x)
        return torch.autograd.grad(value.sum(), point, materialize_grads=True)[0]


def _slope_below(default: float, low: float = 0.01, high: float = 1.0) -> Parameter:
    return Parameter("a", "Slope where x is negative", default, low, high, symbol="a", step=0.01)


def _straight_at_one(a: float) -> dict[str, object]:
    """What is x above 0 and a·x below is x itself where a is 1."""
    return {"smoothness": "smooth", "zero_centred": True} if math.isclose(a, 1) else {}


_ALPHA = Parameter("alpha", "How far down it goes: to −α", 1.0, 0.1, 3.0, symbol=r"\alpha", step=0.1)
_BETA = Parameter(
    "beta", "How sharp the bend is: as β grows, this becomes ReLU", 1.0, 0.1, 10.0, symbol=r"\beta", step=0.1
)  # fmt: skip
_NO_OVERFLOW = "x − max(0, x) is x where x is negative and 0 elsewhere: written so, eˣ never overflows."

_ALL = (
    Activation(
        "sigmoid", "Sigmoid", "sigmoid(x)", ("0", "1"), "smooth", "Rumelhart, Hinton & Williams 1986",
        note="Its steepest slope is 1/4: every layer makes the gradient at least four times smaller.",
        layer=Call("nn.Sigmoid"),
    ),
    Activation(
        "tanh", "Tanh", "tanh(x)", ("-1", "1"), "smooth", "LeCun et al. 1998, Efficient BackProp", zero_centred=True,
        note="A sigmoid moved to be centred on 0, with slope 1 there.",
        layer=Call("nn.Tanh"),
    ),
    Activation(
        "relu", "ReLU", "relu(x)", ("0", "inf"), "kink", "Fukushima 1969; Nair & Hinton 2010",
        note="At the kink itself autograd says 0.",
        layer=Call("nn.ReLU"),
    ),
    Activation(
        "leaky-relu", "Leaky ReLU", "where(x > 0, x, a*x)", ("-inf", "inf"), "kink", "Maas, Hannun & Ng 2013",
        (_slope_below(0.01),), note="The slope below 0 is small but never 0, so that no unit dies.",
        varies=_straight_at_one,
        layer=Call("nn.LeakyReLU"),
    ),
    Activation(
        "prelu", "PReLU", "where(x > 0, x, a*x)", ("-inf", "inf"), "kink", "He et al. 2015, arXiv:1502.01852",
        (_slope_below(0.25),), note="Leaky ReLU whose slope a is learned with the weights.", varies=_straight_at_one,
        layer=Call("nn.PReLU", 1), learned=1,
    ),
    Activation(
        "elu", "ELU", "where(x > 0, x, alpha*(exp(x - relu(x)) - 1))", ("-alpha", "inf"), "once",
        "Clevert, Unterthiner & Hochreiter 2016, arXiv:1511.07289", (_ALPHA,),
        note=f"With α other than 1 it has a kink at 0. {_NO_OVERFLOW}",
        varies=lambda alpha: {} if math.isclose(alpha, 1) else {"smoothness": "kink"},
        layer=Call("nn.ELU"),
    ),
    Activation(
        "selu", "SELU", "1.0507009873554805*where(x > 0, x, 1.6732632423543772*(exp(x - relu(x)) - 1))",
        ("-1.0507009873554805*1.6732632423543772", "inf"), "kink",
        "Klambauer et al. 2017, arXiv:1706.02515",
        note=f"Its two constants make mean 0 and variance 1 attract the signal of deep networks. {_NO_OVERFLOW}",
        layer=Call("nn.SELU"),
    ),
    Activation(
        "celu", "CELU", "where(x > 0, x, alpha*(exp((x - relu(x))/alpha) - 1))", ("-alpha", "inf"), "once",
        "Barron 2017, arXiv:1704.07483", (_ALPHA,), note=f"ELU without a kink, whatever α is. {_NO_OVERFLOW}",
        layer=Call("nn.CELU"),
    ),
    Activation(
        "gelu", "GELU", "x/2*(1 + erf(x/sqrt(2)))", ("-0.16997120747990369", "inf"), "smooth",
        "Hendrycks & Gimpel 2016, arXiv:1606.08415", monotonic=False,
        note="x times the probability that a standard normal number lies below x.",
        layer=Call("nn.GELU"),
    ),
    Activation(
        "gelu-tanh", "GELU (tanh)", "x/2*(1 + tanh(sqrt(2/pi)*(x + 0.044715*x**3)))",
        ("-0.17004075057125412", "inf"), "smooth", "Hendrycks & Gimpel 2016, arXiv:1606.08415", monotonic=False,
        note="GELU without the error function, off by less than 0.0005; the one in GPT-2.",
        layer=Call("nn.GELU", approximate="tanh"),
    ),
    Activation(
        "silu", "SiLU / Swish", "x*sigmoid(beta*x)", ("-0.27846454276107374/beta", "inf"), "smooth",
        "Elfwing et al. 2017, arXiv:1702.03118; Ramachandran et al. 2017, arXiv:1710.05941", (_BETA,),
        monotonic=False, note="x times a gate that x opens itself.", layer=Call("nn.SiLU"), shaped=False,
    ),
    Activation(
        "mish", "Mish", "x*tanh(softplus(x))", ("-0.30884341301725346", "inf"), "smooth",
        "Misra 2019, arXiv:1908.08681", monotonic=False, note="Close to SiLU, a little steeper for positive x.",
        layer=Call("nn.Mish"),
    ),
    Activation(
        "softplus", "Softplus", "softplus(beta*x)/beta", ("0", "inf"), "smooth", "Dugas et al. 2001", (_BETA,),
        note="A rounded ReLU; its derivative is the sigmoid.",
        layer=Call("nn.Softplus"),
    ),
    Activation(
        "softsign", "Softsign", "x/(1 + abs(x))", ("-1", "1"), "once", "Bergstra et al. 2009", zero_centred=True,
        note="Like tanh, but it saturates far more slowly: the slope falls as 1/x², not as e⁻²ˣ.",
        layer=Call("nn.Softsign"),
    ),
    Activation(
        "hard-sigmoid", "Hard sigmoid", "where(x < 3, relu(x + 3)/6, 1)", ("0", "1"), "kink",
        "Courbariaux et al. 2015, arXiv:1511.00363; this slope: Howard et al. 2019, arXiv:1905.02244",
        note="A sigmoid of three straight lines: no exponential to compute.",
        layer=Call("nn.Hardsigmoid"),
    ),
    Activation(
        "hard-swish", "Hard swish", "x*where(x < 3, relu(x + 3)/6, 1)", ("-0.375", "inf"), "kink",
        "Howard et al. 2019, MobileNetV3, arXiv:1905.02244", monotonic=False, note="SiLU with the hard sigmoid.",
        layer=Call("nn.Hardswish"),
    ),
    Activation(
        "hard-tanh", "Hard tanh", "where(x < high, low + relu(x - low), high)", ("low", "high"), "kink",
        "Collobert 2004",
        (
            Parameter("low", "The floor", -1.0, -3.0, -0.1, symbol=r"\mathrm{low}", step=0.1),
            Parameter("high", "The ceiling", 1.0, 0.1, 3.0, symbol=r"\mathrm{high}", step=0.1),
        ),
        zero_centred=True, note="Between floor and ceiling it is x itself.",
        varies=lambda low, high: {"zero_centred": math.isclose(low, -high)},
        layer=Call("nn.Hardtanh"),
    ),
    Activation(
        "relu6", "ReLU6", "where(x < 6, relu(x), 6)", ("0", "6"), "kink", "Krizhevsky 2010",
        note="A ceiling of 6 keeps numbers small enough for arithmetic with few bits.",
        layer=Call("nn.ReLU6"),
    ),
    Activation(
        "squared-relu", "Squared ReLU", "relu(x)**2", ("0", "inf"), "once", "So et al. 2021, Primer, arXiv:2109.08668",
        note="Its slope grows with x: there is no bound on what it does to a gradient.",
    ),
    Activation(
        "sine", "Sine", "sin(omega*x)", ("-1", "1"), "smooth", "Sitzmann et al. 2020, SIREN, arXiv:2006.09661",
        (Parameter("omega", "How many waves", 1.0, 0.5, 30.0, symbol=r"\omega", step=0.5),), zero_centred=True,
        monotonic=False, note="Never saturates for long; used to store images and sounds in a network.",
    ),
    Activation(
        "linear", "Linear", "x", ("-inf", "inf"), "smooth", "the identity", zero_centred=True,
        note="However many layers of it are stacked, the network is one straight line.",
        layer=Call("nn.Identity"),
    ),
    Activation(
        "step", "Step", "where(x > 0, 1, 0)", ("0", "1"), "jump", "McCulloch & Pitts 1943; Rosenblatt 1958",
        note="The derivative is 0 everywhere: gradient descent has nothing to go by.",
    ),
)  # fmt: skip

ACTIVATIONS: dict[str, Activation] = {each.name: each for each in _ALL}
"""Every elementwise activation by its name."""


def activation(name: str) -> Activation:
    """The activation called `name`. Raises InvalidValue for an unknown one."""
    try:
        return ACTIVATIONS[name]
    except (KeyError, TypeError):
        raise InvalidValue(f"activation must be one of {', '.join(ACTIVATIONS)}, got {name!r}: try 'relu'") from None


TEMPERATURE = Parameter(
    "temperature", "Temperature", 1.0, 0.05, 20.0, "Low: the winner takes all; high: all are alike.", "T", 0.05
)  # fmt: skip
SHARE = parse("exp((z - m)/T)", ("z", "m", "T"))
"""What softmax makes of one logit before it divides by the sum; m is the largest logit, so that nothing overflows."""


def softmax(logits: "Tensor", temperature: float = 1.0) -> "Tensor":
    """Probabilities of the shape of `logits` (…, C): exp(z/T), divided by its sum over the last dimension.

    Raises InvalidValue if the temperature is not between 0.05 and 20, or if a logit is not finite.
    """
    TEMPERATURE.checked(temperature)
    if not bool(logits.isfinite().all()):
        raise InvalidValue("logits must be finite numbers")
    shares = SHARE(z=logits, m=logits.detach().amax(-1, keepdim=True), T=temperature)
    return shares / shares.sum(-1, keepdim=True)


def softmax_jacobian(logits: "Tensor", temperature: float = 1.0) -> "Tensor":
    """How every probability answers to every logit: (C, C), row i, column j: ∂p_i/∂z_j, by autograd."""
    import torch

    return torch.autograd.functional.jacobian(lambda z: softmax(z, temperature), logits.detach())


def entropy(probabilities: "Tensor") -> float:
    """How undecided a distribution (C,) is, in bits: 0 for one certain class, log2(C) if all are alike."""
    positive = probabilities[probabilities > 0]
    return max(0.0, -float((positive * positive.log()).sum()) / math.log(2))
