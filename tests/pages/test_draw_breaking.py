"""Breaking a reader: the changed drawing, the changed test images, and a link that holds it all."""

import pytest
import torch

from dlcore.data import load
from dlcore.data.changes import STRENGTHS, Changes
from dlcore.use.classifier import Classifier, Reading
from dlcore.use.robustness import measure
from pages.parts.draw import breaking, breaking_controls, samples
from pages.shared import session
from tests.dlcore.data.own.shapes import NAMES
from tests.pages.test_draw import answer, browser, click, draw, learned, visit  # noqa: F401
from tests.pages.test_own_images import run as own  # noqa: F401
from tests.pages.visits import html, metric, metrics, text, warned, words


@pytest.fixture(autouse=True)
def one_at_a_time(monkeypatch):
    """Curves of three strengths, so that tests need not wait."""
    short = {name: (values[0], 0, values[-1]) for name, values in STRENGTHS.items()}
    monkeypatch.setattr("dlcore.data.changes.STRENGTHS", short)


@pytest.fixture
def charts(monkeypatch):
    """The figures that the section drew."""
    shown = []
    monkeypatch.setattr(breaking, "plot", lambda key, figure, **options: shown.append(figure))
    return shown


def test_a_blank_canvas_leaves_the_test_images_to_break(visit, browser, charts):  # noqa: F811
    app = visit(draw_section="breaking", run="mlp")
    assert any("Draw something" in each.value for each in app.caption)
    found = load("digits").test
    measured = measure(Classifier.load("mlp"), found.images, found.labels, Changes())
    assert metric(app, "Read right") == f"{100 * measured.share:.1f}\u00a0%"
    assert metric(app, "Likely between") == measured.interval.said
    assert "360 test images of scikit-learn's digits" in words(app)
    assert "MNIST, on which it was trained, is not on this machine" in warned(app)
    assert [trace.name for trace in charts[-1].data if trace.name] == ["accuracy on test images", "of them refused"]


def test_changes_of_a_link_are_done_to_the_drawing_and_to_test_images(visit, browser, charts):  # noqa: F811
    app = visit(draw_section="breaking", run="mlp", break_rotate="180", break_occlude="4", break_curve="occlude")
    draw(app, browser)
    assert ">7<" in answer(app), "the answer above is that of the drawing as it is"
    assert "As it is: **7," in text(app)
    assert any("Changed: rotate, cover the middle" in each for each in html(app))
    found = load("digits").test
    changed = measure(Classifier.load("mlp"), found.images, found.labels, Changes(rotate=180, occlude=4))
    assert metric(app, "Read right") == f"{100 * changed.share:.1f}\u00a0%"
    curve = next(trace for trace in charts[-1].data if trace.name == "accuracy on test images")
    assert list(curve.x) == [0, 0, 20]
    alone = measure(Classifier.load("mlp"), found.images, found.labels, Changes(occlude=20))
    assert curve.y[-1] == alone.share
    mine = charts[-1].data[-1]
    assert mine.name == "this drawing: probability of 7"
    assert mine.y[0] > 0.5 > mine.y[-1]


def test_one_click_breaks_and_one_mends(visit, browser, charts):  # noqa: F811
    app = visit(draw_section="breaking", run="mlp", break_noise="0.2")
    whole = metrics(app)["Read right"]
    click(app, "Negative")
    assert (app.slider(key="break_invert").value, app.slider(key="break_noise").value) == (1.0, 0.0)
    assert app.selectbox(key="break_curve").value == "invert"
    assert metrics(app)["Read right"] != whole
    app.slider(key="break_shift_x").set_value(3).run()
    assert app.selectbox(key="break_curve").value == "shift_x", "the curve follows the slider"
    click(app, "Reset")
    assert all(each.value == 0 for each in app.slider)


@pytest.mark.parametrize("bad", ["banana", "1e9", "-999", "nan", ""])
def test_a_bad_strength_in_a_link_is_none_and_a_sentence(visit, browser, charts, bad):  # noqa: F811
    app = visit(draw_section="breaking", run="mlp", break_rotate=bad, break_invert=bad)
    assert all(each.value == 0 for each in app.slider)
    assert "break_rotate" in warned(app)


def test_a_network_of_ones_own_is_broken_too(visit, browser, store, charts):  # noqa: F811
    app = visit(draw_section="breaking", run=learned(store), break_noise="0.5")
    draw(app, browser)
    assert "this drawing" in charts[-1].data[-1].name
    assert "not on this machine" not in warned(app)


def test_no_images_no_figures(visit, browser, store, charts):  # noqa: F811
    """Fashion-MNIST is not on this machine, and digits are none of its classes."""
    run = learned(store)
    classifier = Classifier.load(store.weights(run))
    assert len(samples.sample(classifier, run)) == 360
    classifier.labels = tuple("abcdefghij")
    assert samples.sample(classifier, run) is None


def test_own_images_are_measured_on_their_own_test_split(visit, browser, own, charts):  # noqa: F811
    app = visit(draw_section="breaking", run=own.id)
    count = own.started_record.sizes["test"]
    assert f"{count} test images of its own set" in words(app)
    classifier = Classifier.load(session.store().weights(own.id))
    found = samples.sample(classifier, own.id)
    assert (len(found), set(found.labels.tolist())) == (count, set(range(len(NAMES))))


def test_the_sliders_go_as_far_as_the_changes():
    assert breaking_controls.CONTROLS.keys() == STRENGTHS.keys()
    for name, each in breaking_controls.CONTROLS.items():
        assert (each.low, each.high) == (STRENGTHS[name][0], STRENGTHS[name][-1])


def test_how_much_a_drawing_takes_is_counted_from_its_middle():
    def readings(labels):
        return [Reading(0, each, 0.9, (0.9, 0.1), 0, each != "-", "") for each in labels]

    before = readings("7")[0]
    strengths = (-20, -10, 0, 10, 20)
    assert "stays a 7 from −10 to 20." in breaking.held(strengths, readings("-7777"), before)
    assert "stays a 7 from 0 to 0." in breaking.held(strengths, readings("71717"), before)
    assert breaking.held(strengths, readings("77777"), readings("-")[0]) == ""


def test_each_shown_test_image_has_the_noise_with_which_it_was_counted():
    images = torch.zeros(3, 1, 28, 28, dtype=torch.uint8)
    assert not torch.equal(Changes(noise=0.5).apply(images)[2], Changes(noise=0.5).apply(images[2:])[0])
