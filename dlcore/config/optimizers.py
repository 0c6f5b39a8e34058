"""torch.optim's optimizers, described: one entry gives the optimizer that runs and the line of a script. No torch."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dlcore.config.registry import Registry
from dlcore.formula.calls import Call

if TYPE_CHECKING:
    from dlcore.config.training import TrainingConfig


@dataclass(frozen=True)
class Optimizer:
    """One rule that turns gradients into steps.

    of: the class in torch.optim
    own: the options that only this rule has, from the settings
    momentum: whether the setting `momentum` means something: the share of the last step, or beta 1
    fused: whether torch has a fused kernel of it for CPU and CUDA
    """

    name: str
    of: str
    own: Callable[["TrainingConfig"], dict[str, Any]]
    momentum: bool = False
    fused: bool = True

    def call(self, config: "TrainingConfig", *, fused: bool = True) -> Call:
        """The optimizer; it is made with the parameters as its first argument. fused: whether the device can."""
        common = {"lr": config.learning_rate, "weight_decay": config.weight_decay}
        kernels = {"fused": True} if fused and self.fused else {}
        return Call(f"torch.optim.{self.of}", **self.own(config), **common, **kernels)


def _betas(config: "TrainingConfig") -> dict[str, Any]:
    return {"betas": (config.momentum, 0.999)}


OPTIMIZERS: Registry[Optimizer] = Registry("optimizer")

for each in (
    Optimizer("sgd", "SGD", lambda config: {}),
    Optimizer("momentum", "SGD", lambda config: {"momentum": config.momentum}, momentum=True),
    Optimizer(
        "nesterov", "SGD", lambda config: {"momentum": config.momentum, "nesterov": config.momentum > 0}, momentum=True
    ),
    Optimizer("adagrad", "Adagrad", lambda config: {}, fused=False),
    Optimizer("rmsprop", "RMSprop", lambda config: {}, fused=False),
    Optimizer("adam", "Adam", _betas, momentum=True),
    Optimizer("adamw", "AdamW", _betas, momentum=True),
):
    OPTIMIZERS.register(each)
