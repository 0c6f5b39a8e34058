"""A drawing piece by piece: each moment is what a pen that moves on has left on the paper."""

import numpy as np
import pytest

from dlcore.data.growing import beginning, moments

SQUARE = [(0, 0), (100, 0), (100, 100)]
BAR = [(0, 50), (50, 50)]


def length(lines):
    return sum(np.hypot(*np.diff(np.array(line), axis=0).T).sum() for line in lines)


def test_the_beginning_of_a_line_turns_where_the_line_does():
    assert beginning(SQUARE, 0.25) == ((0, 0), (50, 0))
    assert beginning(SQUARE, 0.75) == ((0, 0), (100, 0), (100, 50))
    assert beginning(SQUARE, 1) == tuple(SQUARE)


def test_the_pen_moves_as_fast_everywhere_and_ends_with_the_whole_drawing():
    found = moments([SQUARE, BAR], most=10)
    assert [each.stroke for each in found] == [0] * 8 + [1] * 2
    assert found[-1].lines == (tuple(SQUARE), tuple(BAR))
    for each in found:
        assert length(each.lines) == pytest.approx(250 * each.share)
    assert np.allclose(np.diff([each.share for each in found]), 0.1)


def test_every_stroke_has_its_end_among_the_moments():
    found = moments([SQUARE, BAR, [(9, 9)], BAR], most=20)
    assert [each.stroke for each in found if each.whole] == [0, 1, 2, 3]
    assert found[-1].share == 1


@pytest.mark.parametrize(
    "strokes", [[[(5, 5)]], [[(5, 5), (5, 5)]], [BAR] * 3, [BAR] * 200, [SQUARE] + [[(1, 1)]] * 60]
)
def test_there_are_never_more_moments_than_asked_for(strokes):
    found = moments(strokes, most=30)
    assert 1 <= len(found) <= 30
    assert len(found[-1].lines) == len(strokes)
    shares = [each.share for each in found]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1)
