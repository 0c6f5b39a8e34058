"""The neuron follows the gradients that are claimed, and learns slowly where they are said to be small."""

import math
import re

import pytest
import torch

from dlcore.errors import InvalidValue
from dlcore.functions.slow_start import learn


def test_every_step_is_gradient_descent_on_weight_and_bias():
    ran = learn("bce-logits", 2.0, learning_rate=0.3, steps=50)
    assert ran.logits.shape == ran.losses.shape == (51,)
    torch.testing.assert_close(ran.gradients, ran.predictions, atol=1e-7, rtol=1e-7)  # p - y, and y is 0
    torch.testing.assert_close(ran.logits[1:], ran.logits[:-1] - 2 * 0.3 * ran.gradients[:-1])
    torch.testing.assert_close(ran.logits[1:], (ran.logits + ran.updates)[:-1])
    torch.testing.assert_close(ran.losses, -torch.log(1 - ran.predictions), atol=1e-6, rtol=1e-6)


def test_under_squared_error_the_gradient_carries_the_slope_of_the_sigmoid():
    ran = learn("sigmoid-mse", 3.0, target=1, steps=50)
    p = ran.predictions
    torch.testing.assert_close(ran.gradients, 2 * (p - 1) * p * (1 - p), atol=1e-7, rtol=1e-6)


def test_the_worse_the_start_the_longer_squared_error_takes_and_cross_entropy_hardly_cares():
    squared = [learn("sigmoid-mse", start).steps_until_right for start in (2, 4, 5)]
    cross = [learn("bce-logits", start).steps_until_right for start in (2, 4, 5)]
    assert squared[0] < squared[1] < squared[2]
    assert squared[2] > 5 * cross[2]
    assert cross[2] - cross[0] <= 5


def test_a_neuron_that_does_not_get_there_says_so():
    assert learn("sigmoid-mse", 10.0, steps=20).steps_until_right is None
    assert learn("bce-logits", -5.0, steps=20).steps_until_right == 0


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: learn("mse", 1), "a loss that takes a logit, got 'mse'"),
        (lambda: learn("hinge", math.nan), "start must be between -10 and 10, got nan: try 5"),
        (lambda: learn("hinge", 1, target=0.5), "target must be 0 or 1, got 0.5"),
        (lambda: learn("hinge", 1, learning_rate=0), "learning_rate must be between 0.01 and 10, got 0"),
        (lambda: learn("hinge", 1, steps=10**9), "steps must be between 1 and 1000"),
    ],
)
def test_what_cannot_be_trained_is_refused_in_a_sentence(call, sentence):
    with pytest.raises(InvalidValue, match=re.escape(sentence)):
        call()
