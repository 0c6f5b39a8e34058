"""A line of writing is cut where it costs the least ink."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcore.data import characters, ink
from dlcore.data.characters import has_two_rows, line
from dlcore.data.strokes import render
from tests.dlcore.use.handwriting import beside


def levels(pixels):
    return ink.read(pixels).steps[0].image


def clear(found):
    return [cut for cut in found.cuts if cut.clear]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(0, 9), min_size=1, max_size=5),
    st.floats(0.08, 0.4),
    st.sampled_from([(40, 5), (60, 9), (70, 12)]),
)
def test_digits_with_gaps_are_parted_by_cuts_that_cross_no_ink(digits, gap, hand):
    height, width = hand
    found = line(levels(beside(digits, gap=gap, height=height, width=width)))
    assert len(clear(found)) == len(digits) - 1


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=1, max_size=4), st.floats(-0.3, 0.4))
def test_every_bit_of_ink_is_in_one_part_and_no_part_is_blank(digits, gap):
    drawn = levels(beside(digits, gap=gap))
    found = line(drawn)
    borders = [None, *found.cuts, None]
    places = [found.place(*each) for each in pairwise(borders)]
    assert np.array_equal(np.sum(places, axis=0)[drawn > 51], np.ones((drawn > 51).sum()))
    assert all((drawn[place] > 51).any() for place in places)
    for each in pairwise(borders):
        part = found.part(*each)
        assert part.image.shape == (28, 28)
        assert part.image.max() > 0


def test_a_slanted_gap_is_followed():
    """Their boxes overlap: no straight line from top to bottom goes between them."""
    found = line(levels(render([[(60, 200), (140, 40)], [(100, 200), (180, 40)]], width=12)))
    (cut,) = clear(found)
    assert cut.gap > 0.05
    assert np.ptp(cut.path) > 10


def test_where_two_curves_touch_one_cut_goes_straight_through():
    """Two rings side by side: where they meet, the ink is as high as the bend of both."""
    angle = np.linspace(0, 2 * np.pi, 60)
    rings = [np.stack([x + 44 * np.cos(angle), 140 + 60 * np.sin(angle)], 1) for x in (90, 186)]
    found = line(levels(render(rings, width=14)))
    assert not clear(found)
    assert any(cut.crossed > 0.3 and np.abs(cut.path - found.ink.shape[1] / 2).max() < 6 for cut in found.cuts)


def test_a_long_line_is_cut_too():
    found = line(levels(render([[(4 + 30 * at, 130), (4 + 30 * at, 150)] for at in range(9)], width=6)))
    assert len(clear(found)) == 8
    assert max(found.ink.shape) <= characters.ROWS * characters.LONGEST + 2


@pytest.mark.parametrize(
    ("strokes", "rows"),
    [
        ([[(100, 20), (100, 110)], [(100, 160), (100, 250)]], True),
        ([[(60, 20), (60, 110), (160, 110)], [(60, 160), (160, 160), (100, 250)]], True),
        ([[(60, 120), (200, 120)], [(60, 170), (200, 170)]], False),
        ([[(100, 20), (100, 250)]], False),
        ([[(100, 30), (180, 30)], [(100, 70), (170, 150), (100, 240)]], False),
    ],
    ids=["one below one", "two rows", "equals sign", "one", "a five's roof"],
)
def test_rows_are_told_from_strokes(strokes, rows):
    assert has_two_rows(levels(render(strokes, width=14))) is rows
