"""Generated series of numbers."""

import functools
import math

import torch
from torch import Tensor

LENGTH = 4_000

MACKEY_STEP = 0.1
MACKEY_EVERY = 30
"""Integration steps between two values of the series: 3 units of time."""
MACKEY_START = 300.0
"""Time that is left out, so that the start is forgotten."""
PERIODS = (8.0, 48.0)


def sines(waves: int, generator: torch.Generator, length: int = LENGTH) -> Tensor:
    """A sum of sine waves of random period, phase and strength → float64 (length,) of mean 0 and deviation 1."""
    low, high = PERIODS
    draws = torch.rand(3, waves, 1, generator=generator, dtype=torch.float64)
    period = low * (high / low) ** draws[0]
    series = (0.5 + draws[1]) * torch.sin(2 * math.pi * (torch.arange(length) / period + draws[2]))
    return standard(series.sum(0))


def drawn_start(generator: torch.Generator) -> float:
    """Where a series of Mackey and Glass begins."""
    return 0.9 + 0.4 * torch.rand((), generator=generator, dtype=torch.float64).item()


def mackey_glass(tau: int, start: float, length: int = LENGTH) -> Tensor:
    """The series of Mackey and Glass (Science 197, 1977) → float64 (length,) of mean 0 and deviation 1."""
    return standard(torch.tensor(integrated(tau, start, length), dtype=torch.float64))


def integrated(tau: int, start: float, length: int) -> list[float]:
    """dx/dt = 0.2 x(t − τ) / (1 + x(t − τ)^10) − 0.1 x(t), one value every 3 units of time; chaotic from τ = 17 on.

    By Runge and Kutta's rule at steps of 0.1.
    """
    step, lag = MACKEY_STEP, round(tau / MACKEY_STEP)
    skipped = round(MACKEY_START / step)
    drive = 0.2 * start / (1 + start**10)
    past, x, values = [drive] * (lag + 1), start, []
    for now in range(skipped + length * MACKEY_EVERY):
        at, after = past[now], past[now + 1]
        between = (at + after) / 2
        k1 = at - 0.1 * x
        k2 = between - 0.1 * (x + step / 2 * k1)
        k3 = between - 0.1 * (x + step / 2 * k2)
        k4 = after - 0.1 * (x + step * k3)
        x += step / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        past.append(0.2 * x / (1 + x**10))
        if now >= skipped and (now - skipped) % MACKEY_EVERY == 0:
            values.append(x)
    return values


def standard(series: Tensor) -> Tensor:
    """The series with mean 0 and deviation 1."""
    return (series - series.mean()) / series.std()


kept_mackey_glass = functools.lru_cache(maxsize=8)(mackey_glass)
"""The same, remembered: integrating takes a good part of a second."""
