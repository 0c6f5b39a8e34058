"""Drawings with labels, as a page hands them over."""

import numpy as np
import pytest

from dlcore.data import ink
from dlcore.data.own.pictures import drawings
from dlcore.errors import InvalidValue
from tests.dlcore.data.own.shapes import NAMES, shape

DRAWN = [(name, shape(label, seed, 340)) for label, name in enumerate(NAMES) for seed in range(5)]


def test_drawings_become_images_by_the_rule_of_the_draw_page():
    found = drawings(reversed(DRAWN))
    assert (found.examples.classes, found.examples.counts, found.notes) == (NAMES, (5, 5, 5), ())
    np.testing.assert_array_equal(found.examples.images[-1, 0], ink.read(DRAWN[0][1]).image)


def test_a_blank_drawing_is_left_out_and_named():
    found = drawings([*DRAWN, ("ring", np.zeros((340, 340), np.uint8)), ("ring", np.zeros(3, np.uint8))])
    assert found.examples.counts == (5, 5, 5)
    assert found.notes[0].startswith("Left out: drawing 16 (it shows nothing); drawing 17 (A drawing must be uint8")


def test_no_drawings_are_a_sentence():
    with pytest.raises(InvalidValue, match="no picture in it"):
        drawings([])
