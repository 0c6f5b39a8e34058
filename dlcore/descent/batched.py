"""Many independent runs of one optimizer at once: parameters (B, d), and a learning rate for each run.

torch.optim takes one learning rate for a whole tensor. Its updates are elementwise, though, so they can be written with
a learning rate of shape (B, 1): a sweep over rates, or ten thousand starts, is then one tensor that takes one step. The
formulas are those of `torch.optim`, in its order; hyperparameters are read from a real torch optimizer, so there is one
set of names and defaults. The tests compare every step with torch.optim's own.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, optim

from dlcore.descent.newton import Newton
from dlcore.descent.objective import Objective
from dlcore.descent.optimizers import Racer
from dlcore.errors import InvalidValue

State = dict[str, Tensor]
Rate = Tensor | float
Settings = dict[str, Any]
Update = Callable[[State, Tensor, Tensor, Rate, int, Settings], Tensor]
"""(state, parameters, gradient, rate, number of the step from 1, hyperparameters) → new parameters. It may fill `state`
with tensors of shape (B, d)."""


class Batch:
    """B runs that know nothing of each other.

    optimizer: any torch.optim optimizer in UPDATES; only its class and its hyperparameters are read
    start: (B, d), the parameters at the start
    rates: (B,), a learning rate for each run; by default the optimizer's own for all
    hessian: (B, d) → (B, d, d), for Newton's method
    Raises InvalidValue for an optimizer whose update is not elementwise.
    """

    def __init__(
        self,
        optimizer: optim.Optimizer,
        start: Tensor,
        rates: Tensor | None = None,
        hessian: Callable[[Tensor], Tensor] | None = None,
    ) -> None:
        if not supports(optimizer):
            raise InvalidValue(f"{type(optimizer).__name__} cannot take many runs in one step: try SGD or Adam")
        self._update = UPDATES[type(optimizer)]
        self._settings: Settings = {**optimizer.param_groups[0], "hessian": hessian}
        self._state: State = {}
        self.parameters = start.clone()
        self.rates = float(self._settings["lr"]) if rates is None else rates.to(start)[:, None]
        self.steps = 0

    def step(self, gradient: Tensor) -> Tensor:
        """Take one step along `gradient` (B, d) and return the new parameters (B, d)."""
        self.steps += 1
        self.parameters = self._update(self._state, self.parameters, gradient, self.rates, self.steps, self._settings)
        return self.parameters

    def keep(self, chosen: Tensor) -> None:
        """Go on with the runs in `chosen` only, a mask or indices: those that ended need no more arithmetic."""
        self.parameters = self.parameters[chosen]
        self._state = {name: each[chosen] for name, each in self._state.items()}
        if isinstance(self.rates, Tensor):
            self.rates = self.rates[chosen]


def batch_of(objective: Objective, racer: Racer, start: Tensor, rates: Tensor | None = None) -> Batch:
    """Runs of `racer` on `objective` from `start` (B, d)."""
    optimizer = racer.rule.build(torch.zeros(start.shape[1:], dtype=start.dtype), racer.settings, objective)
    return Batch(optimizer, start, rates, objective.hessian)


def supports(optimizer: optim.Optimizer) -> bool:
    """Whether there is an update here for the optimizer."""
    return type(optimizer) in UPDATES and not optimizer.param_groups[0].get("maximize")


def _sgd(state: State, theta: Tensor, gradient: Tensor, rate: Rate, step: int, settings: Settings) -> Tensor:
    gradient = _with_decay(theta, gradient, settings)
    momentum = settings["momentum"]
    if momentum:
        kept = state.get("momentum")
        velocity = gradient if kept is None else momentum * kept + (1 - settings["dampening"]) * gradient
        state["momentum"] = velocity
        gradient = gradient + momentum * velocity if settings["nesterov"] else velocity
    return theta - rate * gradient


def _adagrad(state: State, theta: Tensor, gradient: Tensor, rate: Rate, step: int, settings: Settings) -> Tensor:
    gradient = _with_decay(theta, gradient, settings)
    start = torch.full_like(theta, settings["initial_accumulator_value"])
    state["sum"] = state.get("sum", start) + gradient.square()
    rate = rate / (1 + (step - 1) * settings["lr_decay"])
    return theta - rate * gradient / (state["sum"].sqrt() + settings["eps"])


def _rmsprop(state: State, theta: Tensor, gradient: Tensor, rate: Rate, step: int, settings: Settings) -> Tensor:
    gradient = _with_decay(theta, gradient, settings)
    fresh = (1 - settings["alpha"]) * gradient * gradient
    kept = state.get("square")
    spread = state["square"] = fresh if kept is None else settings["alpha"] * kept + fresh
    if settings["centered"]:
        spread = spread - _average(state, "mean", gradient, settings["alpha"]).square()
    length = spread.sqrt() + settings["eps"]
    if not settings["momentum"]:
        return theta - rate * gradient / length  # in torch's order: at high rates the last bit decides where it ends
    state["momentum"] = settings["momentum"] * state.get("momentum", 0.0) + gradient / length
    return theta - rate * state["momentum"]


def _adadelta(state: State, theta: Tensor, gradient: Tensor, rate: Rate, step: int, settings: Settings) -> Tensor:
    gradient = _with_decay(theta, gradient, settings)
    rho, eps = settings["rho"], settings["eps"]
    square = _average(state, "square", gradient.square(), rho)
    moved = state.get("moved", torch.zeros_like(theta))
    move = (moved + eps).sqrt() / (square + eps).sqrt() * gradient
    _average(state, "moved", move.square(), rho)
    return theta - rate * move


def _adam(state: State, theta: Tensor, gradient: Tensor, rate: Rate, step: int, settings: Settings) -> Tensor:
    theta, gradient = _with_either_decay(theta, gradient, rate, settings)
    first, second = settings["betas"]
    mean = _average(state, "mean", gradient, first)
    square = _average(state, "square", gradient.square(), second)
    if settings["amsgrad"]:
        state["largest"] = square = torch.maximum(state.get("largest", square), square)
    spread = square.sqrt() / (1 - second**step) ** 0.5 + settings["eps"]
    return theta - rate / (1 - first**step) * mean / spread


def _nadam(state: State, theta: Tensor, gradient: Tensor, rate: Rate, step: int, settings: Settings) -> Tensor:
    theta, gradient = _with_either_decay(theta, gradient, rate, settings)
    first, second = settings["betas"]
    mean = _average(state, "mean", gradient, first)
    square = _average(state, "square", gradient.square(), second)
    now, later = (first * (1 - 0.5 * 0.96 ** (each * settings["momentum_decay"])) for each in (step, step + 1))
    # torch keeps this product in its default precision, whatever that of the parameters: 1e-8 of a step depends on it.
    state["product"] = state.get("product", torch.ones_like(theta, dtype=torch.get_default_dtype())) * now
    product = state["product"].to(theta.dtype)
    spread = (square / (1 - second**step)).sqrt() + settings["eps"]
    theta = theta - rate * (1 - now) / (1 - product) * gradient / spread
    return theta - rate * later / (1 - product * later) * mean / spread


def _radam(state: State, theta: Tensor, gradient: Tensor, rate: Rate, step: int, settings: Settings) -> Tensor:
    theta, gradient = _with_either_decay(theta, gradient, rate, settings)
    first, second = settings["betas"]
    mean = _average(state, "mean", gradient, first) / (1 - first**step)
    square = _average(state, "square", gradient.square(), second)
    most = 2 / (1 - second) - 1
    length = most - 2 * step * second**step / (1 - second**step)
    if length <= 5:
        return theta - mean * rate
    rectified = ((length - 4) * (length - 2) * most / ((most - 4) * (most - 2) * length)) ** 0.5
    return theta - mean * rate * ((1 - second**step) ** 0.5 / (square.sqrt() + settings["eps"])) * rectified


def _adamax(state: State, theta: Tensor, gradient: Tensor, rate: Rate, step: int, settings: Settings) -> Tensor:
    gradient = _with_decay(theta, gradient, settings)
    first, second = settings["betas"]
    mean = _average(state, "mean", gradient, first)
    largest = second * state.get("largest", torch.zeros_like(theta))
    state["largest"] = torch.maximum(largest, gradient.abs() + settings["eps"])
    return theta - rate / (1 - first**step) * mean / state["largest"]


def _rprop(state: State, theta: Tensor, gradient: Tensor, rate: Rate, step: int, settings: Settings) -> Tensor:
    (shrink, grow), (shortest, longest) = settings["etas"], settings["step_sizes"]
    agrees = (gradient * state.get("gradient", torch.zeros_like(theta))).sign()
    factor = torch.ones_like(theta).masked_fill(agrees > 0, grow).masked_fill(agrees < 0, shrink)
    length = state.get("length", torch.ones_like(theta) * rate)
    state["length"] = (length * factor).clamp(shortest, longest)
    state["gradient"] = gradient.masked_fill(agrees < 0, 0.0)
    return theta - state["gradient"].sign() * state["length"]


def _newton(state: State, theta: Tensor, gradient: Tensor, rate: Rate, step: int, settings: Settings) -> Tensor:
    hessian = settings["hessian"](theta)
    finite = hessian.isfinite().all(dim=(1, 2)) & gradient.isfinite().all(dim=1)
    eigenvalues, vectors = torch.linalg.eigh(torch.where(finite[:, None, None], hessian, 0.0))
    bent = (eigenvalues.abs() if settings["saddle_free"] else eigenvalues) + settings["damping"]
    slopes = (vectors.mT @ gradient[..., None])[..., 0]
    direction = (vectors @ torch.where(slopes == 0, 0.0, -slopes / bent)[..., None])[..., 0]
    move = rate * direction.nan_to_num(posinf=1e300, neginf=-1e300)
    largest = move.abs().amax(dim=1, keepdim=True).clamp(min=1e-300)
    length = (move / largest).norm(dim=1, keepdim=True) * largest
    move = torch.where(length > settings["longest"], move * (settings["longest"] / length), move)
    return torch.where(finite[:, None], theta + move, torch.nan)


def _average(state: State, name: str, value: Tensor, keep: float) -> Tensor:
    """The running average `name`, which starts at zero, after it has seen `value`."""
    kept = state.get(name)
    state[name] = (1 - keep) * value if kept is None else keep * kept + (1 - keep) * value
    return state[name]


def _with_decay(theta: Tensor, gradient: Tensor, settings: Settings) -> Tensor:
    """The gradient of the loss with its penalty on large parameters."""
    return gradient + settings["weight_decay"] * theta if settings["weight_decay"] else gradient


def _with_either_decay(theta: Tensor, gradient: Tensor, rate: Rate, settings: Settings) -> tuple[Tensor, Tensor]:
    """Parameters and gradient: weight decay goes to the parameters where it is decoupled, else into the gradient."""
    if settings.get("decoupled_weight_decay"):
        return theta * (1 - rate * settings["weight_decay"]), gradient
    return theta, _with_decay(theta, gradient, settings)


UPDATES: dict[type[optim.Optimizer], Update] = {
    optim.SGD: _sgd,
    optim.Adagrad: _adagrad,
    optim.RMSprop: _rmsprop,
    optim.Adadelta: _adadelta,
    optim.Adam: _adam,
    optim.AdamW: _adam,
    optim.NAdam: _nadam,
    optim.RAdam: _radam,
    optim.Adamax: _adamax,
    optim.Rprop: _rprop,
    Newton: _newton,
}
"""The optimizers of torch.optim that update each number on its own: momentum and Nesterov are SGD, AMSGrad is Adam. And
Newton's method, with one small matrix a run. L-BFGS is missing: how many gradients its line search asks for depends."""
