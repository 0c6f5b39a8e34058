"""Teach it, on the page Draw: corrections, fine-tuning, symbols of one's own, projects, and the way to Train."""

import io
import zipfile
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from dlcore.config import teaching
from dlcore.config.run import RunConfig
from dlcore.config.training import TrainingConfig
from dlcore.data.own.corrections import Corrections
from dlcore.data.own.examples import Examples
from dlcore.data.own.sheet import Sheet
from dlcore.data.starters import generated
from dlcore.formula.numbers import percent
from dlcore.training.loop import fit
from dlcore.use.project import Project
from pages.figures import forgetting as figures
from pages.parts.draw.symbols import augmented, named
from pages.shared import my_drawings
from tests.dlcore.data.own.shapes import NAMES, examples, shape
from tests.pages.test_draw import browser, draw, drawn, learned  # noqa: F401
from tests.pages.visits import (
    ME,
    SOMEBODY,
    button,
    html,
    labels,
    metric,
    metrics,
    trained,
    visited,
    warned,
    words,
    worked,
)

OWN = examples(8)


@pytest.fixture
def visit(store, browser):  # noqa: F811
    return partial(visited, "pages/draw.py", ME, draw_section="teach")


@pytest.fixture
def quick(monkeypatch):
    """Fewer steps: these tests ask what is shown, not how good it is."""
    monkeypatch.setattr(teaching, "SHOWN", 100)
    monkeypatch.setattr(teaching, "EPOCHS", 1)
    monkeypatch.setattr(teaching, "SYMBOL_IMAGES", 60)


def press(app, key: str):
    app.button(key=key).click().run()
    assert not app.exception
    return app


def uploader(app):
    """Where a sheet is opened; the page has another one, for a picture."""
    return next(each for each in app.get("file_uploader") if each.label == "A ZIP with a folder for each class")


def sheet(app) -> Sheet:
    return app.session_state[my_drawings._SHEET]


def test_a_blank_canvas_says_what_to_do_and_starts_nothing(visit):
    app = visit()
    assert "Was it read wrong?" in words(app)
    assert app.button(key="was_7").disabled
    assert app.button(key="fine_tune").disabled


def test_one_click_puts_a_drawing_on_the_sheet_and_another_changes_its_class(visit, browser):  # noqa: F811
    app = visit()
    draw(app, browser)
    press(app, "was_3")
    assert "On your sheet as 3." in words(app)
    assert sheet(app).counts == {"3": 1}
    press(app, "was_7")
    assert sheet(app).counts == {"7": 1}
    press(app, "corrections_empty")
    assert len(sheet(app)) == 0


def test_a_cross_removes_a_drawing_and_a_forged_one_does_nothing(monkeypatch):
    state = {}
    monkeypatch.setattr(my_drawings.st, "session_state", state)
    my_drawings.keep(Sheet().add("1", shape(0, 1)).add("2", shape(1, 2)))
    for event in (None, 7, {}, {"place": "x", "count": 2}, {"place": 0, "count": 99}, {"place": 5, "count": 2}):
        my_drawings.removed(event)
        assert len(my_drawings.sheet()) == 2
    my_drawings.removed({"place": 0, "count": 2})
    assert my_drawings.sheet().counts == {"2": 1}


def test_a_copy_is_fine_tuned_both_ways_and_what_it_forgot_is_shown(visit, browser, store, quick):  # noqa: F811
    first = learned(store)
    app = visit(run=first)
    draw(app, browser)
    press(app, "was_3")
    press(app, "fine_tune")
    runs = [run for run in store.runs(ME) if run.config.data.corrected]
    assert sorted(teaching.rehearsed(run.config) for run in runs) == [False, True]
    assert len({run.group for run in runs}) == 1
    assert {run.config.start for run in runs} == {first}
    assert Corrections.read(store.examples(runs[0].id)).labels.tolist() == [3]
    assert "place 1 in the queue" in "".join(each.text for each in app.get("progress"))
    for _ in runs:
        worked(store)
    app.run()
    said = words(app)
    assert "With rehearsal" in said
    assert "Without rehearsal" in said
    assert "the 360 test images of scikit-learn's digits, by class" in said
    assert metric(app, "Corrections read right").endswith(" of 1")
    assert "clearly different" in said
    lesson = app.query_params["lesson"]
    assert "".join(lesson) == min(runs, key=lambda run: run.created).id
    other = visited("pages/draw.py", SOMEBODY, draw_section="teach", lesson="".join(lesson))
    assert "Without rehearsal" in words(other)
    press(app, f"read_{runs[0].id}")
    assert "".join(app.query_params["run"]) == runs[0].id
    assert app.selectbox[0].value == runs[0].id


def test_a_lesson_that_there_is_not_is_one_sentence(visit):
    assert "There is no run" in warned(visit(lesson="nobody"))


def test_a_network_that_reads_row_by_row_is_not_corrected(visit, store):
    config = RunConfig.of("gru", {"name": "mnist", "train_size": 40}, {"epochs": 1}, model={"hidden": 4})
    run = trained(store, config)
    assert "reads row by row" in words(visit(run=run.id))


def test_too_many_runs_are_refused_with_a_sentence(visit, browser, store):  # noqa: F811
    for _ in range(4):
        store.submit(RunConfig.of("mlp"), ME)
    app = visit()
    draw(app, browser)
    press(app, "was_3")
    press(app, "fine_tune")
    assert "You already have 4 runs" in warned(app)


def test_symbols_are_named_generated_trained_and_read(visit, store, quick):
    app = visit(teach="symbols")
    press(app, "start_shapes")
    assert "Still to draw: 5 × circle, 5 × square and 5 × triangle." in words(app)
    press(app, "generate")
    assert sheet(app).counts == {"circle": 10, "square": 10, "triangle": 10}
    assert "generated, not drawn by a person" in words(app)
    assert sum(each.count('role="img"') for each in html(app)) >= 32
    press(app, "train_symbols")
    (run,) = store.runs(ME)
    assert run.config.data.names == ("circle", "square", "triangle")
    assert worked(store).state == "finished"
    app.run()
    assert "".join(app.query_params["run"]) == run.id
    assert "It reads now" in "".join(each.value for each in app.success)
    assert "It tells circle, square and triangle apart" in words(app)
    (project,) = (each for each in app.get("download_button") if each.label == "Download the project")
    assert not project.disabled


def test_a_symbol_is_added_and_the_canvas_is_empty_again(visit, browser):  # noqa: F811
    app = visit(teach="symbols")
    draw(app, browser)
    press(app, "add_smile")
    assert sheet(app).counts == {"smile": 1}
    assert browser.shown["initial_drawing"]["objects"] == []
    assert "Add as smile: 1" in labels(app)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("one", "2 to 10 classes"),
        (",".join("abcdefghijk"), "these are 11"),
        ("a, a", "is there twice"),
        ("a/b, c", "without /"),
    ],
)
def test_names_that_cannot_be_used_are_one_sentence(visit, typed, said):
    assert said in warned(visit(teach="symbols", symbols=typed))


def test_names_are_read_as_people_write_them():
    assert named(" cat,dog ,, \n fish ") == ("cat", "dog", "fish")


def test_augmentation_changes_images_and_keeps_them_images():
    images = np.stack([generated("square", seed) for seed in range(4)])
    changed = augmented(images, 0)
    assert (changed.shape, changed.dtype) == (images.shape, np.uint8)
    assert not np.array_equal(changed, images)
    np.testing.assert_array_equal(changed, augmented(images, 0))
    assert not np.array_equal(changed, augmented(images, 1))


def test_a_sheet_is_opened_and_what_is_none_is_one_sentence(visit):
    app = visit(teach="symbols", symbols="bar, beam, ring")
    made = Sheet().add("bar", shape(0, 1)).add("ring", shape(2, 2))
    uploader(app).upload("sheet.zip", made.data).run()
    assert sheet(app).counts == {"bar": 1, "ring": 1}
    uploader(app).upload("other.zip", b"no zip").run()
    assert "a sheet of drawings is a ZIP" in warned(app)
    assert len(sheet(app)) == 2


@pytest.fixture(scope="module")
def saved() -> bytes:
    run = RunConfig.of("mlp", {"name": "own", "labels": NAMES}, {"epochs": 1}, examples=OWN.digest)
    return Project(run, list(fit(run, examples=OWN.data))[-1].weights, OWN.data).packed()


def test_a_project_is_opened_and_reads_at_once(visit, store, saved):
    app = visit(teach="symbols")
    app.get("file_uploader")[-1].upload("symbols.zip", saved).run()
    assert not app.exception
    (run,) = store.runs(ME)
    assert (run.state, run.title) == ("finished", "bar, beam and ring, opened from symbols.zip")
    assert "".join(app.query_params["run"]) == run.id
    assert "It tells bar, beam and ring apart" in words(app)
    assert sheet(app).counts == {"bar": 8, "beam": 8, "ring": 8}
    watched = visited("pages/train.py", ME, run=run.id)
    assert run.title in words(watched)
    app.get("file_uploader")[-1].upload("cut.zip", saved[:-2000]).run()
    assert "damaged" in warned(app)


def test_the_project_on_the_page_is_the_one_that_opens(store):
    from dlcore.use import project
    from pages.parts.draw.project import packed

    config = RunConfig.of("mlp", {"name": "own", "labels": NAMES}, TrainingConfig(epochs=1), examples=OWN.digest)
    store.submit(config, ME, examples=OWN.data)
    run = worked(store)
    data = packed(run.id)
    assert project.read(data).config == config
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert "images.safetensors" in archive.read("train.py").decode()


def test_on_train_the_drawings_are_images_of_ones_own(store):
    app = visited("pages/train.py", ME, data="own", epochs="1")
    assert "own_drawings" not in [each.key for each in app.button]
    made = Sheet()
    for label, name in enumerate(NAMES):
        for seed in range(6):
            made = made.add(name, shape(label, seed))
    app.session_state[my_drawings._SHEET] = made
    app.run()
    press(app, "own_drawings")
    assert "18 images of bar, beam and ring." in words(app)
    button(app, "Start training").click().run()
    (run,) = store.runs(ME)
    assert Examples.read(store.examples(run.id)).counts == (6, 6, 6)
    app.session_state[my_drawings._SHEET] = Sheet().add("bar", shape(0, 0))
    app.run()
    press(app, "own_drawings")
    assert "2 to 50 classes" in warned(app)


def test_the_page_of_a_corrected_run_says_what_it_learned_and_offers_its_files(store, quick):
    first = learned(store)
    own = Corrections.of([("3", shape(2, 1))], tuple("0123456789"))
    from dlcore.data.own.examples import digest

    made = teaching.corrected(store.readable(first).config, first, digest(own.data), rehearse=True)
    store.submit(replace(made, group="teach-1"), ME, examples=own.data)
    run = worked(store)
    app = visited("pages/train.py", ME, run=run.id)
    said = words(app)
    assert f"{percent(0.25, 0)} of the training images are 1 correction" in said
    names = [each.label for each in app.get("download_button")]
    assert "Corrections" in names
    assert "Start weights" in names
    assert "start.safetensors" in "".join(each.value for each in app.code)
    assert "Use these settings again" not in labels(app)


def test_the_figure_shows_before_and_after_of_every_class():
    from dlcore.inspect.forgetting import changes

    before, after = np.diag([90, 95]) + np.array([[0, 10], [5, 0]]), np.array([[20, 80], [0, 100]])
    series = [(figures.WITH, changes(before, before)), (figures.WITHOUT, changes(before, after))]
    figure = figures.recalls(series, ("<b>", "1"), dark=True)
    by_name = {each.name: each for each in figure.data if each.name}
    np.testing.assert_allclose(by_name["before"].x, [0.9, 0.95])
    np.testing.assert_allclose(by_name["after, without rehearsal"].x, [0.2, 1.0])
    assert by_name["before"].customdata[0] == "&lt;b&gt; before: 90.0 %, 90 of 100".replace(" %", "\u00a0%")
    assert figure.layout.xaxis.range[0] < 0.2
    assert metrics  # the numbers beside it are tested with the page
