"""torch.optim's own optimizers, from a config."""

from collections.abc import Iterable

import torch
from torch import nn
from torch.optim import SGD, Adagrad, Adam, AdamW, Optimizer, RMSprop

from dlcore.training.config import TrainingConfig


def make(config: TrainingConfig, parameters: Iterable[nn.Parameter], device: torch.device) -> Optimizer:
    """The optimizer of `config`; fused kernels where torch has them for the device."""
    common = {"lr": config.learning_rate, "weight_decay": config.weight_decay}
    fused = {"fused": True} if device.type in ("cpu", "cuda") else {}
    betas = (config.momentum, 0.999)
    match config.optimizer:
        case "sgd":
            return SGD(parameters, **common, **fused)
        case "momentum" | "nesterov":
            nesterov = config.optimizer == "nesterov" and config.momentum > 0
            return SGD(parameters, momentum=config.momentum, nesterov=nesterov, **common, **fused)
        case "adagrad":
            return Adagrad(parameters, **common)
        case "rmsprop":
            return RMSprop(parameters, **common)
        case "adam":
            return Adam(parameters, betas=betas, **common, **fused)
        case "adamw":
            return AdamW(parameters, betas=betas, **common, **fused)
    raise AssertionError(config.optimizer)


def set_momentum(optimizer: Optimizer, momentum: float) -> None:
    """Change the momentum, or the first beta, of an optimizer that USES_MOMENTUM."""
    for group in optimizer.param_groups:
        if "betas" in group:
            group["betas"] = (momentum, group["betas"][1])
        elif "momentum" in group:
            group["momentum"] = momentum


def set_weight_decay(optimizer: Optimizer, weight_decay: float) -> None:
    """Change the weight decay of every parameter group."""
    for group in optimizer.param_groups:
        group["weight_decay"] = weight_decay
