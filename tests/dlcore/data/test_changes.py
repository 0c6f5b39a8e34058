"""Changes of images against cases that are known beforehand."""

import math

import pytest
import torch

from dlcore.data import load
from dlcore.data.changes import STRENGTHS, Changes, inverted, noisy, occluded, rotated, shifted, thickened
from dlcore.errors import InvalidValue

DIGITS = load("digits").test.images[:40]
RANDOM = torch.randint(0, 256, (3, 1, 28, 28), generator=torch.Generator().manual_seed(1), dtype=torch.uint8)


def dot(row, column, level=255):
    image = torch.zeros(1, 1, 28, 28, dtype=torch.uint8)
    image[0, 0, row, column] = level
    return image


def box(image):
    """First and last row, first and last column with ink."""
    rows, columns = image[0, 0].nonzero().T
    return rows.min().item(), rows.max().item(), columns.min().item(), columns.max().item()


@pytest.mark.parametrize("images", [DIGITS, RANDOM], ids=["digits", "random"])
def test_no_change_changes_nothing_and_the_given_images_stay_as_they_are(images):
    before = images.clone()
    assert Changes().made == ()
    same = Changes().apply(images)
    assert torch.equal(same, images)
    same.fill_(7)
    Changes(30, 2, -1, 1.5, 6, 0.3, 0.5).apply(images)
    assert torch.equal(images, before)


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_quarter_turns_are_exact_and_clockwise(turns):
    assert torch.equal(rotated(RANDOM, 90 * turns), RANDOM.rot90(-turns, (2, 3)))
    assert torch.equal(rotated(RANDOM, 90 * turns - 360), rotated(RANDOM, 90 * turns))


def test_a_turn_there_and_back_leaves_a_digit_much_as_it_was():
    back = rotated(rotated(DIGITS, 30), -30)
    assert (back.float() - DIGITS.float()).abs().mean() < 6
    assert (rotated(DIGITS, 30).float() - DIGITS.float()).abs().mean() > 20


@pytest.mark.parametrize(("right", "down"), [(3, 0), (-3, 0), (0, 5), (0, -5), (4, -2), (28, 0), (-40, 40)])
def test_a_shift_moves_by_whole_pixels_and_what_leaves_is_gone(right, down):
    moved = shifted(RANDOM, right, down)
    for row, column in ((0, 0), (13, 14), (27, 27), (5, 22)):
        y, x = row - down, column - right
        inside = 0 <= y < 28 and 0 <= x < 28
        expected = RANDOM[:, 0, y, x] if inside else torch.zeros(3, dtype=torch.uint8)
        assert torch.equal(moved[:, 0, row, column], expected)


def test_a_dot_grows_by_so_many_pixels_on_each_side_and_shrinks_back():
    grown = thickened(dot(10, 12), 2)
    assert box(grown) == (8, 12, 10, 14)
    assert torch.equal(thickened(grown, -2), dot(10, 12))
    assert not thickened(dot(10, 12), -1).any()


def test_half_a_pixel_is_half_way():
    assert box(thickened(dot(10, 12, 200), 0.5)) == (9, 11, 11, 13)
    assert thickened(dot(10, 12, 200), 0.5)[0, 0, 9, 12] == 100
    assert thickened(dot(10, 12, 200), 1.25)[0, 0, 8, 12] == 50


def test_growing_ink_is_shrinking_paper():
    for pixels in (0.5, 1, 2.25):
        apart = thickened(RANDOM, pixels).int() - inverted(thickened(inverted(RANDOM), -pixels)).int()
        assert apart.abs().max() <= 1, "but for the rounding of halves"


@pytest.mark.parametrize("side", [1, 2, 9, 20])
def test_the_square_over_the_middle_has_its_size_and_the_rest_stays(side):
    full = torch.full((2, 1, 28, 28), 255, dtype=torch.uint8)
    covered = occluded(full, side) == 0
    assert covered.sum() == 2 * side * side
    rows, columns = covered[0, 0].nonzero().T
    assert (rows.max() - rows.min() + 1, columns.max() - columns.min() + 1) == (side, side)
    assert abs(rows.float().mean() - 13.5) <= 0.5
    assert torch.equal(occluded(RANDOM, side)[~covered[:1].expand(3, 1, 28, 28)],
                       RANDOM[~covered[:1].expand(3, 1, 28, 28)])  # fmt: skip


def test_noise_has_its_strength_is_the_same_every_time_and_another_for_each_image():
    grey = torch.full((50, 1, 28, 28), 128, dtype=torch.uint8)
    noise = noisy(grey, 0.1).float() - 128
    assert noise.std().item() == pytest.approx(25.5, rel=0.02)
    assert abs(noise.mean().item()) < 0.5
    assert torch.equal(noisy(grey, 0.1), noisy(grey, 0.1))
    assert not torch.equal(noisy(grey, 0.1), noisy(grey, 0.1, seed=2))
    assert not torch.equal(noise[0], noise[1])
    assert torch.equal(noisy(grey[:1], 0.1), noisy(grey, 0.1)[:1])


def test_twice_inverted_is_as_before_and_half_inverted_is_grey():
    assert torch.equal(inverted(inverted(RANDOM)), RANDOM)
    assert torch.equal(inverted(RANDOM), 255 - RANDOM)
    assert (inverted(RANDOM, 0.5).float() - 127.5).abs().max() <= 1


def test_changes_are_made_in_their_order():
    changes = Changes(rotate=90, shift_x=3, thicken=1, noise=0.2, invert=1)
    by_hand = inverted(noisy(thickened(shifted(rotated(DIGITS, 90), 3, 0), 1), 0.2))
    assert torch.equal(changes.apply(DIGITS), by_hand)
    assert changes.made == ("rotate", "shift_x", "thicken", "noise", "invert")
    assert changes.only("shift_x") == Changes(shift_x=3)
    assert changes.only("noise", 0.5) == Changes(noise=0.5)


@pytest.mark.parametrize("name", STRENGTHS)
def test_every_strength_can_be_had_and_what_lies_beyond_is_refused(name):
    assert list(STRENGTHS[name]) == sorted(STRENGTHS[name])
    for strength in STRENGTHS[name]:
        changed = Changes().only(name, strength).apply(DIGITS)
        assert (changed.shape, changed.dtype) == (DIGITS.shape, DIGITS.dtype)
        assert torch.equal(changed, DIGITS) == (strength == 0 or (name == "rotate" and strength % 360 == 0))
    for beyond in (STRENGTHS[name][0] - 1, STRENGTHS[name][-1] + 1, math.nan, math.inf):
        with pytest.raises(InvalidValue, match=f"{name} must be between"):
            Changes(**{name: beyond})


def test_half_pixels_cannot_be_shifted():
    with pytest.raises(InvalidValue, match=r"whole number of pixels, got 0\.5"):
        Changes(shift_x=0.5)
