"""A small change of an image after which it is read as another class: it really is, and little is changed."""

import math

import pytest
import torch

from dlcore import data
from dlcore.config.run import RunConfig
from dlcore.data import ink
from dlcore.data.strokes import render
from dlcore.inspect.counterfactual import change
from dlcore.training.loop import fit
from dlcore.training.records import Finished
from dlcore.use.classifier import Classifier

DIGITS = data.load("digits")
STROKES = {
    "seven": [[(82, 66), (204, 66), (122, 226)], [(98, 148), (190, 148)]],
    "letter": [[(76, 226), (140, 56), (204, 226)], [(100, 166), (180, 166)]],
}
IMAGES = {name: torch.from_numpy(ink.read(render(each)).image)[None] for name, each in STROKES.items()}
IMAGES["digit"] = DIGITS.test.images[3]
SEVEN, LETTER = IMAGES["seven"], IMAGES["letter"]


def examples(target):
    return DIGITS.train.images[DIGITS.train.labels == target]


@pytest.fixture(scope="module", params=["cnn-64", "mlp"])
def classifier(request):
    return Classifier.load(request.param)


@pytest.mark.parametrize("strokes", [True, False])
@pytest.mark.parametrize(("name", "target"), [("seven", 3), ("digit", 8), ("digit", 2), ("letter", 5)])
def test_it_is_read_as_the_class_that_was_asked_for(classifier, name, target, strokes):
    image = IMAGES[name]
    found = change(classifier.model, image, target, examples(target), strokes=strokes)
    reading = classifier.read(found.image[None])[0]
    assert reading.digit == target
    moved = (found.image.double() - image.double()) / 255
    assert found.added == pytest.approx(moved.clamp(min=0).sum().item())
    assert found.erased == pytest.approx(-moved.clamp(max=0).sum().item())
    assert found.pixels == int((moved != 0).sum()) > 0
    whole = (examples(target)[found.example].double() - image.double()).abs().sum().item() / 255
    assert found.ink < 0.6 * whole, "most of the way to the training image is taken back"


def test_as_sure_as_it_is_asked_to_be(classifier):
    least = math.log(9)
    found = change(classifier.model, SEVEN, 3, examples(3), least=least)
    reading = classifier.read(found.image[None])[0]
    assert (reading.label, reading.confidence >= 0.9) == ("3", True)
    assert found.ink > change(classifier.model, SEVEN, 3, examples(3)).ink


def test_single_pixels_need_less_ink_than_strokes(classifier):
    fine, coarse = (change(classifier.model, SEVEN, 3, examples(3), strokes=strokes) for strokes in (False, True))
    assert fine.ink < coarse.ink
    assert fine.pixels < coarse.pixels


def test_it_leads_out_of_where_gradients_are_zero():
    classifier = Classifier.load("cnn-64")
    assert not classifier.read(LETTER[None])[0].is_digit
    assert classifier.read(change(classifier.model, LETTER, 4, examples(4)).image[None])[0].label == "4"


def test_twice_the_same(classifier):
    first, second = (change(classifier.model, SEVEN, 3, examples(3)) for _ in range(2))
    assert torch.equal(first.image, second.image)


def test_nothing_is_found_where_no_example_is_read_as_the_class(classifier):
    assert change(classifier.model, SEVEN, 3, examples(8)[:5], least=math.log(99)) is None
    assert change(classifier.model, SEVEN, 3, examples(3)[:0]) is None


@pytest.mark.slow
def test_a_recurrent_network_is_turned_too():
    config = RunConfig.of("gru", {"name": "digits"}, {"epochs": 4}, model={"hidden": 24, "layers": 1})
    (ended,) = (each for each in fit(config) if isinstance(each, Finished))
    classifier = Classifier.load(ended.weights)
    image = DIGITS.test.images[3]
    target = (classifier.read(image[None])[0].digit + 1) % 10
    found = change(classifier.model, image, target, examples(target))
    assert classifier.read(found.image[None])[0].digit == target
