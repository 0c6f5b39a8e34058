"""The drawing page, used as a visitor uses it, and by somebody who means harm."""

import base64
import io
import re
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
from dlcore.formula.numbers import number, percent
from dlcore.use.classifier import DEFAULT, Classifier
from pages.figures import digits
from pages.shared import canvas
from pages.shared.examples import EXAMPLES
from tests.pages.visits import ME, SOMEBODY, button, sent, trained, visited

SEVEN = EXAMPLES[0].strokes
LINKED_SEVEN = "1A5ABcOABAIkBsgI"
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


def spoken(app):
    """What screen readers are given."""
    return [each for each in sent(app) if isinstance(each, str)]


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


@pytest.mark.parametrize(
    ("title", "says"), [("Slashed zero", ">0<"), ("A number", ">42<"), ("A scribble", "Not a digit")]
)
def test_one_click_draws_and_asks_a_question(visit, title, says):
    app = visit()
    click(app, title)
    assert says in answer(app)
    question = next(each.question for each in EXAMPLES if each.title == title)
    assert any(question in each.value for each in app.markdown)


def test_what_the_browser_sent_before_it_saw_an_example_does_not_undo_the_example(visit, browser):
    app = visit()
    draw(app, browser)
    app.session_state["draw.pad"] = {}  # the canvas is on the page
    click(app, "Slashed zero")
    browser.json_data = {"objects": [PATH, PATH], "after": None, "touched": True}
    app.run()
    assert ">0<" in answer(app)
    browser.json_data = {"objects": [PATH], "after": browser.shown["initial_drawing"]["id"], "touched": True}
    app.run()
    assert ">7<" in answer(app)


def test_an_example_tells_the_browser_what_the_server_knew_of_its_drawing(visit, browser):
    app = visit()
    assert browser.shown["initial_drawing"]["id"] is None
    app.session_state["draw.pad"] = {"drawing": {"raw": {"objects": [PATH], "seen": 1234}, "data": None}}
    click(app, "Slashed zero")
    assert browser.shown["initial_drawing"]["seen"] == 1234
    assert len(browser.shown["initial_drawing"]["objects"]) == 2


def test_a_drawing_in_a_link_is_shown_read_and_taken_out_of_the_address(visit, browser):
    app = visit(drawing=LINKED_SEVEN, crop="false")
    assert ">7<" in answer(app)
    assert len(browser.shown["initial_drawing"]["objects"]) == 1
    assert browser.shown["initial_drawing"]["id"]
    assert set(app.query_params) == {"crop"}
    draw(app, browser, objects=[])
    app.run()
    assert browser.shown["initial_drawing"]["seen"] == 0


@pytest.mark.parametrize("text", ["", "1", "banana", "1" * 9000, "2AQIC", "1AQI", "*b* <script>", "1%00", "1AQIC,AQIC"])
def test_a_broken_drawing_in_a_link_is_one_sentence(visit, browser, text):
    app = visit(drawing=text)
    assert len(app.warning) == 1
    assert app.warning[0].value.startswith("The drawing in the link cannot be read")
    assert "Nothing drawn yet" in answer(app)
    draw(app, browser)
    assert not app.warning
    assert ">7<" in answer(app)


def kept(app, browser, text):
    """The browser, on its first visit, finds this in its own storage."""
    app.session_state["draw.pad"] = {"drawing": {"raw": {"objects": [], "stored": text}, "data": None}}
    app.run()
    assert not app.exception


def test_what_the_browser_kept_is_brought_back_unless_a_link_brings_a_drawing(visit, browser):
    app = visit()
    kept(app, browser, LINKED_SEVEN)
    assert ">7<" in answer(app)
    other = visit(drawing=LINKED_SEVEN)
    kept(other, browser, "1BAAAAgAC")
    assert ">7<" in answer(other)


@pytest.mark.parametrize("text", ["banana", "1" * 9000, 7, ["1"], {"a": 1}, True, "1AQI", "<img src=x>"])
def test_a_broken_drawing_in_the_browsers_storage_is_one_sentence(visit, browser, text):
    app = visit()
    kept(app, browser, text)
    assert len(app.warning) == 1
    assert app.warning[0].value.startswith("The drawing that this browser kept cannot be read")
    assert browser.shown["initial_drawing"]["id"]
    assert browser.shown["initial_drawing"]["objects"] == []
    app.run()
    assert len(app.warning) == 1, "it stays until there is a drawing"
    click(app, "Slashed zero")
    assert not app.warning


@pytest.mark.parametrize(
    "state", [7, "x", [], {"drawing": 3}, {"drawing": {"raw": [1]}}, {"drawing": {"raw": {"seen": "x"}}}]
)
def test_a_forged_state_of_the_canvas_changes_nothing(visit, browser, state):
    app = visit()
    app.session_state["draw.pad"] = state
    click(app, "Slashed zero")
    assert ">0<" in answer(app)


def test_the_answer_is_said_to_who_cannot_see_it(visit):
    app = visit()
    click(app, "Slashed zero")
    assert any(re.fullmatch(r"0, [0-9.]+\s% sure", said) for said in spoken(app))
    click(app, "A scribble")
    assert any(said.startswith("Not a digit. ") for said in spoken(app))


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
    app.selectbox[0].set_value(DEFAULT).run()
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
    figures = Classifier.load(DEFAULT).card
    table = next(each.value for each in card.markdown if "Measured" in each.value).replace("\\", "")
    for name, value in figures["measured"].items():
        assert name.endswith("loss") or f"| {name} | {percent(value)} |" in table
    assert any(number(figures["temperature"], 3) in each.value and each.help for each in card.markdown)
    assert "dlcore train" in card.code[0].value
