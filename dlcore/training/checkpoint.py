"""Checkpoints as safetensors: tensors by name, nothing that can run code."""

from collections.abc import Mapping
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor, nn
from torch.optim import Optimizer

from dlcore.config.training import TrainingConfig
from dlcore.errors import WeightsUnreadable
from dlcore.training import optimizers


def dumps(tensors: Mapping[str, Tensor]) -> bytes:
    """The tensors as one safetensors file."""
    return save_tensors({name: tensor.contiguous() for name, tensor in tensors.items()})


def loads(data: bytes) -> dict[str, Tensor]:
    """The tensors of a safetensors file; WeightsUnreadable if it is damaged."""
    try:
        return load_tensors(data)
    except (SafetensorError, ValueError) as error:
        raise WeightsUnreadable(
            "this checkpoint is damaged: the run can only be started again from the beginning"
        ) from error


def pack(prefix: str, tensors: Mapping[str, Any]) -> dict[str, Tensor]:
    """Numbers and tensors, copied to the CPU, named `prefix.name`."""
    return {f"{prefix}.{name}": _copy(value) for name, value in tensors.items()}


def unpack(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The entries that `pack` named with this prefix."""
    start = f"{prefix}."
    return {name.removeprefix(start): tensor for name, tensor in tensors.items() if name.startswith(start)}


def _copy(value: Any) -> Tensor:
    if isinstance(value, Tensor):
        return value.detach().cpu().clone(memory_format=torch.contiguous_format)
    return torch.tensor(value, dtype=torch.int64 if isinstance(value, int) else torch.float64)


def model_state(model: nn.Module) -> dict[str, Tensor]:
    """A copy of the model's weights, on the CPU."""
    return {name: _copy(tensor) for name, tensor in model.state_dict().items()}


def optimizer_state(optimizer: Optimizer) -> dict[str, Tensor]:
    """Every state tensor of the optimizer as `index.name`, such as 0.exp_avg, and its settings in use."""
    state = {
        f"{index}.{name}": _copy(value)
        for index, slots in optimizer.state_dict()["state"].items()
        for name, value in slots.items()
        if value is not None
    }
    return state | pack("group", _settings(optimizer))


def restore_optimizer(optimizer: Optimizer, config: TrainingConfig, tensors: Mapping[str, Tensor]) -> None:
    """Put back what `optimizer_state` took; `config` is what the optimizer was made from."""
    state: dict[int, dict[str, Tensor]] = {}
    for name, tensor in tensors.items():
        index, _, slot = name.partition(".")
        if index != "group":
            state.setdefault(int(index), {})[slot] = tensor
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
    values = {name: tensor.item() for name, tensor in unpack("group", tensors).items()}
    for group in optimizer.param_groups:
        for parameter in group["params"]:
            _align(optimizer.state[parameter], parameter)
    optimizers.set_momentum(optimizer, config, values["momentum"])
    optimizers.set_weight_decay(optimizer, values["weight_decay"])


def _align(slots: dict[str, Any], parameter: Tensor) -> None:
    """Lay state tensors out in memory as their parameter is: fused optimizers walk through both side by side."""
    for name, value in slots.items():
        if isinstance(value, Tensor) and value.shape == parameter.shape:
            slots[name] = torch.empty_like(parameter).copy_(value)


def _settings(optimizer: Optimizer) -> dict[str, float]:
    group = optimizer.param_groups[0]
    momentum = group["betas"][0] if "betas" in group else group.get("momentum", 0.0)
    return {"weight_decay": float(group["weight_decay"]), "momentum": float(momentum)}
