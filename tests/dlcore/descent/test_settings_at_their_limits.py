"""Every optimizer with every setting at both of its ends: whatever the limits allow runs everywhere, and alike."""

import itertools

import numpy as np
import pytest
import torch

from dlcore.config import optimizers as trained
from dlcore.config.schedules import SCHEDULES
from dlcore.config.training import LOWEST_RATE, TrainingConfig
from dlcore.descent.basins import basins
from dlcore.descent.line_training import train
from dlcore.descent.narration import narrate
from dlcore.descent.objectives import objective
from dlcore.descent.optimizers import OPTIMIZERS, optimizer
from dlcore.descent.regression import Recipe, Settings, descend
from dlcore.descent.sweep import sweep
from dlcore.descent.trace import trace

ENDS = [
    (name, {setting.name: end})
    for name, rule in OPTIMIZERS.items()
    for setting in rule.settings
    for end in (setting.low, setting.high)
]
BOWL = objective("bowl", condition=20.0)


@pytest.mark.parametrize(("name", "settings"), ENDS, ids=str)
def test_a_race_runs_and_its_formulas_lead_to_where_it_went(name, settings):
    ran = trace(BOWL, optimizer(name, **settings), steps=15)
    if not ran.steps:
        assert ran.verdict.kind == "diverged"
        return
    told = narrate(ran)
    np.testing.assert_allclose(told.terms["old"] - told.terms["s"], told.terms["new"], rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize(
    ("name", "settings"), [each for each in ENDS if each[0] != "lbfgs"], ids=lambda each: str(each)
)
def test_a_sweep_and_the_basins_run_and_the_sweep_ends_where_the_race_ends(name, settings):
    racer = optimizer(name, **settings)
    found = sweep(BOWL, [racer], steps=15, lowest_rate=1e-4, highest_rate=1.0, count=5)
    for rate, loss in zip(found.rates.tolist(), found.losses[0].tolist(), strict=True):
        alone = trace(BOWL, optimizer(name, **{**settings, "lr": rate}), steps=15)
        if alone.verdict.kind != "diverged":
            assert loss == pytest.approx(alone.values[-1], rel=1e-8, abs=1e-12)
    assert basins(BOWL, racer, resolution=11, steps=15).outcome.shape == (11, 11)


def test_nesterov_without_momentum_is_plain_descent():
    ran = trace(BOWL, optimizer("nesterov", lr=0.01, momentum=0.0), steps=50)
    assert np.array_equal(ran.positions, trace(BOWL, optimizer("sgd", lr=0.01), steps=50).positions)


@pytest.mark.parametrize("name", list(trained.OPTIMIZERS))
def test_a_line_is_trained_at_all_ends_together(name):
    x, y = Recipe(count=5).points()
    for rate, momentum, decay in itertools.product((LOWEST_RATE, 10.0), (0.0, 0.999), (0.0, 1.0)):
        for schedule in SCHEDULES:
            given = TrainingConfig(optimizer=name, momentum=momentum, weight_decay=decay, schedule=schedule)
            found = train(x, y, Settings(learning_rate=rate, epochs=3, batch_size=2), given)
            assert found.steps == 9 or found.diverged
            assert np.isfinite(found.w).all()


@pytest.mark.parametrize("field", ["learning_rate", "epochs", "batch_size", "start_w", "start_b", "seed"])
def test_a_line_is_descended_at_both_ends_of_each_setting(field):
    x, y = Recipe(count=5).points()
    about = Settings.__dataclass_fields__[field].metadata
    for end in (about["low"], about["high"]):
        found = descend(x, y, Settings(**{"epochs": 3, field: end}))
        assert found.steps >= 1
        assert found.diverged == (field == "learning_rate" and end == 10.0 and found.steps > 3)


@pytest.mark.parametrize("name", list(trained.OPTIMIZERS))
@pytest.mark.parametrize("device_kernels", [True, False])
def test_torch_takes_every_optimizer_at_all_ends(name, device_kernels):
    for rate, momentum, decay in itertools.product((LOWEST_RATE, 10.0), (0.0, 0.999), (0.0, 1.0)):
        given = TrainingConfig(optimizer=name, learning_rate=rate, momentum=momentum, weight_decay=decay)
        weight = torch.nn.Parameter(torch.ones(3))
        weight.grad = torch.tensor([1.0, 0.0, -1.0])
        trained.OPTIMIZERS[name].call(given, fused=device_kernels).make([weight]).step()
        assert weight.isfinite().all()
