"""torch.optim's own optimizers, from a config."""

from collections.abc import Iterable

import torch
from torch import nn
from torch.optim import Optimizer

from dlcore.config.optimizers import OPTIMIZERS
from dlcore.config.training import TrainingConfig


def make(config: TrainingConfig, parameters: Iterable[nn.Parameter], device: torch.device) -> Optimizer:
    """The optimizer of `config`; fused kernels where torch has them for the device."""
    return OPTIMIZERS[config.optimizer].call(config, fused=device.type in ("cpu", "cuda")).make(parameters)


def set_momentum(optimizer: Optimizer, momentum: float) -> None:
    """Change the momentum, or the first beta, of an optimizer that has one."""
    for group in optimizer.param_groups:
        if "betas" in group:
            group["betas"] = (momentum, group["betas"][1])
        elif "momentum" in group:
            group["momentum"] = momentum


def set_weight_decay(optimizer: Optimizer, weight_decay: float) -> None:
    """Change the weight decay of every parameter group."""
    for group in optimizer.param_groups:
        group["weight_decay"] = weight_decay
