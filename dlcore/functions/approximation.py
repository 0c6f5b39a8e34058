"""One hidden layer of a few neurons is fitted to a function of one variable: f(x) ≈ c + Σ vᵢ φ(wᵢ x + bᵢ).

That enough of them come as close as one likes to any continuous function is the universal approximation theorem
(Cybenko 1989; Hornik 1991; for every φ that is no polynomial: Leshno et al. 1993).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from dlcore.errors import DlcoreError, InvalidValue
from dlcore.formula.expression import parse
from dlcore.formula.numbers import number
from dlcore.functions.activations import Activation, activation

LEFT, RIGHT, POINTS = -3.0, 3.0, 200
CHECKED = 20_001
"""Places at which a target is looked at before it is fitted: between POINTS of them a pole could hide. 0 is one."""
MAX_NEURONS = 32
FRAMES = 50
HIGHEST = 100.0
"""A target may not leave ±HIGHEST: what is larger is no picture, and its square error drowns everything else."""

TARGETS = {
    "sine": ("A wave", "sin(2*x)"),
    "bump": ("A bump", "2*exp(-4*x**2) - 0.5"),
    "corner": ("A corner", "abs(x) - 1"),
    "jump": ("A jump", "where(x > 0, 1, -1)"),
    "cubic": ("A cubic", "x**3/6 - x"),
    "chirp": ("Ever faster", "sin(1.5*x**2)"),
}
"""Functions to approximate: a title and an expression in x."""

OPTIMIZERS = ("lbfgs", "adam")


@dataclass(frozen=True)
class Task:
    """What is fitted: `neurons` neurons with one activation, to an expression in x on [LEFT, RIGHT]."""

    target: str = "sin(2*x)"
    activation: str = "tanh"
    neurons: int = 6
    optimizer: str = "lbfgs"
    seed: int = 0

    def __post_init__(self) -> None:
        activation(self.activation)
        if type(self.neurons) is not int or not 1 <= self.neurons <= MAX_NEURONS:
            raise InvalidValue(f"neurons must be between 1 and {MAX_NEURONS}, got {self.neurons!r}: try 6")
        if self.optimizer not in OPTIMIZERS:
            raise InvalidValue(f"optimizer must be lbfgs or adam, got {self.optimizer!r}")
        if type(self.seed) is not int or not 0 <= self.seed <= 10**6:
            raise InvalidValue(f"seed must be between 0 and 1,000,000, got {self.seed!r}: try 0")


@dataclass(frozen=True)
class Fit:
    """How the fit went; T moments of it, from the start to the end. float64.

    x, target: (POINTS,); steps: (T,) how many updates had been made; loss: (T,) mean squared error
    w, b, v: (T, n); c: (T,) the network's numbers at each moment
    """

    task: Task
    x: Tensor
    target: Tensor
    steps: Tensor
    loss: Tensor
    w: Tensor
    b: Tensor
    v: Tensor
    c: Tensor

    def contributions(self, x: Tensor | None = None) -> Tensor:
        """What each neuron adds at each moment, vᵢ φ(wᵢ x + bᵢ): (T, n, len(x))."""
        x = self.x if x is None else x
        inside = self.w[..., None] * x + self.b[..., None]
        return self.v[..., None] * activation(self.task.activation)(inside)

    def outputs(self) -> Tensor:
        """The network's output at each moment: (T, POINTS)."""
        return self.contributions().sum(1) + self.c[:, None]

    def bends(self) -> Tensor:
        """Where each neuron's input is 0, x = -b/w: (T, n); NaN where w is 0."""
        return torch.where(self.w == 0, math.nan, -self.b / self.w)


def target_values(text: str, x: Tensor) -> Tensor:
    """The target at x. Raises DlcoreError, with a sentence, if it cannot be read or drawn on this interval."""
    function, half = parse(text, ("x",)), CHECKED // 2
    close = torch.arange(-half, half + 1, dtype=torch.float64) / half * RIGHT
    values = function(x=close)
    if not bool(values.isfinite().all()):
        where = number(float(close[~values.isfinite()][0]), 3)
        raise InvalidValue(f"{text} has no value at x = {where}: choose a function that is defined from −3 to 3")
    if float(values.abs().max()) > HIGHEST:
        worst = int(values.abs().argmax())
        reached, where = (number(float(each[worst]), 3) for each in (values, close))
        raise InvalidValue(
            f"{text} reaches {reached} at x = {where}: choose a function that "
            f"stays between {number(-HIGHEST)} and {number(HIGHEST)} from −3 to 3"
        )
    return function(x=x)


def fit(task: Task) -> Fit:
    """Fit the network by gradient descent on the mean squared error. The same task gives the same numbers.

    Raises DlcoreError if the target is no function on [LEFT, RIGHT], or the activation passes no gradient at all.
    """
    function = activation(task.activation)
    x = torch.linspace(LEFT, RIGHT, POINTS, dtype=torch.float64)
    target = target_values(task.target, x)
    numbers = _start(task).requires_grad_()

    def loss() -> Tensor:
        return (_network(numbers, x, function) - target).square().mean()

    if not has_slope(function):
        raise DlcoreError(
            f"{function.title} has derivative 0 everywhere: there is nothing to descend on. Choose another activation"
        )
    moments = _lbfgs(numbers, loss) if task.optimizer == "lbfgs" else _adam(numbers, loss)
    steps, losses, found = zip(*moments, strict=True)
    n, history = task.neurons, torch.stack(found)
    w, b, v, c = history[:, :n], history[:, n : 2 * n], history[:, 2 * n : 3 * n], history[:, -1]
    return Fit(task, x, target, torch.tensor(steps), torch.tensor(losses, dtype=torch.float64), w, b, v, c)


def has_slope(function: Activation) -> bool:
    """Whether the derivative is other than 0 anywhere, so that there is something to descend on."""
    return bool(function.derivative(torch.linspace(LEFT, RIGHT, 61)).any())


def _start(task: Task) -> Tensor:
    """w, b, v, c in one vector (3n + 1,): neurons that bend at places spread over the interval, steeper if many."""
    generator = torch.Generator().manual_seed(task.seed)
    n = task.neurons
    places = LEFT + (RIGHT - LEFT) * (torch.arange(n) + torch.rand(n, generator=generator)) / n
    w = torch.randn(n, generator=generator)
    w = torch.where(w < 0, -1.0, 1.0) * (0.5 + w.abs()) * max(1.0, n / 8)
    v = torch.randn(n, generator=generator) / math.sqrt(n)
    return torch.cat([w, -w * places, v, torch.zeros(1)]).double()


def _network(numbers: Tensor, x: Tensor, function: Activation) -> Tensor:
    n = (len(numbers) - 1) // 3
    return function(x[:, None] * numbers[:n] + numbers[n : 2 * n]) @ numbers[2 * n : 3 * n] + numbers[-1]


Moment = tuple[int, float, Tensor]


def _adam(numbers: Tensor, loss: Callable[[], Tensor], steps: int = 300, rate: float = 0.03) -> list[Moment]:
    optimizer = torch.optim.Adam([numbers], lr=rate)
    kept = {round(steps * (i / (FRAMES - 1)) ** 1.5) for i in range(FRAMES)}
    moments = []
    for step in range(steps + 1):
        now = loss()
        if step in kept:
            moments.append((step, now.item(), numbers.detach().clone()))
        optimizer.zero_grad()
        now.backward()
        optimizer.step()
    return moments


def _lbfgs(numbers: Tensor, loss: Callable[[], Tensor], per_frame: int = 2) -> list[Moment]:
    optimizer = torch.optim.LBFGS(
        [numbers],
        max_iter=per_frame,
        max_eval=8,
        history_size=20,
        line_search_fn="strong_wolfe",
        tolerance_change=1e-14,
    )

    def closure() -> Tensor:
        optimizer.zero_grad()
        now = loss()
        now.backward()
        return now

    moments = []
    for frame in range(FRAMES):
        kept = numbers.detach().clone()
        now = optimizer.step(closure).item()
        if not math.isfinite(now):
            break
        moments.append((frame * per_frame, now, kept))
    return moments
