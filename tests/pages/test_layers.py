"""What each layer sees: what the browser is given, and the section on the page of a run."""

import base64
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch

from dlcore import data as sets
from dlcore.config.images import DataConfig, described
from dlcore.config.run import RunConfig
from dlcore.config.training import TrainingConfig
from dlcore.inspect.walk import walk
from dlcore.models.initial import initial
from dlcore.use.classifier import Classifier
from pages.shared import canvas, layer_view, layers
from pages.shared.examples import EXAMPLES
from tests.pages.visits import ME, trained, visited, words

DIGITS = sets.load("digits")
IMAGE = DIGITS.test.images[3]
CONFIG = RunConfig.of(
    "conv 4 3x3, residual(conv 4 3x3 pad 1, batch-norm), relu, flatten, dense 10",
    data=DataConfig("digits", train_size=60),
    training=TrainingConfig(epochs=1),
)


@pytest.fixture(scope="module")
def seen():
    classifier = Classifier.load("cnn-64")
    return walk(classifier.model, described(classifier.config), IMAGE)


def array(packed):
    """What the browser unpacks."""
    return np.frombuffer(base64.b64decode(packed["bytes"]), packed["type"]).reshape(packed["shape"])


def test_the_browser_is_given_every_number_behind_a_map(seen):
    place = next(i for i, each in enumerate(seen.layers) if each.step.path == "conv2")
    shown = layers.data(seen, place, 5, "0123456789")
    recipe = shown["recipe"]
    inputs, kernel, output = array(recipe["inputs"]), array(recipe["kernel"]), array(shown["output"])
    assert (recipe["kind"], inputs.shape[0], kernel.shape) == ("weighted", 32, (32, 3, 3))
    for row, column in ((0, 0), (4, 7)):
        patch = inputs[:, row : row + 3, column : column + 3]
        assert (patch * kernel).sum() + recipe["bias"] == pytest.approx(output[row, column], abs=1e-5)
    assert array(shown["boxes"]).shape == (output.size, 4)
    assert 'data-n="2"' in shown["formula"]


def test_all_layers_are_drawn_in_shades_of_one_scale_each(seen):
    shown = layers.data(seen, 1, 0, "0123456789")
    assert [each["title"] for each in shown["layers"]][:3] == ["image", "conv 32 3×3", "pool 2"]
    assert shown["layers"][-1]["title"] == "softmax"
    for layer, small in zip(seen.layers, shown["layers"], strict=True):
        kind = np.int8 if small["signed"] else np.uint8
        shades = np.frombuffer(base64.b64decode(small["shades"]), kind).astype(float)
        kept = layer.maps.numpy()[: small["kept"]].flatten()
        assert np.allclose(shades * small["top"] / (127 if small["signed"] else 255), kept, atol=small["top"] / 127)
        assert small["cells"] or small["kept"] <= layers.MOST_SMALL


def test_a_value_stays_chosen_while_the_weights_change_but_not_the_image():
    before, after = (initial(replace(CONFIG, training=replace(CONFIG.training, seed=seed))) for seed in (0, 1))
    tokens = [
        layers.data(walk(model, described(CONFIG), image), 1, 0, "0123456789")["token"]
        for model, image in ((before, IMAGE), (after, IMAGE), (after, DIGITS.test.images[4]))
    ]
    assert tokens[0] == tokens[1] != tokens[2]


def test_what_is_sent_stays_moderate(seen):
    for place in range(len(seen.layers)):
        assert len(str(layers.data(seen, place, 0, "0123456789"))) < 500_000


def test_every_kind_of_recipe_has_its_formula_with_places_for_its_numbers(seen):
    kinds = {layers.data(seen, place, 0, "0123456789")["recipe"]["kind"] for place in range(len(seen.layers))}
    assert kinds == {"pixel", "weighted", "largest", "bend", "same", "softmax"}
    assert kinds <= set(layers._NUMBERS)


def test_a_network_whose_weights_are_no_numbers_is_shown_too(seen):
    classifier = Classifier.load("mlp")
    for each in classifier.model.parameters():
        each.fill_(float("nan"))
    broken = walk(classifier.model, described(classifier.config), IMAGE)
    for place in range(len(broken.layers)):
        shown = layers.data(broken, place, 0, "0123456789")
        assert "nan" not in str(shown["recipe"].get("bias")), "JSON has no word for it"
    assert shown["maps"]["range"] == "no numbers"
    best = layers._most_exciting(classifier, broken, DIGITS.validation.images, 2)
    assert layers._exciting(best, DIGITS.validation.images, broken.layers[2], 0) is None


def test_the_classes_are_named_at_the_end_only(seen):
    last = len(seen.layers) - 1
    assert layers.data(seen, last, 0, "0123456789")["labels"] == list("0123456789")
    assert layers.data(seen, last - 2, 0, "0123456789")["labels"] == []


@pytest.fixture
def visit(store):
    return partial(visited, "pages/train.py", ME)


@pytest.fixture
def placed(monkeypatch):
    """What the sections of a page were called with."""
    calls = []
    monkeypatch.setattr(layer_view, "section", lambda *given: calls.append(given))
    return calls


def test_a_finished_run_shows_its_layers(visit, store):
    run = trained(store, CONFIG)
    app = visit(run=run.id, train_inside="layers")
    assert not app.exception
    assert app.selectbox(key="layers_class").value == "3"
    assert "With the weights: The trained network" in words(app)


def test_the_weights_are_those_of_the_moment_that_is_shown(visit, store, placed):
    run = trained(store, CONFIG)
    assert "With the weights: Before training" in words(visit(run=run.id, train_inside="layers", at="0"))
    _, classifier, *_ = placed[-1]
    assert torch.equal(classifier.model.conv.weight, initial(run.config).conv.weight)


def test_the_image_is_the_nth_of_a_class_and_the_validation_images_come_along(visit, store, placed):
    run = trained(store, CONFIG)
    app = visit(run=run.id, train_inside="layers")
    app.selectbox(key="layers_class").set_value("7").run()
    app.number_input(key="layers_number").set_value(2).run()
    key, classifier, image, validation = placed[-1]
    members = (DIGITS.test.labels == 7).nonzero().flatten()
    assert torch.equal(image, DIGITS.test.images[members[2]])
    assert torch.equal(validation, DIGITS.validation.images)
    assert run.id in key
    assert classifier.config.model.network == CONFIG.model.network


def test_what_was_drawn_on_the_page_draw_can_be_looked_at(visit, store, placed):
    run = trained(store, CONFIG)
    app = visit(run=run.id, train_inside="layers")
    strokes = canvas.as_tuples(EXAMPLES[0].strokes)
    drawing = canvas.Drawing(canvas.render(strokes, size=canvas.UNITS, width=canvas.PEN), strokes)
    app.session_state["draw.kept"] = {"drawing": drawing}
    app.run()
    app.selectbox(key="layers_image").set_value("own").run()
    image = placed[-1][2]
    assert image.shape == (1, 28, 28)
    assert image.any()
