"""Strokes as the canvas in the browser sends them, honest ones and others."""

import numpy as np
import pytest

from pages.shared import canvas
from pages.shared.canvas_strokes import MOST_POINTS, MOST_STROKES, flattened
from pages.shared.examples import EXAMPLES, UNITS

SCALE = UNITS / canvas.SIDE


def path(*commands):
    return {"type": "Path", "path": [list(each) for each in commands]}


def test_what_was_placed_on_the_canvas_comes_back_as_it_was():
    for example in EXAMPLES:
        found = flattened([canvas._path(stroke) for stroke in example.strokes])
        assert len(found) == len(example.strokes)
        for line, stroke in zip(found, example.strokes, strict=True):
            assert np.allclose(line, stroke)


def test_a_curve_of_the_pencil_goes_through_its_own_middle():
    (line,) = flattened([path(("M", 0, 0), ("Q", 100, 0, 100, 100), ("L", 200, 100))])
    assert np.allclose(line, np.array([(0, 0), (75, 25), (100, 100), (200, 100)]) * SCALE)


def test_a_cubic_curve_too():
    (line,) = flattened([path(("M", 0, 0), ("C", 0, 80, 80, 80, 80, 0))])
    assert np.allclose(line, np.array([(0, 0), (40, 60), (80, 0)]) * SCALE)


def test_a_tap_is_one_point():
    (line,) = flattened([path(("M", 34, 34), ("L", 34, 34))])
    assert np.allclose(line, 28)


@pytest.mark.parametrize(
    "bad",
    [
        7, "M 1 2", None, {}, {"path": "M 1 2"}, {"path": []}, {"path": [7, "x", None, []]}, {"type": "Circle"},
        path(("M", "1", 2)), path(("M", float("nan"), 2)), path(("M", 1, 2, 3)), path(("L",)), path(("Z",)),
        path(("M", [1], 2)), path(("M", 1e300, 2)), path(("M", 10**400, 2)), path(("M", float("inf"), 2)),
        {"path": [[["M"], 1, 2]]},
    ],
)  # fmt: skip
def test_what_is_no_stroke_is_left_out(bad):
    good = path(("M", 0, 0), ("L", 34, 34))
    assert flattened([bad, good]) == flattened([good])


def test_no_payload_makes_more_points_than_can_be_drawn_at_once():
    long = path(("M", 0, 0), *(("Q", x % 340, 10, x % 340, 300) for x in range(9_000)))
    found = flattened([long])
    assert 100 < sum(map(len, found)) <= MOST_POINTS
    assert found[0][-1] == pytest.approx((8_999 % 340 * SCALE, 300 * SCALE))
    many = flattened([path(*(("L", x % 340, y % 340) for x in range(40))) for y in range(9_000)])
    assert len(many) == MOST_STROKES
    assert sum(map(len, many)) <= MOST_POINTS
