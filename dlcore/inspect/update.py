"""How one weight moved in a step of training, by the published formula of its optimizer. No torch in here.

The formulas are computed in double precision from what the optimizer remembered; that they lead to where torch.optim
went is tested for every optimizer. `dlcore.descent` tells whole races in the same formulas, as LaTeX.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from dlcore.formula.numbers import number

Group = Mapping[str, float]


@dataclass(frozen=True)
class Told:
    """One formula: in symbols, with its numbers, and what it gives."""

    symbols: str
    numbers: str
    value: float


@dataclass(frozen=True)
class Moved:
    """One weight in one step.

    layer, place: whose weight it is, and its indices in it; parameter: its name in the state dict
    old, gradient, new: numbers of the step itself, the gradient as the optimizer got it
    state: what the optimizer remembered of this weight before the step; steps: how many it had done before
    group: its settings in use, the betas by `beta1` and `beta2`
    rule: the optimizer's name
    """

    layer: str
    parameter: str
    place: tuple[int, ...]
    old: float
    gradient: float
    new: float
    state: Group
    steps: int
    group: Group
    rule: str

    @property
    def told(self) -> tuple[Told, ...]:
        """The step by its formula, in the order in which it is computed; the last one gives the new weight."""
        return tuple(RULES.get(self.rule, untold)(self))

    def remembered(self, name: str) -> float:
        """What the optimizer remembered under this name; 0 in its first step."""
        return self.state.get(name, 0.0)


def _pulled(moved: Moved) -> list[Told]:
    """The gradient with the pull of the weight decay, where there is one."""
    decay = moved.group["weight_decay"]
    if not decay:
        return [Told("g", "", moved.gradient)]
    value = moved.gradient + decay * moved.old
    return [Told("g + λ · w", f"{_n(moved.gradient)} + {_n(decay)} · {_n(moved.old, True)}", value)]


def _down(moved: Moved, symbols: str, along: float, factor: str = "") -> Told:
    """The last line of all rules: the weight goes down. along: by how much, times the learning rate."""
    rate = moved.group["lr"]
    value = moved.old - rate * along
    return Told(f"w − α · {symbols}", f"{_n(moved.old)} − {_n(rate)} · {factor or _n(along, True)}", value)


def _sgd(moved: Moved) -> list[Told]:
    pulled = _pulled(moved)
    return [*pulled, _down(moved, "g", pulled[-1].value)]


def _velocity(moved: Moved) -> list[Told]:
    *_, pulled = told = _pulled(moved)
    share, before = moved.group["momentum"], moved.remembered("momentum_buffer")
    numbers = f"{_n(share)} · {_n(before, True)} + {_n(pulled.value, True)}"
    return [*told, Told("v = μ · v + g", numbers, share * before + pulled.value)]


def _momentum(moved: Moved) -> list[Told]:
    *_, velocity = told = _velocity(moved)
    return [*told, _down(moved, "v", velocity.value)]


def _nesterov(moved: Moved) -> list[Told]:
    *_, pulled, velocity = told = _velocity(moved)
    share = moved.group["momentum"]
    ahead = pulled.value + share * velocity.value
    factor = f"({_n(pulled.value)} + {_n(share)} · {_n(velocity.value, True)})"
    return [*told, _down(moved, "(g + μ · v)", ahead, factor)]


def _adagrad(moved: Moved) -> list[Told]:
    *_, pulled = told = _pulled(moved)
    before = moved.remembered("sum")
    numbers = f"{_n(before)} + {_n(pulled.value, True)}²"
    squares = Told("s = s + g²", numbers, before + pulled.value**2)
    return [*told, squares, _divided(moved, "g", pulled.value, "s", squares.value)]


def _rmsprop(moved: Moved) -> list[Told]:
    *_, pulled = told = _pulled(moved)
    squares = _mean(moved, "v = ρ · v + (1 − ρ) · g²", moved.group["alpha"], "square_avg", pulled.value, 2)
    return [*told, squares, _divided(moved, "g", pulled.value, "v", squares.value)]


def _adam(moved: Moved) -> list[Told]:
    return _moments(moved, _pulled(moved), moved.old)


def _adamw(moved: Moved) -> list[Told]:
    decay = moved.group["weight_decay"]
    gradient = [Told("g", "", moved.gradient)]
    if not decay:
        return _moments(moved, gradient, moved.old)
    rate = moved.group["lr"]
    shrunk = Told(
        "w = w − α · λ · w", f"{_n(moved.old)} − {_n(rate)} · {_n(decay)} · {_n(moved.old, True)}",
        moved.old * (1 - rate * decay),
    )  # fmt: skip
    return _moments(moved, [shrunk, *gradient], shrunk.value)


def _moments(moved: Moved, told: list[Told], old: float) -> list[Told]:
    """Adam's running means, and the step that they make from a weight."""
    pulled, done, group = told[-1].value, moved.steps + 1, moved.group
    first = _mean(moved, "m = β₁ · m + (1 − β₁) · g", group["beta1"], "exp_avg", pulled, 1)
    second = _mean(moved, "v = β₂ · v + (1 − β₂) · g²", group["beta2"], "exp_avg_sq", pulled, 2)
    means = [first, second]
    for hat, sign, mean, beta in (("m̂", "m", first, "beta1"), ("v̂", "v", second, "beta2")):
        left = 1 - group[beta] ** done
        subscript = "₁" if beta == "beta1" else "₂"
        means.append(Told(f"{hat} = {sign} / (1 − β{subscript}ᵗ)", f"{_n(mean.value)} / {_n(left)}", mean.value / left))
    start = replace(moved, old=old)
    return [*told, *means, _divided(start, "m̂", means[2].value, "v̂", means[3].value)]


def _mean(moved: Moved, symbols: str, share: float, name: str, gradient: float, power: int) -> Told:
    """A running mean of gradients or of their squares."""
    before, square = moved.remembered(name), "²" if power == 2 else ""
    numbers = f"{_n(share)} · {_n(before, True)} + {_n(1 - share)} · {_n(gradient, True)}{square}"
    return Told(symbols, numbers, share * before + (1 - share) * gradient**power)


def _divided(moved: Moved, above: str, value: float, below: str, squares: float) -> Told:
    """A step that is divided by the root of squared gradients."""
    epsilon = moved.group["eps"]
    along = value / (math.sqrt(squares) + epsilon)
    return _down(moved, f"{above} / (√{below} + ε)", along, f"{_n(value, True)} / (√{_n(squares)} + {_n(epsilon)})")


def untold(moved: Moved) -> list[Told]:
    """Of an optimizer whose formula nobody has written down here: the step alone."""
    step = moved.new - moved.old
    return [Told("g", "", moved.gradient), Told("w + Δw", f"{_n(moved.old)} + {_n(step, True)}", moved.old + step)]


def _n(value: float, bracketed: bool = False) -> str:
    text = number(value)
    return f"({text})" if bracketed and value < 0 else text


RULES: dict[str, Callable[[Moved], list[Told]]] = {
    "sgd": _sgd, "momentum": _momentum, "nesterov": _nesterov, "adagrad": _adagrad, "rmsprop": _rmsprop, "adam": _adam,
    "adamw": _adamw,
}  # fmt: skip
"""Name in dlcore.config.optimizers → who tells its step; `untold` does for any other."""
