"""Generated non-digits: many kinds, none of them by chance a blank, the same for the same seed."""

import numpy as np
import pytest
import torch

from dlcore.data import outliers as module
from dlcore.data import skeletons
from dlcore.data.outliers import outliers


@pytest.fixture(scope="module")
def pool():
    return outliers(400, seed=3)


def test_they_are_images_of_the_size_that_networks_read(pool):
    assert pool.shape == (400, 1, 28, 28)
    assert pool.dtype == torch.uint8


def test_the_same_seed_gives_the_same_drawings(pool):
    assert torch.equal(outliers(20, seed=3), outliers(20, seed=3))
    assert not torch.equal(pool[:20], outliers(20, seed=4))


def test_hardly_two_are_alike_and_few_are_blank(pool):
    assert len(torch.unique(pool.flatten(1), dim=0)) > 370
    assert (pool.flatten(1).amax(1) == 0).float().mean() < 0.05


def test_drawings_fill_twenty_pixels_as_digits_do():
    random = np.random.default_rng(0)
    for _ in range(30):
        image = module.letter(random)
        rows, columns = np.flatnonzero(image.any(1)), np.flatnonzero(image.any(0))
        assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20


@pytest.mark.parametrize("maker", [maker for maker, _ in module.MAKERS])
def test_every_kind_can_be_drawn(maker):
    images = [maker(np.random.default_rng(seed)) for seed in range(12)]
    assert all(image.shape == (28, 28) and image.dtype == np.uint8 for image in images)
    assert np.mean([image.max() > 60 for image in images]) > 0.6


def test_what_reads_as_a_digit_is_left_out():
    assert not set("OoIilSsZzGgqQBby") & set(skeletons.LETTERS)


def test_none_are_asked_for():
    assert outliers(0, seed=0).shape == (0, 1, 28, 28)


def test_a_smooth_line_goes_through_its_points():
    points = np.array([[0, 0], [1, 2], [3, 1]], float)
    curve = skeletons.smooth(points)
    assert all(np.abs(curve - point).sum(1).min() < 1e-9 for point in points)


def test_an_arc_turns_from_right_to_down():
    (arc,) = skeletons.polylines(("@.5,.5,.5,.25,0,90",))
    assert arc[0] == pytest.approx([1, 0.5])
    assert arc[-1] == pytest.approx([0.5, 0.75])
