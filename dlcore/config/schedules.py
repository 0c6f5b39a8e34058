"""Learning-rate schedules: pure functions from the number of a step, from 0, and of all steps to a factor.

Each gives the factors of torch.optim.lr_scheduler's own at every step.
"""

import math
from collections.abc import Callable

WARM_UP = 0.3
START = 1 / 25
END = START / 1e4


def constant(step: int, total: int) -> float:
    """Always 1."""
    return 1.0


def step(step: int, total: int) -> float:
    """A tenth from half of the run on, a hundredth from three quarters (He et al., 2016, arXiv:1512.03385)."""
    return 0.01 if step >= 0.75 * total else 0.1 if step >= 0.5 * total else 1.0


def cosine(step: int, total: int) -> float:
    """Half a cosine from 1 towards 0 (Loshchilov and Hutter, 2017, arXiv:1608.03983)."""
    return (1 + math.cos(math.pi * step / total)) / 2


def one_cycle(step: int, total: int) -> float:
    """Up from 1/25 to 1 in the first 30 %, then down to almost 0 (Smith and Topin, 2018, arXiv:1708.07120)."""
    peak, last = WARM_UP * total - 1, total - 1
    low, done = (START, 1 - step / peak) if step <= peak else (END, (step - peak) / (last - peak))
    return low + (1 - low) * (1 + math.cos(math.pi * done)) / 2


SCHEDULES: dict[str, Callable[[int, int], float]] = {
    "constant": constant,
    "step": step,
    "cosine": cosine,
    "one-cycle": one_cycle,
}
"""Name → the factor on the learning rate of step number 0 … total − 1 of `total` steps."""
