"""Invented hands write every digit, in many ways, and always in the same ones."""

import numpy as np
import pytest
import torch

from dlcore.data import drawn, hands


@pytest.fixture(scope="module")
def digits():
    return drawn.digits()


@pytest.mark.parametrize("label", range(10))
def test_a_digit_is_strokes_around_the_unit_square(label):
    random = np.random.default_rng(label)
    for _ in range(200):
        points = np.concatenate(hands.digit(label, random))
        assert points.shape[1] == 2
        assert np.isfinite(points).all()
        assert points.min() > -0.8
        assert points.max() < 1.8
        assert np.ptp(points[:, 1]) > 0.5


def test_zeros_are_slashed_fours_have_two_strokes_and_fives_a_roof_apart():
    random = np.random.default_rng(0)
    strokes = {label: [len(hands.digit(label, random)) for _ in range(300)] for label in (0, 4, 5, 8)}
    share = {label: np.mean([count == 2 for count in counts]) for label, counts in strokes.items()}
    assert 0.3 < share[0] < 0.6
    assert share[4] > 0.5
    assert 0.3 < share[5] < 0.7


@pytest.mark.parametrize(("label", "count"), enumerate((6, 2, 5, 5, 4, 5, 6, 3, 7, 6)))
def test_a_display_lights_the_segments_that_it_should(label, count):
    lit = hands.segments(label, gap=0.1, width=0.5)
    assert len(lit) == count
    assert np.allclose(np.concatenate(lit).max(0), (0.5, 0.95 if label in (1, 4, 7) else 1.0))


def test_segments_meet_where_no_gap_is_wanted():
    ends = np.concatenate([line[[0, -1]] for line in hands.segments(8, gap=0, width=0.5)])
    assert len(np.unique(ends.round(6), axis=0)) == 6


def test_every_digit_is_drawn_in_many_ways(digits):
    assert digits.shape == (10, drawn.OF_EACH, 28, 28)
    assert digits.dtype == torch.uint8
    assert (digits.amax((2, 3)) > 200).all()
    assert len(digits.flatten(2).unique(dim=1)[0]) > 0.99 * drawn.OF_EACH


def test_a_digit_lies_in_the_middle_and_is_20_pixels_long(digits):
    ink = digits > 60
    tall = ink.any(3).float().sum(2)
    wide = ink.any(2).float().sum(2)
    assert (torch.maximum(tall, wide) >= 18).float().mean() > 0.99
    assert torch.maximum(tall, wide).max() <= 20
    mass = digits.float()
    rows = (mass.sum(3) * torch.arange(28)).sum(2) / mass.sum((2, 3))
    assert (rows - 14).abs().max() < 1.5


def test_pens_are_fine_and_broad(digits):
    area = (digits[1] > 128).float().sum((1, 2))
    assert area.quantile(0.95) > 2.5 * area.quantile(0.05)


def test_the_same_are_drawn_every_time(digits):
    random = np.random.default_rng(drawn._SEED)
    assert np.array_equal(drawn._image(0, random), digits[0, 0].numpy())


def test_zeros_keep_their_hole(digits):
    middle = digits[0, :, 10:18].float()
    outer = middle.amax((1, 2))
    hollow = (middle.amin(2).amin(1) < 0.6 * outer).float().mean()
    assert hollow > 0.9


def test_who_waits_is_told(monkeypatch):
    monkeypatch.setattr(drawn, "OF_EACH", 1)
    monkeypatch.setattr(drawn, "_kept", [])
    told = []
    drawn.digits(lambda sentence, share: told.append(share))
    assert told == [label / 10 for label in range(10)]
