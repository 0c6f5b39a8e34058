"""Signals through depth: what is measured, what theory says, what the verdict makes of it, and that the cure cures."""

from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from dlcore.errors import InvalidValue
from dlcore.functions.activations import ACTIVATIONS
from dlcore.functions.mean_field import predict
from dlcore.functions.propagation import (
    BINS,
    FRAME,
    INITIALISATIONS,
    Setting,
    changes,
    compared,
    cure,
    judge,
    propagate,
    short,
    textbook,
)


def test_the_gradients_are_those_of_a_plain_torch_network():
    setting = Setting("tanh", "xavier", depth=3, width=8, batch=16, seed=5)
    signal = propagate(setting)
    generator = torch.Generator().manual_seed(5)
    x = torch.randn(16, 8, generator=generator, dtype=torch.float64)
    layers = [torch.nn.Linear(8, 8, bias=False, dtype=torch.float64) for _ in range(3)]
    for layer in layers:
        torch.nn.init.xavier_uniform_(layer.weight, generator=generator)
        x = torch.tanh(layer(x))
    upstream = torch.randn(16, 8, generator=torch.Generator().manual_seed(6), dtype=torch.float64)
    (x * upstream / upstream.norm()).sum().backward()
    expected = torch.stack([layer.weight.grad.norm() for layer in layers])
    torch.testing.assert_close(signal.weight_gradient, expected)
    assert float(signal.rms[-1]) == pytest.approx(float(x.detach().square().mean().sqrt()))


def test_equal_settings_give_equal_numbers_and_another_seed_others():
    a, b, c = (propagate(Setting(seed=seed)) for seed in (1, 1, 2))
    assert torch.equal(a.gradient, b.gradient)
    assert not torch.equal(a.gradient, c.gradient)


@pytest.mark.parametrize(
    ("function", "init", "kind"),
    [
        ("relu", "he", "healthy"),
        ("relu", "xavier", "vanishing"),
        ("relu", "large", "exploding"),
        ("tanh", "xavier", "healthy"),
        ("tanh", "small", "vanishing"),
        ("tanh", "large", "exploding"),
        ("sigmoid", "xavier", "vanishing"),
        ("sigmoid", "he", "vanishing"),
        ("selu", "lecun", "healthy"),
        ("linear", "orthogonal", "healthy"),
        ("linear", "he", "exploding"),
        ("step", "he", "vanishing"),
    ],
)
def test_the_verdict_says_what_the_field_knows(function, init, kind):
    verdict = judge(propagate(Setting(function, init, depth=30)))
    assert verdict.kind == kind
    assert "gradient" in verdict.evidence


def test_every_fan_in_variance_is_what_the_initialisation_promises():
    for each in INITIALISATIONS.values():
        weight = each.fill(torch.empty(200, 200), generator=torch.Generator().manual_seed(0))
        assert float(weight.var() * 200) == pytest.approx(each.gain(200), rel=0.05)


@pytest.mark.parametrize("name", ["relu", "tanh", "gelu", "selu", "hard-tanh"])
def test_wide_layers_do_what_theory_predicts(name):
    setting = Setting(name, textbook(ACTIVATIONS[name]), depth=8, width=400, batch=200)
    measured, theory = propagate(setting), predict(setting)
    torch.testing.assert_close(measured.variance, theory.variance, rtol=0.3, atol=0.01)
    torch.testing.assert_close(measured.gradient / measured.gradient[-1], theory.gradient, rtol=0.3, atol=0)


def test_relu_is_off_half_of_the_time_and_large_weights_saturate_tanh():
    relu = propagate(Setting("relu", "he", depth=1, width=128))
    assert float(relu.saturated[0]) == pytest.approx(0.5, abs=0.03)
    assert float(relu.dead[0]) == 0
    tanh = propagate(Setting("tanh", "large", depth=5, width=128))
    assert (tanh.saturated > 0.8).all()
    assert (tanh.dead < 0.1).all()


def test_a_step_passes_no_gradient_at_all_and_every_unit_counts_as_dead():
    signal = propagate(Setting("step", depth=4))
    assert (signal.gradient == 0).all()
    assert (signal.dead == 1).all()


def test_the_histogram_is_a_share_of_all_activations():
    signal = propagate(Setting("tanh", "xavier", depth=3))
    assert signal.histogram.shape == (3, BINS)
    torch.testing.assert_close(signal.histogram.sum(1), torch.ones(3, dtype=torch.float64))
    far = propagate(Setting("relu", "large", depth=10))
    assert float(far.histogram[-1].sum()) < 0.7, f"most of what is on is beyond {FRAME}"


def test_batch_norm_makes_a_deep_sigmoid_network_healthy():
    setting = Setting("sigmoid", "xavier", depth=30)
    assert judge(propagate(setting)).kind == "vanishing"
    assert judge(propagate(replace(setting, norm="batch"))).kind == "healthy"


@pytest.mark.parametrize("name", ["relu", "tanh", "sigmoid", "gelu", "selu", "step", "sine", "squared-relu", "linear"])
@pytest.mark.parametrize("init", ["small", "large"])
def test_the_cure_measures_as_healthy(name, init):
    setting = Setting(name, init, depth=30, width=32, batch=64)
    found = cure(setting)
    assert found is not None
    assert judge(propagate(found)).kind == "healthy"
    assert (found.depth, found.width) == (30, 32)
    assert changes(setting, found) != "nothing"


def test_the_mildest_cure_comes_first():
    assert cure(Setting("relu", "xavier", depth=30)) == Setting("relu", "he", depth=30)
    assert changes(Setting("relu", "xavier"), Setting("relu", "he")) == "He (Kaiming) initialisation"


def test_where_numbers_end_nothing_is_measured_and_the_verdict_says_so():
    signal = propagate(Setting("squared-relu", "large", depth=50))
    lost = int((~signal.rms.isfinite()).double().argmax())
    assert 5 < lost < 10
    for measured in (signal.saturated, signal.dead, signal.similarity):
        assert measured[:lost].isfinite().all()
        assert measured[lost + 1 :].isnan().all()
    assert (signal.similarity[:lost] > 0).all()
    verdict = judge(signal)
    assert verdict.kind == "exploding"
    assert verdict.evidence.startswith(f"At layer {lost + 1} the signal is too large for any number")
    assert judge(propagate(Setting("squared-relu", "large", depth=lost))).evidence.endswith("by root mean square.")


def test_inputs_that_look_alike_are_told():
    assert "look the same" in judge(propagate(Setting("sigmoid", "small"))).evidence


def test_the_verdict_says_what_it_means_by_signal():
    signal = propagate(Setting("sigmoid", "small", depth=30))
    evidence = judge(signal).evidence
    assert "2 times smaller than the input by root mean square" in evidence
    assert f"spread σ of {float(signal.variance[-1]) ** 0.5:.4f}" in evidence


@pytest.mark.parametrize(
    ("value", "power", "text"),
    [(0.0, None, "0"), (0.0094, None, "0.0094"), (0.5, None, "0.5"), (12.3, None, "12"), (120.0, None, "120"),
     (9.2e-24, None, "9·10⁻²⁴"), (0.5, True, "5·10⁻¹"), (float("inf"), None, "too large")],
)  # fmt: skip
def test_sizes_in_few_characters(value, power, text):
    assert short(value, power=power) == text


@given(
    name=st.sampled_from(list(ACTIVATIONS)),
    init=st.sampled_from(list(INITIALISATIONS)),
    depth=st.integers(1, 50),
    norm=st.sampled_from(["none", "batch", "layer"]),
    skip=st.booleans(),
)
@hypothesis_settings(max_examples=40)
def test_any_setting_gives_a_verdict(name, init, depth, norm, skip):
    signal = propagate(Setting(name, init, depth, 16, norm, skip, batch=16))
    assert len(signal.gradient) == depth
    assert judge(signal).kind in ("healthy", "vanishing", "exploding")
    assert judge(signal).evidence.endswith(".")


@pytest.mark.parametrize(
    "wrong",
    [
        {"activation": "relux"},
        {"init": "zeros"},
        {"norm": "group"},
        {"depth": 0},
        {"depth": 51},
        {"width": 10**9},
        {"width": 2.5},
        {"seed": -1},
        {"depth": True},
    ],
)
def test_what_makes_no_sense_is_refused(wrong):
    with pytest.raises(InvalidValue, match=next(iter(wrong))):
        Setting(**wrong)


@pytest.mark.parametrize(
    ("factor", "words"),
    [(1.0, "about as large as"), (3.2, "3.2 times larger"), (0.001, "1,000 times smaller"), (1e-9, "10⁹ times smaller"),
     (0.0, "infinitely smaller")],
)  # fmt: skip
def test_factors_in_words(factor, words):
    assert words in compared(factor)
