"""Corrections in their file, alone or beside the images of one's own."""

import numpy as np
import pytest

from dlcore.data.own.corrections import IMAGES, LABELS, MOST, Corrections
from dlcore.data.own.examples import Examples
from dlcore.errors import InvalidValue
from tests.dlcore.data.own.shapes import NAMES, examples, shape

OWN = examples(6)


def labelled(*names: str) -> list[tuple[str, np.ndarray]]:
    return [(name, shape(NAMES.index(name), seed)) for seed, name in enumerate(names)]


def test_one_is_enough_and_the_file_brings_it_back():
    made = Corrections.of(labelled("ring"), NAMES)
    found = Corrections.read(made.data)
    assert (found.labels.tolist(), found.classes, found.beside) == ([2], NAMES, None)
    np.testing.assert_array_equal(found.images, made.images)
    assert made.data == Corrections.of(labelled("ring"), NAMES).data


def test_beside_images_of_ones_own_both_can_be_read_from_one_file():
    made = Corrections.of(labelled("bar", "beam"), NAMES, OWN)
    np.testing.assert_array_equal(Examples.read(made.data).images, OWN.images)
    assert Corrections.read(made.data).labels.tolist() == [0, 1]
    with pytest.raises(InvalidValue, match="damaged"):
        Corrections.read(OWN.data)


def test_what_is_none_of_the_classes_is_left_out():
    made = Corrections.of([*labelled("ring"), ("cat", shape(0, 5))], NAMES)
    assert made.labels.tolist() == [2]
    with pytest.raises(InvalidValue, match="no correction yet"):
        Corrections.of([("cat", shape(0, 5))], NAMES)


def test_other_classes_than_those_of_the_images_are_refused():
    with pytest.raises(InvalidValue, match="the same classes"):
        Corrections.of([("a", shape(0, 0))], ("a", "b"), OWN)


@pytest.mark.parametrize("data", [b"", b"x" * 100, OWN.data[:200], b"\xff" * 20_000_000])
def test_a_file_that_is_none_is_one_sentence(data):
    with pytest.raises(InvalidValue):
        Corrections.read(data)


def test_more_than_a_sheet_holds_are_refused():
    with pytest.raises(InvalidValue, match="up to 500"):
        Corrections(np.zeros((MOST + 1, 1, 28, 28), np.uint8), np.zeros(MOST + 1, np.int64), NAMES)


def test_names_in_the_file_are_those_that_scripts_read():
    assert (IMAGES, LABELS) == ("corrections.images", "corrections.labels")
