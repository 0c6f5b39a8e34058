"""Learning-rate schedules: pure functions from the share of the run that is done to a factor."""

import math
from collections.abc import Callable

WARM_UP = 0.3
START = 1 / 25
END = START / 1e4


def constant(done: float) -> float:
    """Always 1."""
    return 1.0


def step(done: float) -> float:
    """A tenth from half of the run on, a hundredth from three quarters (He et al., 2016, arXiv:1512.03385)."""
    return 0.01 if done >= 0.75 else 0.1 if done >= 0.5 else 1.0


def cosine(done: float) -> float:
    """Half a cosine from 1 to 0 (Loshchilov and Hutter, 2017, arXiv:1608.03983)."""
    return (1 + math.cos(math.pi * done)) / 2


def one_cycle(done: float) -> float:
    """Up from 1/25 to 1 in the first 30 %, then down to almost 0 (Smith and Topin, 2018, arXiv:1708.07120)."""
    if done < WARM_UP:
        return _ease(START, 1.0, done / WARM_UP)
    return _ease(1.0, END, (done - WARM_UP) / (1 - WARM_UP))


def _ease(low: float, high: float, done: float) -> float:
    return high + (low - high) * cosine(done)


SCHEDULES: dict[str, Callable[[float], float]] = {
    "constant": constant,
    "step": step,
    "cosine": cosine,
    "one-cycle": one_cycle,
}
