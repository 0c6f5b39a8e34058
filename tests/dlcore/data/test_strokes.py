"""Strokes are painted as a drawing canvas paints them."""

import numpy as np
import pytest

from dlcore.data.strokes import render


def test_a_dot_is_a_disc_of_the_pen_s_width():
    image = render([[(50, 50)]], size=100, width=20) / 255
    assert image.sum() == pytest.approx(np.pi * 10**2, rel=0.03)
    assert image[50, 50] == 1


def test_a_line_has_round_caps_and_soft_edges():
    image = render([[(30, 50), (70, 50)]], size=100, width=10) / 255
    assert image.sum() == pytest.approx(40 * 10 + np.pi * 5**2, rel=0.05)
    assert image[50].nonzero()[0][[0, -1]] == pytest.approx([25, 75], abs=1)
    assert np.any((image > 0) & (image < 1))


def test_y_points_down_and_strokes_may_leave_the_canvas():
    image = render([[(10, 90), (300, 90)], []], size=100, width=6)
    assert image.shape == (100, 100)
    assert image[:50].sum() == 0
    assert image[90, 99] == 255


def test_no_strokes_leave_the_canvas_blank():
    assert render([], size=40).sum() == 0
