"""The nearest training images: against brute force, and with whatever network reads them."""

import pytest
import torch

from dlcore import data
from dlcore.config.image_sets import SHAPE
from dlcore.config.network_text import parse
from dlcore.config.run import RunConfig
from dlcore.data.pixels import normalise
from dlcore.data.prepare import training_split
from dlcore.inspect import neighbours
from dlcore.inspect.neighbours import Gallery, hidden, learned
from dlcore.models.build import build, sequential
from dlcore.use.classifier import Classifier

DIGITS = data.load("digits")
IMAGE = DIGITS.test.images[3]


def untrained(text):
    torch.manual_seed(2)
    return sequential(parse(text, SHAPE)).eval()


@pytest.fixture(scope="module")
def mlp():
    return Classifier.load("mlp").model


def test_the_last_layer_turns_what_is_hidden_into_scores(mlp):
    for model, last in ((mlp, mlp.output), (Classifier.load("cnn-64").model, Classifier.load("cnn-64").model.output)):
        seen = hidden(model, DIGITS.test.images[:5])
        assert torch.allclose(last(seen), model(normalise(DIGITS.test.images[:5])), atol=1e-5)


@pytest.mark.parametrize("both", [False, True])
def test_of_a_recurrent_network_it_is_the_state_at_the_end(both):
    torch.manual_seed(2)
    model = build(
        RunConfig.of("lstm", {"name": "digits"}, model={"hidden": 6, "layers": 1, "bidirectional": both})
    ).eval()
    seen = hidden(model, DIGITS.test.images[:5])
    assert seen.shape == (5, 12 if both else 6)
    assert torch.allclose(model.output(seen), model(normalise(DIGITS.test.images[:5])), atol=1e-5)


@pytest.mark.parametrize(
    ("text", "units"), [("flatten, dense 10", 784), ("conv 4 3x3, relu, conv 10 1x1, global-pool", 4 * 26 * 26)]
)
def test_without_a_hidden_layer_it_is_what_the_last_weights_are_given(text, units):
    assert hidden(untrained(text), DIGITS.test.images[:2]).shape == (2, units)


def test_the_nearest_are_those_that_brute_force_finds(mlp):
    gallery = Gallery(mlp, DIGITS.train.images, DIGITS.train.labels)
    found = gallery.nearest(IMAGE, 8)
    apart = (hidden(mlp, DIGITS.train.images).double() - hidden(mlp, IMAGE[None]).double()).square().sum(1).sqrt()
    order = apart.argsort()[:8]
    assert torch.equal(found.places, order)
    assert torch.allclose(found.distances.double(), apart[order], rtol=1e-5)
    known = DIGITS.train.images[20]
    assert gallery.nearest(known, 1).places.tolist() == [20]
    assert gallery.nearest(known, 1).distances.item() < 1e-3  # the same numbers but for rounding


def test_what_is_usual_is_the_median_distance_to_the_nearest_other(mlp):
    gallery = Gallery(mlp, DIGITS.train.images[:50], DIGITS.train.labels[:50])
    seen = hidden(mlp, DIGITS.train.images[:50])
    apart = torch.cdist(seen, seen)
    apart.fill_diagonal_(torch.inf)
    assert gallery.usual == pytest.approx(apart.amin(1).median().item(), rel=1e-4)


def test_it_is_filled_a_part_at_a_time_and_goes_on_where_it_was_left(mlp, monkeypatch):
    read = []
    monkeypatch.setattr(neighbours, "AT_ONCE", 20)
    gallery = Gallery(mlp, DIGITS.train.images[:50], DIGITS.train.labels[:50])
    monkeypatch.setattr(neighbours, "hidden", lambda model, images: read.append(len(images)) or hidden(model, images))
    assert next(gallery.fill()) == 0.4
    assert not gallery.filled
    assert list(gallery.fill()) == [0.8, 1.0]
    assert gallery.filled
    assert read == [20, 20, 10]
    assert list(gallery.fill()) == []


def test_too_many_images_are_a_sample_of_every_class(mlp, monkeypatch):
    monkeypatch.setattr(neighbours, "MOST_NUMBERS", 128 * 100)
    gallery = Gallery(mlp, DIGITS.train.images, DIGITS.train.labels)
    assert (len(gallery), gallery.known, gallery.units) == (100, len(DIGITS.train), 128)
    assert gallery.labels.bincount().tolist() == [10] * 10
    assert len(gallery.nearest(IMAGE, 500).places) == 100


def test_a_run_is_compared_with_the_images_that_it_had():
    config = RunConfig.of("mlp", {"name": "digits", "train_size": 60, "label_noise": 0.5})
    had = training_split(DIGITS, config.data, config.training.seed)
    assert torch.equal(learned(DIGITS, config).labels, had.labels)
    rows = RunConfig.of("gru", {"name": "digits", "train_size": 60})
    from dlcore.data.sequences import load

    assert torch.equal(learned(DIGITS, rows).images, load(rows.data, rows.training.seed).train.inputs)
