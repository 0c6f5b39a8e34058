"""Schedules against torch's own, at every step."""

import pytest
import torch
from torch.optim import SGD, lr_scheduler

from dlcore.config.schedules import SCHEDULES

TORCHS = {
    "constant": lambda optimizer, total: lr_scheduler.ConstantLR(optimizer, factor=1.0),
    "step": lambda optimizer, total: lr_scheduler.MultiStepLR(optimizer, [-(-total // 2), -(-total * 3 // 4)]),
    "cosine": lambda optimizer, total: lr_scheduler.CosineAnnealingLR(optimizer, total),
    "one-cycle": lambda optimizer, total: lr_scheduler.OneCycleLR(optimizer, max_lr=1.0, total_steps=total),
}


def rates(name: str, total: int) -> list[float]:
    """torch's learning rate of each of `total` steps."""
    optimizer = SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = TORCHS[name](optimizer, total)
    seen = []
    for step in range(total):
        seen.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if step < total - 1:
            scheduler.step()
    return seen


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("total", [3, 4, 5, 7, 10, 100, 997])
def test_every_step_has_torchs_factor(name, total):
    """With one or two steps torch starts one-cycle beyond its peak without moving: see below."""
    assert [SCHEDULES[name](step, total) for step in range(total)] == pytest.approx(rates(name, total), abs=1e-12)


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("total", [1, 2])
def test_a_run_of_a_step_or_two_has_factors_too(name, total):
    assert all(0 < SCHEDULES[name](step, total) <= 1 for step in range(total))


def test_one_cycle_ends_at_the_end():
    assert SCHEDULES["one-cycle"](99, 100) == pytest.approx(4e-6)
    assert SCHEDULES["one-cycle"](29, 100) == pytest.approx(1.0)
