"""Newton's method as a torch optimizer: torch has none, because a network's Hessian is too large."""

from collections.abc import Callable, Iterable
from typing import Any, overload

import torch
from torch import Tensor


class Newton(torch.optim.Optimizer):
    """θ ← θ − lr · H⁻¹ g, made safe.

    Plain Newton solves for a point without slope, be it a maximum. With `saddle_free` the Hessian's eigenvalues λ are
    replaced by |λ|, so that every step leads down (Dauphin et al., 2014, arXiv:1406.2572). `damping` is added to
    them, and no step is longer than `longest`: both keep it from running away where the landscape is almost flat.

    hessian: gives (d, d) at a point (d,), as `Objective.hessian` does. The state of a parameter holds the `eigenvalues`
    (d,) of the Hessian, and the `direction` (d,) that was found, before lr and `longest`.
    """

    def __init__(
        self,
        params: Iterable[Tensor],
        hessian: Callable[[Tensor], Tensor],
        lr: float = 1.0,
        damping: float = 0.0,
        saddle_free: bool = True,
        longest: float = 10.0,
    ) -> None:
        self._hessian = hessian
        super().__init__(params, {"lr": lr, "damping": damping, "saddle_free": saddle_free, "longest": longest})

    @overload
    def step(self, closure: None = None) -> None: ...

    @overload
    def step(self, closure: Callable[[], float]) -> float: ...

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:
        """One step from the gradients that are there; a point where the Hessian is not finite becomes NaN.

        closure: gives the loss, which is returned, and leaves fresh gradients
        """
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for theta in group["params"]:
                self._move(theta, group)
        return loss

    def _move(self, theta: Tensor, group: dict[str, Any]) -> None:
        gradient = theta.grad
        if gradient is None:
            return
        hessian, state = self._hessian(theta), self.state[theta]
        if not (torch.isfinite(hessian).all() and torch.isfinite(gradient).all()):
            theta.fill_(torch.nan)
            return
        eigenvalues, vectors = torch.linalg.eigh(hessian)
        bent = (eigenvalues.abs() if group["saddle_free"] else eigenvalues) + group["damping"]
        slopes = vectors.T @ gradient
        direction = vectors @ torch.where(slopes == 0, 0.0, -slopes / bent)
        step = group["lr"] * torch.nan_to_num(direction, posinf=1e300, neginf=-1e300)
        length = step.abs().max() and torch.linalg.vector_norm(step / step.abs().max()) * step.abs().max()
        if length > group["longest"]:
            step = step * (group["longest"] / length)
        theta.add_(step)
        state["eigenvalues"], state["direction"] = eigenvalues, direction
