"""Ten kinds of signal that ten sensors pick up over ten steps: they differ in what happens when."""

import math

import torch
from torch import Tensor

STEPS = SENSORS = 10
SIGNALS = (
    "rising", "falling", "slow wave", "fast wave", "moving right",
    "moving left", "early pulse", "late pulse", "growing", "fading",
)  # fmt: skip


def signals(labels: Tensor, noise: float, generator: torch.Generator) -> Tensor:
    """One signal of each kind in `labels` (N,) → float32 (N, steps, sensors), step by step what each sensor measures.

    Strength, phase and speed vary from sample to sample, so that no step alone tells the kind.
    noise: deviation of the normal noise on every value
    """
    count = len(labels)

    def drawn(low: float, high: float) -> Tensor:
        return low + (high - low) * torch.rand(count, 1, 1, generator=generator)

    time = torch.linspace(0, 1, STEPS).view(1, -1, 1)
    place = torch.linspace(0, 1, SENSORS).view(1, 1, -1)
    turn, moment, width = drawn(0, 2 * math.pi), drawn(0.2, 0.4), drawn(0.12, 0.2)
    ramp = (2 * time - 1) * 1.5
    beat = torch.sin(2 * math.pi * drawn(2.2, 2.8) * time + turn)
    kinds = torch.stack(
        torch.broadcast_tensors(
            ramp * torch.ones_like(place),
            -ramp,
            1.3 * torch.sin(2 * math.pi * drawn(0.8, 1.2) * time + turn),
            1.3 * torch.sin(2 * math.pi * drawn(3.2, 4.0) * time + turn),
            1.3 * torch.sin(2 * math.pi * (1.2 * place - drawn(0.9, 1.5) * time) + turn),
            1.3 * torch.sin(2 * math.pi * (1.2 * place + drawn(0.9, 1.5) * time) + turn),
            2.2 * torch.exp(-(((time - moment) / width) ** 2)),
            2.2 * torch.exp(-(((time - 1 + moment) / width) ** 2)),
            2.4 * beat * time,
            2.4 * beat * (1 - time),
        ),
        dim=1,
    )
    clean = kinds[torch.arange(count), labels] * drawn(0.8, 1.2)
    return clean + noise * torch.randn(clean.shape, generator=generator)
