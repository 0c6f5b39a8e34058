"""torch.optim's own optimizers, from a config."""

from collections.abc import Iterable
from dataclasses import replace

import torch
from torch import nn
from torch.optim import Optimizer

from dlcore.config.optimizers import OPTIMIZERS
from dlcore.config.training import TrainingConfig


def make(config: TrainingConfig, parameters: Iterable[nn.Parameter], device: torch.device) -> Optimizer:
    """The optimizer of `config`; fused kernels where torch has them for the device."""
    return OPTIMIZERS[config.optimizer].call(config, fused=device.type in ("cpu", "cuda")).make(parameters)


def set_momentum(optimizer: Optimizer, config: TrainingConfig, momentum: float) -> None:
    """Change the momentum, or the first beta, of the optimizer that `make` made, and all that follows from it."""
    for group in optimizer.param_groups:
        group.update(OPTIMIZERS[config.optimizer].own(replace(config, momentum=momentum)))


def set_weight_decay(optimizer: Optimizer, weight_decay: float) -> None:
    """Change the weight decay of every parameter group."""
    for group in optimizer.param_groups:
        group["weight_decay"] = weight_decay
