"""Augmented images stay what they are, and change in the ways that are promised."""

import pytest
import torch

from dlcore.config.images import AUGMENTATIONS
from dlcore.data import drawn, load
from dlcore.data.augment import DRAWN, Augment


@pytest.fixture(scope="module")
def digits():
    split = load("digits").train
    return split.images.float() / 255, split.labels


def augmented(images, labels, *kinds, seed=0):
    return Augment(kinds, torch.Generator().manual_seed(seed))(images, labels)


@pytest.mark.parametrize("kinds", [*[(kind,) for kind in AUGMENTATIONS], AUGMENTATIONS])
def test_images_change_and_stay_images(digits, kinds):
    images, labels = digits
    before = images.clone()
    changed = augmented(images, labels, *kinds)
    assert changed.shape == images.shape
    assert changed.dtype == torch.float32
    assert changed.min() >= 0
    assert changed.max() <= 1
    assert torch.equal(images, before)
    assert (changed - images).abs().mean() > 0.003


def test_nothing_chosen_changes_nothing(digits):
    assert torch.equal(augmented(*digits), digits[0])


def test_the_same_seed_gives_the_same_images(digits):
    assert torch.equal(augmented(*digits, *AUGMENTATIONS), augmented(*digits, *AUGMENTATIONS))
    assert not torch.equal(augmented(*digits, *AUGMENTATIONS), augmented(*digits, *AUGMENTATIONS, seed=1))


@pytest.mark.parametrize("kind", [kind for kind in AUGMENTATIONS if kind != "drawn"])
def test_blank_images_stay_blank(kind):
    blank = torch.zeros(6, 1, 28, 28)
    assert augmented(blank, torch.tensor([0, 1, 7, 0, 1, 7]), kind).max() <= (1 if kind == "pen" else 0)


def test_affine_keeps_the_size_of_the_digit_and_leaves_it_in_the_image(digits):
    images, labels = digits
    changed = augmented(images, labels, "affine")
    longer = torch.maximum(_extent(images, 2), _extent(images, 3))
    after = torch.maximum(_extent(changed, 2), _extent(changed, 3))
    assert (after / longer).mean() == pytest.approx(0.97, abs=0.05)
    edge = torch.cat([changed[:, 0, 0], changed[:, 0, -1], changed[:, 0, :, 0], changed[:, 0, :, -1]])
    assert (edge > 0.5).float().mean() < 0.01


def test_thickness_makes_some_strokes_thinner_and_some_thicker_and_loses_none(digits):
    images, labels = digits
    ratio = augmented(images, labels, "thickness").sum((1, 2, 3)) / images.sum((1, 2, 3))
    assert ratio.quantile(0.1) < 0.9
    assert ratio.quantile(0.9) > 1.3
    assert ratio.min() > 0.2


def test_pen_crosses_sevens_slashes_zeros_and_gives_ones_a_foot(digits):
    images, labels = digits
    chosen = (labels == 0) | (labels == 1) | (labels == 7)
    added = augmented(images, labels, "pen") - images > 0.9
    changed = added.sum((1, 2, 3)) >= 4
    assert 0.25 < changed[chosen].float().mean() < 0.7
    assert changed[~chosen].float().mean() < 0.02


def test_outliers_have_no_class_and_no_habits(digits):
    images, _ = digits
    nowhere = torch.full((len(images),), -1)
    assert ((augmented(images, nowhere, "pen") - images > 0.9).sum((1, 2, 3)) >= 4).float().mean() < 0.02


def test_one_image_is_enough():
    assert augmented(torch.rand(1, 1, 28, 28), torch.tensor([7]), *AUGMENTATIONS).shape == (1, 1, 28, 28)


def _extent(images, axis):
    ink = (images > 0.3).any(5 - axis).squeeze(1).float()
    return 28 - ink.argmax(1) - ink.flip(1).argmax(1)


def test_drawn_digits_take_the_place_of_a_fifth_and_show_the_same(digits):
    images, labels = digits
    changed = augmented(images, labels, "drawn")
    other = (changed != images).flatten(1).any(1)
    assert other.float().mean() == pytest.approx(DRAWN, abs=0.01)
    pool = drawn.digits()
    for image, label in zip(changed[other][:50, 0], labels[other][:50].tolist(), strict=True):
        assert (pool[label].float() / 255 == image).flatten(1).all(1).any()


def test_what_has_no_class_is_not_replaced_by_a_drawn_digit(digits):
    images, labels = digits
    mixed = labels.clone()
    mixed[: len(labels) // 2] = -1
    changed = (augmented(images, mixed, "drawn") != images).flatten(1).any(1)
    assert not changed[: len(labels) // 2].any()
    assert changed.any()
    nowhere = torch.full_like(labels, -1)
    assert torch.equal(augmented(images, nowhere, "drawn"), images)
