"""Several digits are found and read one by one, and one digit stays one."""

import math
from dataclasses import replace

import numpy as np
import pytest

from dlcore.data import ink, load
from dlcore.data.strokes import render
from dlcore.use import numbers
from dlcore.use.classifier import DEFAULT, Classifier, Reading
from tests.dlcore.use.handwriting import BARRED_SEVEN, FIVE_WITH_A_ROOF_APART, OPEN_FOUR, SLASHED_ZERO, beside


@pytest.fixture(scope="module")
def classifier():
    return Classifier.load(DEFAULT)


def found(classifier, pixels):
    return numbers.find(classifier, *classifier.drawing(pixels))


@pytest.mark.parametrize("gap", [0.05, 0.15, 0.4])
@pytest.mark.parametrize("seed", range(6))
def test_digits_beside_one_another_are_a_number(classifier, gap, seed):
    digits = np.random.default_rng(seed).integers(0, 10, 2 + seed % 4).tolist()
    number = found(classifier, beside(digits, gap=gap, height=70, width=9))
    assert len(number.characters) == len(digits)
    assert numbers.text(number.readings) == "".join(map(str, digits))


@pytest.mark.parametrize("name", ["cnn-64", "mlp"])
def test_most_numbers_of_other_hands_are_read(name):
    """Scikit-learn's digits, three beside one another."""
    network, test = Classifier.load(name), load("digits").test
    right = 0
    for place in range(0, 90, 3):
        images = test.images[place : place + 3, 0].numpy()
        sheet = np.concatenate([np.pad(each[:, 4:24], 3) for each in images], axis=1)
        number = found(network, np.kron(sheet, np.ones((4, 4), np.uint8)))
        right += number is not None and len(number.characters) == 3
    assert right >= 26


@pytest.mark.parametrize("digits", [[3, 8], [6, 8], [8, 3], [2, 3, 5]])
def test_digits_that_touch_are_cut(classifier, digits):
    number = found(classifier, beside(digits, gap=-0.02, height=110, width=13))
    assert numbers.text(number.readings) == "".join(map(str, digits))


@pytest.mark.parametrize(
    ("strokes", "digit"), [(FIVE_WITH_A_ROOF_APART, 5), (BARRED_SEVEN, 7), (SLASHED_ZERO, 0), (OPEN_FOUR, 4)]
)
def test_a_digit_of_two_strokes_is_one(classifier, strokes, digit):
    pixels = render(strokes, width=14)
    assert found(classifier, pixels) is None
    assert classifier.drawing(pixels)[1].digit == digit


@pytest.mark.parametrize("digit", range(10))
@pytest.mark.parametrize("hand", [{"width": 8}, {"width": 18}, {"width": 14, "stretch": 1.8}])
def test_a_single_digit_is_one_even_if_it_is_wide(classifier, digit, hand):
    stretch = hand.pop("stretch", 1)
    pixels = beside([digit], gap=0, height=150 / stretch, **hand)
    wide = np.kron(pixels, np.ones((1, 2), np.uint8))[:, 200:600] if stretch > 1 else pixels
    assert found(classifier, wide) is None


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((280, 280), np.uint8),
        render([[(140, 140)]]),
        render([[(40 + 200 * (i % 2), 40 + 5 * i) for i in range(40)]], width=10),
        render([[(10, y), (270, y)] for y in range(10, 280, 10)]),
        render([[(12 + 16 * at, 100), (12 + 16 * at, 160)] for at in range(17)], width=5),
    ],
    ids=["blank", "dot", "scribble", "full", "seventeen strokes"],
)
def test_what_is_no_number_is_none(classifier, pixels):
    assert found(classifier, pixels) is None


def test_boxes_lie_around_the_ink_from_left_to_right(classifier):
    pixels = beside([4, 2, 7], gap=0.2)
    number = found(classifier, pixels)
    assert [each.box[0] for each in number.characters] == sorted(each.box[0] for each in number.characters)
    whole = np.zeros_like(pixels, bool)
    for each in number.characters:
        left, top, right, bottom = each.box
        inside = pixels[top:bottom, left:right] * each.place[top:bottom, left:right]
        assert inside[0].any()
        assert inside[-1].any()
        assert inside[:, 0].any()
        assert inside[:, -1].any()
        whole[top:bottom, left:right] = True
    assert whole[pixels > 51].all()


def test_each_is_read_as_it_would_be_alone(classifier):
    pixels = beside([3, 9], gap=0.2)
    for each in found(classifier, pixels).characters:
        alone, reading = classifier.drawing(np.where(each.place, pixels, 0).astype(np.uint8))
        assert np.abs(alone.image.astype(int) - each.image.astype(int)).max() <= 2
        assert reading.digit == each.reading.digit


def test_sureness_is_a_product_and_what_is_unknown_is_a_question_mark():
    sure = Reading(4, "4", 0.9, (0.1, 0.9), 2.0, True, "")
    doubted = replace(sure, label="2", confidence=0.5, is_digit=False, reason="?")
    assert math.isclose(numbers.confidence([sure, sure, doubted]), 0.405)
    assert numbers.text([sure, doubted]) == "4?"
    assert numbers.text([replace(sure, label="circle"), sure]) == "circle 4"


def test_a_number_with_an_unknown_character_keeps_its_place(classifier):
    heart = render([[(330, 190), (300, 160), (310, 140), (330, 152), (350, 140), (360, 160), (330, 190)],
                    [(318, 150), (342, 178)], [(342, 150), (318, 178)]], size=400, width=9)  # fmt: skip
    number = found(classifier, np.maximum(np.roll(beside([4, 7], gap=0.2, height=70, width=9), -80, axis=1), heart))
    assert numbers.text(number.readings) == "47?"


def test_two_rows_are_named_instead_of_read(classifier):
    rows = np.concatenate([beside([4, 2], gap=0.2, size=300)[80:220], beside([1, 7], gap=0.2, size=300)[80:220]])
    drawn, whole = classifier.drawing(rows)
    assert numbers.find(classifier, drawn, whole) is None
    assert numbers.reason(drawn, whole) == numbers.ROWS


def test_a_network_of_other_classes_takes_only_what_stands_apart_for_several(classifier):
    header = {"labels": tuple("abcdefghij"), "config": classifier.config, "threshold": -99.0, "measured": {}}
    network = Classifier(classifier.model, header, "letters", {})
    pixels = beside([4, 2], gap=0.2)
    drawn, whole = network.drawing(pixels)
    assert whole.is_digit
    assert numbers.find(network, drawn, whole) is None, "one of its classes may be made of two strokes"
    doubted = replace(whole, is_digit=False, reason="?")
    assert len(numbers.find(network, drawn, doubted).characters) == 2
    touching, whole = network.drawing(beside([0, 0], gap=-0.02))
    assert numbers.find(network, touching, replace(whole, is_digit=False)) is None


def test_the_ink_of_a_part_is_fitted_as_ink_read_fits_it(classifier):
    pixels = beside([8], gap=0)
    levels = ink.read(pixels).steps[0].image.astype(np.float32) / 255
    assert np.array_equal(ink.fitted(ink.cleared(levels)[0]), ink.read(pixels).image)
