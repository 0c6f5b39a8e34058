"""The temperature is found where it is known, and the error is the one that can be counted by hand."""

import pytest
import torch
from torch.nn import functional

from dlcore.use.calibration import COLDEST, HOTTEST, expected_error, temperature


def drawn(heat: float, count: int = 40_000) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits that are `heat` times too large for the labels that were drawn from them."""
    generator = torch.Generator().manual_seed(0)
    true = 2 * torch.randn(count, 10, generator=generator)
    return true * heat, torch.multinomial(true.softmax(1), 1, generator=generator)[:, 0]


@pytest.mark.parametrize("heat", [0.4, 1.0, 3.0])
def test_the_temperature_is_how_much_too_large_the_logits_are(heat):
    logits, labels = drawn(heat)
    found = temperature(logits, labels)
    assert found == pytest.approx(heat, rel=0.02)
    assert expected_error((logits / found).softmax(1), labels) < 0.01


def test_no_other_temperature_has_a_lower_loss():
    logits, labels = drawn(1.7, 500)
    found = temperature(logits, labels)
    losses = [functional.cross_entropy(logits / (found * factor), labels) for factor in (0.97, 1, 1.03)]
    assert losses[1] == min(losses)


def test_too_much_and_too_little_confidence_is_an_error():
    logits, labels = drawn(1.0)
    right = expected_error(logits.softmax(1), labels)
    assert right < min(expected_error((logits * factor).softmax(1), labels) for factor in (0.5, 2)) / 5


def test_what_is_always_right_or_always_wrong_has_the_outermost_temperature():
    logits = torch.eye(10) * 5
    assert temperature(logits, torch.arange(10)) == pytest.approx(COLDEST)
    assert temperature(logits, torch.arange(10).roll(1)) == pytest.approx(HOTTEST)


def test_the_error_is_that_of_each_bin_weighted_by_its_images():
    probabilities = torch.tensor([[0.9, 0.1], [0.9, 0.1], [0.9, 0.1], [0.4, 0.6]])
    labels = torch.tensor([0, 0, 1, 1])
    assert expected_error(probabilities, labels) == pytest.approx((3 * abs(0.9 - 2 / 3) + abs(0.6 - 1)) / 4)
    assert expected_error(probabilities, labels, bins=1) == pytest.approx(abs(0.825 - 0.75))


def test_one_that_is_sure_and_right_has_no_error():
    assert expected_error(torch.eye(10), torch.arange(10)) == 0
