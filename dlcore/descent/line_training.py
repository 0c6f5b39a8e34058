"""The same line found by dlcore's training: nn.Linear(1, 1), autograd, torch.optim's optimizers and the schedules."""

from dataclasses import replace

import numpy as np
import torch
from torch import nn

from dlcore.config.optimizers import OPTIMIZERS
from dlcore.config.schedules import SCHEDULES
from dlcore.config.training import TrainingConfig
from dlcore.descent import regression
from dlcore.descent.regression import FAR, Descent, Settings

MOST_STEPS = 2_000
"""Autograd takes some 0.2 ms a step, whatever the size of the batch."""


def train(
    x: np.ndarray,
    y: np.ndarray,
    settings: Settings | None = None,
    training: TrainingConfig | None = None,
) -> Descent:
    """The first MOST_STEPS steps that training takes on the same points, batches, learning rate and start.

    Of `training` the optimizer, its momentum and weight decay, and the schedule count. With plain SGD and a constant
    schedule it agrees with `regression.descend` to the last digits.

    x, y: as for `regression.descend`
    """
    settings, training = settings or Settings(), training or TrainingConfig(optimizer="sgd")
    x, y = regression.checked_points(x, y)
    feature, shift, scale = regression.scaled(x, settings.scaling)
    order = regression.batches(len(x), settings)
    config = replace(training, learning_rate=settings.learning_rate)
    path, gradients, rates = _steps(_model(settings), config, torch.tensor(feature), torch.tensor(y), order)
    bowl = regression.Bowl(feature, y)
    return regression.descent(bowl, path, gradients, rates, len(order) // settings.epochs, shift, scale)


def _model(settings: Settings) -> nn.Linear:
    model = nn.Linear(1, 1, dtype=torch.float64)
    with torch.no_grad():
        model.weight.fill_(settings.start_w)
        model.bias.fill_(settings.start_b)
    return model


def _steps(model: nn.Linear, config: TrainingConfig, x: torch.Tensor, y: torch.Tensor, order: list[np.ndarray]):
    """The usual training loop; returns the parameters, the gradients and the learning rates of all steps."""
    optimizer = OPTIMIZERS[config.optimizer].call(config).make(model.parameters())
    schedule = SCHEDULES[config.schedule]
    path, gradients, rates = [_numbers(model.weight, model.bias)], [], []
    for step, batch in enumerate(order[:MOST_STEPS]):
        rate = config.learning_rate * schedule(step, len(order))
        for group in optimizer.param_groups:
            group["lr"] = rate
        loss = (model(x[batch, None])[:, 0] - y[batch]).square().mean() / 2
        optimizer.zero_grad()
        loss.backward()
        gradients.append(_numbers(*(each.grad for each in model.parameters() if each.grad is not None)))
        optimizer.step()
        path.append(_numbers(model.weight, model.bias))
        rates.append(rate)
        if not max(map(abs, path[-1])) < FAR:
            break
    return path, gradients, rates


def _numbers(*tensors: torch.Tensor) -> tuple[float, ...]:
    return tuple(each.item() for each in tensors)
