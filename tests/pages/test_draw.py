"""The drawing page, used as a visitor uses it, and by somebody who means harm."""

import base64
import io
import sys
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from dlcore.config.images import DataConfig
from dlcore.config.run import RunConfig
from dlcore.config.training import TrainingConfig
from dlcore.data.strokes import render
from pages.figures import digits
from pages.shared import canvas
from pages.shared.examples import EXAMPLES
from tests.pages.visits import ME, SOMEBODY, button, trained, visited

SEVEN = EXAMPLES[0].strokes
PATH = {"type": "Path", "path": [["M", 0, 0], ["L", 9, 9]], "stroke": "#000"}


@pytest.fixture
def browser(monkeypatch):
    """What the canvas in the browser sends: json_data and image_bytes, as the test sets them."""
    sends = SimpleNamespace(json_data={"objects": []}, image_bytes=None, shown=None)

    def st_canvas(**settings):
        sends.shown = settings
        return sends

    monkeypatch.setitem(sys.modules, "streamlit_drawable_canvas", SimpleNamespace(st_canvas=st_canvas))
    return sends


@pytest.fixture
def visit(store, browser):
    return partial(visited, "pages/draw.py", ME)


def learned(store, owner=ME, data="digits"):
    config = RunConfig.of("mlp", DataConfig(data, train_size=60), TrainingConfig(epochs=1, batch_size=16))
    return trained(store, config, owner, "mine").id


def png(pixels):
    """As a canvas sends it: ink in the alpha channel."""
    rgba = np.zeros((*pixels.shape, 4), np.uint8)
    rgba[..., 3] = pixels
    file = io.BytesIO()
    Image.fromarray(rgba).save(file, "PNG")
    return file.getvalue()


def drawn(strokes=SEVEN):
    scale = canvas.SIDE / canvas.UNITS
    scaled = [[(x * scale, y * scale) for x, y in stroke] for stroke in strokes]
    return png(render(scaled, size=canvas.SIDE, width=canvas.PEN * scale))


def draw(app, browser, image_bytes=None, objects=(PATH,)):
    browser.json_data, browser.image_bytes = {"objects": list(objects)}, image_bytes or drawn()
    app.run()
    assert not app.exception


def answer(app):
    return next(each.proto.body for each in app.get("html") if 'class="answer"' in each.proto.body)


def click(app, label):
    button(app, label).click().run()
    assert not app.exception


def test_a_blank_canvas_invites(visit):
    app = visit()
    assert "Nothing drawn yet" in answer(app)
    assert "Draw%20a%20digit%20here" in " ".join(each.proto.body for each in app.get("html"))


def test_a_drawing_is_read_with_a_number_for_each_digit(visit, browser):
    app = visit()
    draw(app, browser)
    assert ">7<" in answer(app)
    assert "% sure" in answer(app)
    bars = next(each.proto.body for each in app.get("html") if 'role="table"' in each.proto.body)
    assert bars.count("%</div>") == 10


@pytest.mark.parametrize(("title", "says"), [("Slashed zero", ">0<"), ("A scribble", "Not a digit")])
def test_one_click_draws_and_asks_a_question(visit, title, says):
    app = visit()
    click(app, title)
    assert says in answer(app)
    question = next(each.question for each in EXAMPLES if each.title == title)
    assert any(question in each.value for each in app.markdown)


def test_undo_and_clear(visit, browser):
    app = visit()
    draw(app, browser, objects=[PATH, PATH])
    click(app, "Undo")
    assert len(browser.shown["initial_drawing"]["objects"]) == 1
    click(app, "Clear")
    assert browser.shown["initial_drawing"]["objects"] == []
    assert "Nothing drawn yet" in answer(app)


def test_the_drawing_survives_a_change_of_page(visit, browser):
    app = visit()
    draw(app, browser)
    app.switch_page("pages/home.py").run()
    browser.json_data, browser.image_bytes = browser.shown["initial_drawing"], None
    app.switch_page("pages/draw.py").run()
    assert ">7<" in answer(app)
    assert len(browser.shown["initial_drawing"]["objects"]) == 1


def test_steps_can_be_switched_off_by_a_link(visit, browser):
    app = visit(crop="false", smooth="false")
    draw(app, browser)
    assert [each.value for each in app.toggle] == [False, True, False, True]
    assert any("With every step on" in each.value for each in app.markdown)
    assert "crop=False, smooth=False" in app.code[0].value


@pytest.mark.parametrize("bad", ["banana", "", "2", "<script>", "true;false"])
def test_a_bad_switch_in_a_link_leaves_the_step_on(visit, bad):
    assert [each.value for each in visit(crop=bad, centre=bad).toggle] == [True] * 4


def test_my_own_network_can_be_chosen_and_linked(visit, store, browser):
    run_id = learned(store)
    app = visit(run=run_id)
    assert app.selectbox[0].value == run_id
    assert not app.warning
    draw(app, browser)
    assert 'class="answer"' in answer(app)
    assert run_id in app.code[0].value
    app.selectbox[0].set_value("cnn-64").run()
    assert "run" not in app.query_params
    assert ">7<" in answer(app)


def test_a_network_of_others_is_read_by_its_link_only(visit, store):
    run_id = learned(store, owner=SOMEBODY)
    assert len(visit().selectbox[0].options) == len(visit(run=run_id).selectbox[0].options) - 1


@pytest.mark.parametrize("run_id", ["nobody", "../../etc/passwd", "*bold* <b>", "x" * 5000, "'; drop table runs"])
def test_an_unknown_run_in_a_link_is_one_sentence(visit, browser, run_id):
    app = visit(run=run_id)
    assert len(app.warning) == 1
    assert "comes with the app" in app.warning[0].value
    draw(app, browser)
    assert ">7<" in answer(app)


def test_a_run_that_has_learned_nothing_yet_is_one_sentence(visit, store):
    run_id = store.submit(RunConfig.of("mlp"), ME)
    assert "no trained network yet" in visit(run=run_id).warning[0].value


def test_a_damaged_network_is_one_sentence_and_the_next_visit_works(visit, store, monkeypatch):
    run_id = learned(store)
    monkeypatch.setattr(type(store), "weights", lambda self, run, epoch=None, last=False: b"\x08\0\0\0\0\0\0\0garbage!")
    app = visit(run=run_id)
    assert len(app.warning) == 1
    del app.query_params["run"]
    app.run()
    assert not app.warning


def bomb():
    file = io.BytesIO()
    Image.new("L", (9000, 9000)).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(
    "image_bytes",
    [bomb(), b"no image", b"", drawn()[:99], png(np.full((20, 20), 255, np.uint8)), b"\x89PNG" + bytes(2_000_000)],
    ids=["9000x9000", "words", "empty", "cut off", "too small", "2 MB"],
)
def test_a_forged_picture_is_one_sentence(visit, browser, image_bytes):
    app = visit()
    browser.json_data, browser.image_bytes = {"objects": [PATH]}, image_bytes
    app.run()
    assert not app.exception
    assert len(app.warning) == 1
    draw(app, browser, objects=[PATH, PATH])
    assert not app.warning
    assert ">7<" in answer(app)


@pytest.mark.parametrize("raw", [[], "words", {"objects": 7}, {"objects": [1, "x"]}, {}])
def test_a_forged_drawing_is_one_sentence(visit, browser, raw):
    app = visit()
    browser.json_data, browser.image_bytes = raw, drawn()
    app.run()
    assert not app.exception
    assert len(app.warning) == 1


def test_the_code_on_the_page_runs_as_it_stands(visit, browser, tmp_path, monkeypatch, capsys):
    app = visit(smooth="false")
    (tmp_path / "drawing.png").write_bytes(digits.png(render(SEVEN)))
    monkeypatch.chdir(tmp_path)
    exec(compile(app.code[0].value, "shown", "exec"), {})
    assert capsys.readouterr().out.startswith("7 ")


def test_a_picture_is_pixel_sharp_and_whole():
    body = digits.picture(np.arange(6, dtype=np.uint8).reshape(2, 3) * 40, "a<b", "c")
    assert "image-rendering:pixelated" in body
    assert "a&lt;b" in body
    data = body.split("base64,")[1].split('"')[0]
    assert Image.open(io.BytesIO(base64.b64decode(data))).size == (3, 3)


def test_the_bundled_network_says_what_it_was_trained_on_and_how_well_it_reads(visit):
    app = visit()
    assert any("test images of MNIST" in each.value.replace("\\", "") for each in app.caption)
    card = next(each for each in app.expander if each.label == "About this network")
    assert any("Trained on" in each.value for each in card.markdown)
    assert "dlcore train" in card.code[0].value
