"""Batched updates, step by step beside torch.optim's own."""

import pytest
import torch
from torch import optim

from dlcore.descent.batched import Batch, supports
from dlcore.errors import InvalidValue

STARTS = torch.tensor([[1.0, 2.0], [-1.5, 0.3], [0.0, -2.0], [3.0, 0.0], [-0.2, -0.1]], dtype=torch.float64)
RATES = torch.tensor([1e-3, 0.01, 0.05, 0.1, 0.3], dtype=torch.float64)

CASES = [
    (optim.SGD, {}),
    (optim.SGD, {"momentum": 0.9}),
    (optim.SGD, {"momentum": 0.8, "dampening": 0.3, "weight_decay": 0.1}),
    (optim.SGD, {"momentum": 0.9, "nesterov": True}),
    (optim.Adagrad, {}),
    (optim.Adagrad, {"lr_decay": 0.1, "initial_accumulator_value": 0.5, "weight_decay": 0.2}),
    (optim.RMSprop, {}),
    (optim.RMSprop, {"momentum": 0.5, "centered": True, "alpha": 0.9}),
    (optim.Adadelta, {}),
    (optim.Adadelta, {"rho": 0.5, "weight_decay": 0.1}),
    (optim.Adam, {}),
    (optim.Adam, {"amsgrad": True, "betas": (0.5, 0.9)}),
    (optim.Adam, {"weight_decay": 0.1}),
    (optim.AdamW, {}),
    (optim.AdamW, {"weight_decay": 0.5, "amsgrad": True}),
    (optim.NAdam, {}),
    (optim.NAdam, {"weight_decay": 0.1, "decoupled_weight_decay": True, "momentum_decay": 0.1}),
    (optim.RAdam, {}),
    (optim.RAdam, {"betas": (0.8, 0.9), "weight_decay": 0.1, "decoupled_weight_decay": True}),
    (optim.Adamax, {}),
    (optim.Adamax, {"weight_decay": 0.1, "betas": (0.5, 0.8)}),
    (optim.Rprop, {}),
    (optim.Rprop, {"etas": (0.3, 1.5), "step_sizes": (1e-3, 0.4)}),
]
NAMES = [f"{kind.__name__}-{'-'.join(settings)}" for kind, settings in CASES]


def wavy(points):
    """A bowl with waves, so that gradients change their sign."""
    x, y = points.unbind(-1)
    return x.square() + 3 * y.square() + torch.sin(3 * x) * torch.cos(2 * y)


def gradient(points):
    points = points.detach().requires_grad_()
    return torch.autograd.grad(wavy(points).sum(), points)[0]


def alone(kind, settings, start, rate, steps):
    """One run by torch.optim itself: the gradients it followed and the parameters after each step."""
    theta = torch.nn.Parameter(start.clone())
    optimizer = kind([theta], lr=rate, **settings)
    gradients, path = [], []
    for _ in range(steps):
        optimizer.zero_grad()
        wavy(theta).backward()
        gradients.append(theta.grad.clone())
        optimizer.step()
        path.append(theta.detach().clone())
    return torch.stack(gradients), torch.stack(path)


def example(kind, settings):
    return kind([torch.nn.Parameter(torch.zeros(1))], lr=0.1, **settings)


@pytest.mark.parametrize(("kind", "settings"), CASES, ids=NAMES)
def test_every_run_takes_the_steps_that_torch_takes(kind, settings):
    """Both follow torch's gradients, since two chaotic paths part after a difference in the last digit."""
    runs = [alone(kind, settings, start, rate, 40) for start, rate in zip(STARTS, RATES.tolist(), strict=True)]
    gradients, paths = (torch.stack(each, dim=1) for each in zip(*runs, strict=True))
    batch = Batch(example(kind, settings), STARTS, RATES)
    for slope, after in zip(gradients, paths, strict=True):
        torch.testing.assert_close(batch.step(slope), after, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize(("kind", "settings"), CASES, ids=NAMES)
def test_runs_that_leave_do_not_disturb_the_others(kind, settings):
    chosen = torch.tensor([True, False, True, True, False])
    whole, part = (Batch(example(kind, settings), STARTS, RATES) for _ in range(2))
    for step in range(12):
        if step == 5:
            part.keep(chosen)
        whole.step(gradient(whole.parameters))
        part.step(gradient(part.parameters))
    assert torch.equal(whole.parameters[chosen], part.parameters)


def test_one_rate_for_all_is_the_optimizers_own():
    batch = Batch(example(optim.SGD, {}), STARTS)
    slope = gradient(STARTS)
    assert torch.equal(batch.step(slope), STARTS - 0.1 * slope)


@pytest.mark.parametrize("kind", [optim.LBFGS, optim.ASGD])
def test_what_mixes_its_numbers_is_refused(kind):
    optimizer = kind([torch.nn.Parameter(torch.zeros(1))])
    assert not supports(optimizer)
    with pytest.raises(InvalidValue, match=kind.__name__):
        Batch(optimizer, STARTS)
