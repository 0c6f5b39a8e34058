"""Why a drawing is read as it is: the section of the page Draw, with networks of every kind."""

import base64
import os
import re

import numpy as np
import pytest

from dlcore.config.run import RunConfig
from dlcore.formula.numbers import number, percent
from dlcore.use.classifier import DEFAULT, Classifier
from pages.figures.pixels import Panel, packed
from pages.parts.draw import why_question
from pages.shared import own_images
from tests.dlcore.data.own.shapes import NAMES, examples
from tests.pages.test_draw import answer, browser, click, draw, visit  # noqa: F401
from tests.pages.test_shown_code import DRAWING, ran
from tests.pages.visits import ME, html, sent, trained, words, worked

WAYS = ["Saliency", "Integrated gradients", "Grad-CAM", "Occlusion"]


@pytest.fixture
def opened(visit, browser):  # noqa: F811
    """The section with something drawn."""

    def opened(example="7 with a bar", **link):
        app = visit(draw_section="why", **link)
        click(app, example)
        assert not app.exception
        return app

    return opened


def panels(app):
    """The pictures of both kinds, by their titles."""
    return {panel["title"]: panel for each in sent(app) if "panels" in each for panel in each["panels"]}


def array(packed):
    return np.frombuffer(base64.b64decode(packed["bytes"]), packed["type"]).reshape(packed["shape"]).copy()


def nearest(app):
    """The captions of the sheet of training images."""
    (body,) = (each for each in html(app) if 'class="sheet"' in each)
    return [each.split("</figcaption>")[0] for each in body.split("<figcaption>")[1:]]


def test_a_blank_canvas_invites(visit):  # noqa: F811
    app = visit(draw_section="why")
    assert any("which of its pixels the answer depends on" in each.value for each in app.caption)
    assert not panels(app)


@pytest.mark.parametrize("name", ["reader", "cnn-64", "mlp"])
def test_a_drawing_is_explained_in_every_way(opened, name):
    app = opened("Slanted", run=name)
    shown = panels(app)
    assert list(shown) == [*WAYS, "Your drawing", "What changes", "The result"]
    assert answer(app).count(">5<")
    for way in WAYS:
        if (name, way) == ("mlp", "Grad-CAM"):
            assert "no convolutional maps" in shown[way]["missing"]
        else:
            assert array(shown[way]["values"]).shape == (28, 28)
            assert array(shown[way]["values"]).any()
    assert len(nearest(app)) == 8
    assert "of the 8 are labelled 5" in words(app).replace("**", "")
    assert "What would make it another one?" in [each.value for each in app.subheader]


def test_the_shares_are_those_of_the_score_on_the_screen(opened):
    app = opened("Slanted", run="mlp")
    shares = array(panels(app)["Integrated gradients"]["values"])
    said = panels(app)["Integrated gradients"]["said"]
    assert said.startswith(f"Sum {number(float(shares.astype(float).sum()))}")
    assert "off" in said
    assert "The score of **5** is" in words(app)


def test_any_class_can_be_asked_about_and_is_in_the_link(opened):
    app = opened("Slanted")
    before = array(panels(app)["Saliency"]["values"])
    app.selectbox(key="why_class").set_value("3").run()
    assert app.query_params["why_class"] == "3"
    assert "The score of **3** is" in words(app)
    assert not np.array_equal(before, array(panels(app)["Saliency"]["values"]))
    again = opened("Slanted", why_class="3", why_layer="0", why_square="3")
    assert np.array_equal(array(panels(app)["Saliency"]["values"]), array(panels(again)["Saliency"]["values"]))
    assert "from 26×26 places" in panels(again)["Grad-CAM"]["said"]
    assert "3×3 pixels of paper" in panels(again)["Occlusion"]["text"]
    assert not again.warning


def test_the_change_really_flips_the_answer(opened):
    app = opened("Slanted", why_into="3")
    shown, classifier = panels(app), Classifier.load(DEFAULT)
    result = array(shown["The result"]["image"])
    reading = classifier.read(result[None, None])[0]
    assert reading.label == "3"
    assert percent(reading.confidence) in shown["The result"]["said"]
    moved = (result.astype(float) - array(shown["Your drawing"]["image"])) / 255
    assert np.allclose(array(shown["What changes"]["values"]), moved, atol=1e-6)
    assert f"in {np.count_nonzero(moved)} of 784 pixels" in words(app)
    sure = opened("Slanted", why_into="3", why_sure="0.9")
    assert classifier.read(array(panels(sure)["The result"]["image"])[None, None])[0].confidence >= 0.9


def test_it_is_not_turned_into_what_it_is(opened):
    app = opened("Slanted", why_into="5")
    assert "It reads this as **5** already" in words(app)
    assert "The result" not in panels(app)


def test_where_all_slopes_are_zero_it_says_so_and_still_finds_a_change(opened):
    app = opened("A scribble", why_into="4")
    assert "All slopes are 0" in words(app)
    assert "It gives no answer." in words(app)
    assert "Read as 4" in panels(app)["The result"]["said"]


def test_without_a_way_a_sentence_takes_the_place(opened, monkeypatch):
    monkeypatch.setattr("pages.parts.draw.why_change.change", lambda *given, **named: None)
    app = opened("Slanted", why_into="1", why_sure="0.99")
    assert "No way was found: of the nearest training images labelled 1" in words(app)
    assert "reads none as 1 with 99\u00a0% or more. Ask for less" in words(app)
    assert "The result" not in panels(app)


def test_a_recurrent_network_is_explained_too(opened, store):
    config = RunConfig.of(
        "gru", {"name": "digits", "train_size": 300}, {"epochs": 2}, model={"hidden": 12, "layers": 1}
    )
    app = opened("Slanted", run=trained(store, config).id)
    shown = panels(app)
    assert "reads row after row" in shown["Grad-CAM"]["missing"]
    assert array(shown["Saliency"]["values"]).any()
    assert not array(shown["Saliency"]["values"])[0].any(), "it cuts off the edge"
    assert "among 300 images" in words(app)
    assert "12 numbers" in words(app)
    assert len(nearest(app)) == 8


def test_classes_of_ones_own_are_named_and_compared_with_ones_own_images(opened, store):
    own = examples(20)
    config = RunConfig.of(
        "conv 4 3x3, relu, pool 2, flatten, dense 8, relu, dense 3", {"name": "own", "labels": NAMES},
        {"epochs": 2, "batch_size": 16}, examples=own.digest,
    )  # fmt: skip
    store.submit(config, ME, examples=own.data)
    app = opened("Slanted", run=worked(store).id)
    assert {caption.split(" · ")[0] for caption in nearest(app)} <= set(NAMES)
    assert any(f"The score of **{name}** is" in words(app) for name in NAMES)
    assert "among 42 images" in words(app)


def test_what_stands_in_for_missing_images_says_so(opened):
    assert not os.environ.get("DLCORE_DATA")
    assert "MNIST, on which it was trained, is not on this machine: these are the embedded digits." in words(opened())


def test_with_nothing_to_compare_with_the_rest_goes_on(opened, store, monkeypatch):
    fashion = RunConfig.of("mlp", {"name": "digits", "train_size": 60}, {"epochs": 1})
    run = trained(store, fashion).id
    monkeypatch.setattr(own_images, "opened", lambda name, choice: None)
    monkeypatch.setattr(Classifier, "reads_digits", property(lambda self: False))
    app = opened("Slanted", run=run)
    assert words(app).count("so there is nothing to compare with.") == 2
    assert list(panels(app)) == WAYS


def test_a_network_whose_scores_are_no_numbers_is_a_sentence(opened, monkeypatch):
    logits = Classifier.logits
    monkeypatch.setattr(Classifier, "logits", lambda self, images: logits(self, images) * float("nan"))
    assert "The scores of this network are no numbers" in words(opened())


@pytest.mark.parametrize("bad", ["banana", "10", "-1", ""])
def test_a_bad_choice_in_a_link_is_a_sentence(opened, bad):
    app = opened(why_class=bad, why_into=bad)
    assert len(app.warning) == 2
    assert "The score of **7** is" in words(app)


def test_every_question_has_an_answer_from_the_screen(opened):
    app = opened("Slanted")
    for title, said in (
        ("The second choice", "add .* to its score, the others take"),
        ("Do they agree?", "Of the 20 pixels that speak most for the answer, \\d+ are the same"),
        ("Dust is enough", r"% of the drawing's ink, in \d+ pixels"),
    ):
        app.button(key=f"try_{title}").click().run()
        app.session_state[f"answer_{title}"] = True
        app.run()
        assert not app.exception
        assert re.search(said, words(app))
        assert "Press this card's button first" not in words(app)
        app.session_state[f"answer_{title}"] = False
    assert app.session_state["why_how"] == "pixels"
    assert app.query_params["why_square"] == "3"


def test_the_code_prints_what_the_page_shows(opened, tmp_path):
    app = opened(run="mlp", why_class="3")
    (script,) = (each.value for each in app.code if "integrated_gradients" in each.value)
    script = script.replace('learned(load("mnist"), classifier.config)', 'load("digits").train')
    assert 'load("digits").train' in script
    printed = ran(script, tmp_path, DRAWING).splitlines()
    slopes, *_ = printed[0].split()
    assert slopes.startswith("tensor(")
    assert len(eval(printed[1].split("] [")[0] + "]")) == 8


def test_results_are_kept_no_longer_than_the_network_and_not_without_end(monkeypatch):
    monkeypatch.setattr(why_question, "MOST_KEPT", 3)
    classifier = Classifier.load("mlp")
    image = why_question.torch.zeros(1, 28, 28, dtype=why_question.torch.uint8)
    asked = why_question.Question("mlp", classifier, image, classifier.read(image[None])[0])
    made = []
    for key in (1, 1, 2, 3, 4, 1):
        asked.once(("test", key), lambda key=key: made.append(key) or key)
    assert made == [1, 2, 3, 4, 1]
    before = len(why_question._results)
    del asked, classifier
    assert len(why_question._results) == before - 1


def test_a_picture_is_packed_with_its_scale():
    values = np.zeros((28, 28), np.float32)
    values[3, 4], values[5, 6] = -2.5, np.nan
    (one,) = packed([Panel("a", image=np.zeros((28, 28), np.uint8), values=values)])
    assert (one["top"], one["low"], one["high"]) == (2.5, "−2.5", "2.5")
    assert np.count_nonzero(array(one["values"])) == 1
    (positive,) = packed([Panel("a", image=np.zeros((28, 28), np.uint8), values=np.abs(np.nan_to_num(values)))])
    assert positive["low"] == "0"
