"""A few neurons fit a function: for real, repeatably, and better the more there are."""

import pytest
import torch
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from dlcore.errors import DlcoreError, InvalidValue
from dlcore.functions.activations import activation
from dlcore.functions.approximation import FRAMES, MAX_NEURONS, OPTIMIZERS, TARGETS, Task, fit, target_values


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_loss_falls_and_belongs_to_the_output_shown(optimizer):
    found = fit(Task(optimizer=optimizer))
    assert found.loss[-1] < 0.05 * found.loss[0]
    shown = (found.outputs() - found.target).square().mean(1)
    torch.testing.assert_close(shown, found.loss)
    assert len(found.steps) <= FRAMES
    assert found.steps[0] == 0
    assert (found.steps.diff() > 0).all()


def test_the_contributions_add_up_to_a_plain_torch_network():
    found = fit(Task("abs(x) - 1", "relu", 5))
    hidden, last = torch.nn.Linear(1, 5, dtype=torch.float64), torch.nn.Linear(5, 1, dtype=torch.float64)
    with torch.no_grad():
        hidden.weight[:, 0], hidden.bias[:] = found.w[-1], found.b[-1]
        last.weight[0], last.bias[0] = found.v[-1], found.c[-1]
        expected = last(torch.relu(hidden(found.x[:, None])))[:, 0]
    torch.testing.assert_close(found.outputs()[-1], expected)


def test_more_neurons_come_closer():
    few, many = (fit(Task("sin(1.5*x**2)", "tanh", n)).loss[-1] for n in (2, 24))
    assert many < 0.1 * few


def test_two_relus_are_a_corner_and_sixteen_straight_lines_stay_a_line():
    assert fit(Task("abs(x) - 1", "relu", 2)).loss[-1] < 1e-4
    line = fit(Task("x**3/6 - x", "linear", 16)).outputs()[-1]
    assert line.diff().diff().abs().max() < 1e-9


def test_a_neuron_bends_where_its_input_is_zero():
    found = fit(Task(neurons=3))
    inside = found.w[-1] * found.bends()[-1] + found.b[-1]
    assert inside.abs().max() < 1e-9


def test_the_same_task_gives_the_same_numbers():
    assert torch.equal(fit(Task(seed=3)).loss, fit(Task(seed=3)).loss)
    assert not torch.equal(fit(Task(seed=3)).loss, fit(Task(seed=4)).loss)


def test_a_step_cannot_be_fitted_and_says_why():
    with pytest.raises(DlcoreError, match="derivative 0"):
        fit(Task(activation="step"))


@pytest.mark.parametrize("name", TARGETS)
def test_every_target_offered_can_be_drawn(name):
    assert target_values(TARGETS[name][1], torch.linspace(-3, 3, 50)).isfinite().all()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("log(x)", "no value at x = −3"),
        ("exp(9*x)", "stays between"),
        ("1/x**50", "no value at x = 0"),
        ("1/x", "no value at x = 0"),
        ("tan(x)", "reaches .* at x = −?1.57: choose a function that stays between −100 and 100"),
        ("1/(x - 0.1234567)", "at x = 0.12"),
        ("__import__('os')", "."),
        ("", "Type a function"),
        ("y", "."),
    ],
)
def test_a_target_that_cannot_be_drawn_is_refused_with_a_sentence(text, says):
    with pytest.raises(DlcoreError, match=says):
        fit(Task(target=text))


@pytest.mark.parametrize(
    "wrong",
    [{"neurons": 0}, {"neurons": MAX_NEURONS + 1}, {"optimizer": "sgd"}, {"activation": "x"}, {"seed": -1}],
)
def test_what_makes_no_sense_is_refused(wrong):
    with pytest.raises(InvalidValue):
        Task(**wrong)


@given(
    target=st.sampled_from([text for _, text in TARGETS.values()] + ["100", "-99*x/3", "tan(x/2)", "x"]),
    name=st.sampled_from(["relu", "squared-relu", "sine", "hard-tanh", "softplus", "selu"]),
    neurons=st.sampled_from([1, 5, MAX_NEURONS]),
    optimizer=st.sampled_from(OPTIMIZERS),
)
@hypothesis_settings(max_examples=12)
def test_no_fit_leaves_the_numbers(target, name, neurons, optimizer):
    found = fit(Task(target, name, neurons, optimizer))
    assert found.loss.isfinite().all()
    assert found.loss.min() <= found.loss[0]
    assert activation(name)(found.x).isfinite().all()
