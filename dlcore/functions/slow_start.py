"""One sigmoid neuron learns a single sample from a wrong start: why the loss decides how long that takes.

Nielsen, 2015: Neural Networks and Deep Learning, chapter 3, has the same neuron: input 1, target 0, start far off.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from dlcore.errors import InvalidValue
from dlcore.formula.numbers import between, shortened
from dlcore.functions.losses import loss

LIMITS = {"start": (-10.0, 10.0), "learning_rate": (0.01, 10.0), "steps": (1, 1000)}
_TRY = {"start": 5, "learning_rate": 0.5, "steps": 300}
RIGHT = 0.1
"""A prediction this close to the target counts as right."""


@dataclass(frozen=True)
class Learning:
    """What the neuron went through, before the first step and after each: tensors (steps + 1,).

    logits: weight · 1 + bias
    predictions: their sigmoid
    losses: of the prediction against the target
    gradients: of the loss by the logit
    target: 0 or 1
    learning_rate: of weight and bias alike
    """

    logits: Tensor
    predictions: Tensor
    losses: Tensor
    gradients: Tensor
    target: float
    learning_rate: float

    @property
    def updates(self) -> Tensor:
        """How far each step moves the logit (steps + 1,); the last one would come next.

        The input is 1, so weight and bias have the gradient of the logit, and both move: −2α ∂L/∂z.
        """
        return -2 * self.learning_rate * self.gradients

    @property
    def steps_until_right(self) -> int | None:
        """After how many steps the prediction is within 0.1 of the target; None if it never is."""
        close = (self.predictions - self.target).abs() <= RIGHT
        return int(close.int().argmax()) if close.any() else None


def learn(name: str, start: float, *, target: float = 0.0, learning_rate: float = 0.5, steps: int = 300) -> Learning:
    """Train the neuron by torch.optim.SGD, under a loss that takes a logit ("sigmoid-mse", "bce-logits").

    start: the logit before the first step, shared equally by weight and bias; the input is 1

    Raises InvalidValue for another loss, a target other than 0 or 1, or a number out of LIMITS.
    """
    chosen = loss(name)
    if chosen.takes != "logit":
        raise InvalidValue(f"the neuron learns under a loss that takes a logit, got {name!r}: try bce-logits")
    if target not in (0, 1):
        raise InvalidValue(f"target must be 0 or 1, got {target}")
    for key, value in {"start": start, "learning_rate": learning_rate, "steps": steps}.items():
        low, high = LIMITS[key]
        if not math.isfinite(value) or not low <= value <= high:
            raise InvalidValue(f"{key} must be {between(low, high)}, got {shortened(value)}: try {_TRY[key]}")
    weight, bias = (torch.full((), start / 2, dtype=torch.float64, requires_grad=True) for _ in range(2))
    wanted = torch.tensor(float(target), dtype=torch.float64)
    optimizer = torch.optim.SGD([weight, bias], lr=learning_rate)
    logits, losses, gradients = [], [], []
    for _ in range(steps + 1):
        optimizer.zero_grad()
        logit = weight * 1.0 + bias
        value = chosen(logit, wanted)
        value.backward()
        logits.append(logit.item())
        losses.append(value.item())
        gradients.append(0.0 if bias.grad is None else bias.grad.item())
        optimizer.step()
    passed = torch.tensor(logits, dtype=torch.float64)
    numbers = (torch.tensor(losses).double(), torch.tensor(gradients).double(), float(target), learning_rate)
    return Learning(passed, passed.sigmoid(), *numbers)
