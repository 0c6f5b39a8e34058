"""From bytes to the numbers that networks read."""

import pytest
import torch

from dlcore.data.pixels import normalise, standardise


def test_normalise_gives_mnists_mean_and_deviation():
    images = torch.tensor([0, 255], dtype=torch.uint8).view(2, 1, 1, 1)
    assert normalise(images).flatten().tolist() == pytest.approx([-0.1307 / 0.3081, (1 - 0.1307) / 0.3081])


def test_images_that_are_numbers_already_are_normalised_alike_and_left_alone():
    images = torch.randint(0, 256, (2, 1, 28, 28), dtype=torch.uint8)
    numbers = images.float() / 255
    before = numbers.clone()
    assert torch.equal(standardise(numbers), normalise(images))
    assert torch.equal(numbers, before)
