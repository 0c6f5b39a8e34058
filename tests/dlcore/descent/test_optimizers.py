import pytest
import torch

from dlcore.descent.newton import Newton
from dlcore.descent.objectives import OBJECTIVES, objective
from dlcore.descent.optimizers import OPTIMIZERS, optimizer
from dlcore.errors import InvalidValue

NAMED = {
    "sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adadelta", "adam", "amsgrad", "adamw", "nadam", "radam",
    "adamax", "rprop", "lbfgs", "newton",
}  # fmt: skip


def test_all_of_them_are_there_and_are_torchs_own():
    assert set(OPTIMIZERS) == NAMED
    for name, rule in OPTIMIZERS.items():
        assert rule.kind is Newton or getattr(torch.optim, rule.kind.__name__) is rule.kind, name
        assert rule.about
        assert rule.source


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_code_that_is_shown_builds_the_same_optimizer(name):
    racer, bowl = optimizer(name), objective("bowl")
    theta = torch.zeros(2, dtype=torch.float64)
    shown = eval(racer.code("f"), {"torch": torch, "theta": theta, "Newton": Newton, "f": bowl})
    built = racer.rule.build(torch.zeros(2, dtype=torch.float64), racer.settings, bowl)
    assert type(shown) is type(built)
    assert shown.defaults == built.defaults


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_setting_reaches_torch(name):
    theta, bowl = torch.zeros(2, dtype=torch.float64), objective("bowl")
    rule = OPTIMIZERS[name]
    usual = rule.build(theta, rule.checked(), bowl).param_groups[0]
    for setting in rule.settings:
        other = not setting.default if setting.switch else setting.low or setting.high
        group = rule.build(theta, rule.checked({setting.name: other}), bowl).param_groups[0]
        assert {k: v for k, v in group.items() if k != "params"} != {k: v for k, v in usual.items() if k != "params"}


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("landscape", OBJECTIVES)
def test_a_suited_rate_is_within_limits_and_below_the_stability_bound(landscape, name):
    rule, each = OPTIMIZERS[name], objective(landscape)
    rate = rule.suited(each)
    assert rule.checked({"lr": rate})["lr"] == rate
    if each.quadratic and rule.scales == "slope":
        largest = torch.linalg.eigvalsh(each.hessian(torch.tensor(each.start, dtype=torch.float64)))[-1].item()
        assert rate <= 1 / largest + 1e-12


@pytest.mark.parametrize(
    ("name", "settings", "words"),
    [
        ("adm", {}, "did you mean 'adam'"),
        ("adam", {"lr": 0}, "lr must be between 1e-6 and 10, got 0"),
        ("adam", {"momentum": 0.9}, "no parameter 'momentum'"),
        ("adam", {"beta1": float("nan")}, "beta1 must be between"),
        ("lbfgs", {"history": 1.5}, "whole number"),
        ("lbfgs", {"line_search": "yes"}, "on or off"),
        ("sgd", {"lr": True}, "lr must be between"),
    ],
)
def test_wrong_settings_are_sentences(name, settings, words):
    with pytest.raises(InvalidValue, match=words):
        optimizer(name, **settings)
