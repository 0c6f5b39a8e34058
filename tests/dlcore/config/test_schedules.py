"""Schedules against torch's own."""

import pytest
import torch
from torch.optim import SGD, lr_scheduler

from dlcore.config.schedules import SCHEDULES

STEPS = 100


def rates(make) -> list[float]:
    optimizer = SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = make(optimizer)
    seen = []
    for _ in range(STEPS):
        seen.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return seen


def factors(name: str, steps: int = STEPS) -> list[float]:
    return [SCHEDULES[name](step / steps) for step in range(STEPS)]


def test_cosine_is_torchs():
    expected = rates(lambda optimizer: lr_scheduler.CosineAnnealingLR(optimizer, STEPS))
    assert factors("cosine") == pytest.approx(expected, abs=1e-9)


def test_step_is_torchs():
    expected = rates(lambda optimizer: lr_scheduler.MultiStepLR(optimizer, [STEPS // 2, STEPS * 3 // 4]))
    assert factors("step") == pytest.approx(expected)


def test_one_cycle_is_torchs_up_to_its_choice_of_the_peak_step():
    expected = rates(lambda optimizer: lr_scheduler.OneCycleLR(optimizer, max_lr=1.0, total_steps=STEPS))
    assert factors("one-cycle") == pytest.approx(expected, abs=0.06)
    assert max(factors("one-cycle")) == pytest.approx(1.0)
    assert factors("one-cycle")[0] == pytest.approx(expected[0])


def test_constant_never_moves():
    assert set(factors("constant")) == {1.0}
