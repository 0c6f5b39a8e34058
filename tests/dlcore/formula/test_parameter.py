"""The one Parameter, which shapes activations, losses, landscapes and optimizers."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from dlcore.descent.landscapes import LANDSCAPES
from dlcore.descent.optimizers import OPTIMIZERS
from dlcore.errors import InvalidValue
from dlcore.formula.parameter import Parameter, all_checked, all_checked_tensors
from dlcore.functions.activations import ACTIVATIONS
from dlcore.functions.losses import LOSSES

RATE = Parameter("lr", "Learning rate", 0.1, 1e-6, 10.0, log=True)
COUNT = Parameter("history", "Steps remembered", 10, 1, 100, integer=True)
SWITCH = Parameter("line_search", "Line search", True)
EVERY = [
    *(each for one in ACTIVATIONS.values() for each in one.parameters),
    *(each for one in LOSSES.values() for each in one.parameters),
    *(each for one in LANDSCAPES.values() for each in one.parameters),
    *(each for one in OPTIMIZERS.values() for each in one.settings),
]


@given(value=st.one_of(st.floats(), st.integers(), st.text(max_size=3), st.none(), st.booleans()))
def test_only_a_number_within_the_limits_passes(value):
    usable = type(value) in (int, float) and 1e-6 <= value <= 10
    if usable:
        assert RATE.checked(value) == value
        assert type(RATE.checked(value)) is float
    else:
        with pytest.raises(InvalidValue, match=r"lr must be between 1e-6 and 10, got .*: try 0\.1"):
            RATE.checked(value)


def test_whole_numbers_and_switches_have_their_own_types():
    assert (COUNT.checked(7.0), SWITCH.checked(0), SWITCH.checked(True)) == (7, False, True)
    assert type(COUNT.checked(7.0)) is int
    assert SWITCH.checked(0) is False
    with pytest.raises(InvalidValue, match=r"history must be a whole number, got 1\.5: try 10"):
        COUNT.checked(1.5)
    with pytest.raises(InvalidValue, match="line_search must be on or off, got 'yes'"):
        SWITCH.checked("yes")


def test_a_tensor_passes_where_it_is_welcome_and_lies_within():
    inside, outside = torch.tensor([0.5, 1.0]), torch.tensor([0.5, 11.0])
    assert all_checked_tensors("it", [RATE], {"lr": inside})["lr"] is inside
    with pytest.raises(InvalidValue, match=r"lr must be between 1e-6 and 10, got \[0\.5, 11\.0\]"):
        all_checked_tensors("it", [RATE], {"lr": outside})
    with pytest.raises(InvalidValue, match="lr must be between"):
        all_checked("it", [RATE], {"lr": inside})


def test_a_tensor_that_is_learned_may_leave_the_limits():
    learned = torch.tensor(-3.0, requires_grad=True)
    assert all_checked_tensors("it", [RATE], {"lr": learned})["lr"] is learned


def test_what_is_not_given_has_its_default_and_unknown_names_are_refused():
    assert all_checked("it", [RATE, SWITCH], {"lr": 1}) == {"lr": 1.0, "line_search": True}
    with pytest.raises(InvalidValue, match="it has no parameter 'mu': it has lr"):
        all_checked("it", [RATE], {"mu": 1})
    with pytest.raises(InvalidValue, match="mse has no parameter 'mu': it has none"):
        all_checked("mse", [], {"mu": 1})


@pytest.mark.parametrize("parameter", EVERY, ids=lambda each: each.name)
def test_every_default_and_both_limits_are_allowed(parameter):
    for value in (parameter.default, parameter.low, parameter.high):
        assert parameter.checked(value) == value
    assert parameter.title
    assert parameter.low < parameter.high
