"""Images of one's own on the pages: chosen, shown, trained on, watched by others, and used everywhere."""

from functools import partial

import pytest

from dlcore.config.run import RunConfig
from dlcore.config.training import TrainingConfig
from dlcore.data.own.examples import Examples
from dlcore.formula.numbers import percent
from pages.shared.sample_sheet import take
from tests.dlcore.data.own.shapes import NAMES, examples, folders, packed
from tests.pages.visits import ME, SOMEBODY, button, html, sent, visited, warned, words, worked

OWN = examples(20)
SHORT = TrainingConfig(epochs=1, batch_size=16)


@pytest.fixture
def visit(store):
    return partial(visited, "pages/train.py", ME, data="own", epochs="1")


def chosen(app, data: bytes):
    app.get("file_uploader")[0].upload("images.zip", data).run()
    assert not app.exception
    return app


@pytest.fixture
def run(store):
    """A run on images of one's own that has ended."""
    config = RunConfig.of("mlp", {"name": "own", "labels": NAMES}, SHORT, examples=OWN.digest)
    store.submit(config, ME, examples=OWN.data)
    return worked(store)


def test_without_images_the_page_says_what_to_choose_and_starts_nothing(visit, store):
    app = visit()
    assert "ZIP with a folder for each class" in app.info[0].value
    button(app, "Start training").click().run()
    assert "images of your own are needed" in warned(app)
    assert store.runs() == []


def test_chosen_images_are_shown_trained_on_and_kept_with_the_run(visit, store):
    app = chosen(visit(), packed({**folders(20), "loose.png": b""}))
    said = words(app)
    assert "60 images of bar, beam and ring." in said
    assert "Left out: loose.png" in warned(app)
    assert "Pictures of 28×28 pixels are taken as they are" in said
    assert "of 42 training images" in said
    assert any("dense 3" in str(each) for each in sent(app))
    button(app, "Start training").click().run()
    (started,) = store.runs(ME)
    kept = Examples.read(store.examples(started.id))
    assert (kept.classes, kept.counts) == (NAMES, (20, 20, 20))
    assert worked(store).state == "finished"


def test_a_file_that_cannot_be_used_is_one_sentence(visit):
    app = chosen(visit(), packed(folders(names=("bar",))))
    assert "2 to 50 classes, these show 1" in warned(app)
    assert "ZIP with a folder for each class" in app.info[0].value


def test_a_run_can_be_watched_by_link_and_its_settings_be_used_by_others(run, store):
    app = visited("pages/train.py", SOMEBODY, run=run.id)
    said = words(app)
    assert "own images (bar, beam and ring): 42 train, 9 validation, 9 test images" in said
    assert "the test split of own images (bar, beam and ring)" in said
    assert "Images" in [each.label for each in app.get("download_button")]
    button(app, "Use these settings again").click().run()
    assert app.segmented_control(key="data").value == "own"
    button(app, "Start training").click().run()
    (copied,) = store.runs(SOMEBODY)
    assert store.examples(copied.id) == OWN.data


def test_the_list_of_runs_says_what_it_was_trained_on(run, store):
    assert "own images (bar, beam and ring)" in words(visited("pages/train.py", ME))


def test_the_sample_sheet_has_the_counts_of_the_classes():
    config = RunConfig.of("mlp", {"name": "own", "labels": NAMES}, examples=OWN.digest)
    sample = take(config.data, 0, examples=OWN.data)
    assert (sample.labels, sample.counts) == (NAMES, (14, 14, 14))
    assert set(sample.captions) == set(NAMES)


def test_draw_names_the_classes_and_calls_nothing_a_digit(run, store):
    app = visited("pages/draw.py", ME, run=run.id)
    assert "It tells bar, beam and ring apart: draw one of them." in words(app)
    assert "test images of its own set (bar, beam and ring)" in words(app)
    assert all(name in "".join(html(app)) for name in NAMES)


@pytest.mark.parametrize(
    ("page", "section"), [("backprop", {"bp_section": "run"}), ("descent", {"gd_section": "network"})]
)
def test_pages_that_look_inside_use_the_images_of_the_run(run, store, page, section):
    app = visited(f"pages/{page}.py", ME, run=run.id, **section)
    assert not warned(app)
    assert "own images" in words(app)
    assert any(f"examples=Store().examples('{run.id}')" in each.value for each in app.code)


def test_draw_shows_the_likeliest_of_many_classes(store):
    many = examples(5, tuple(f"class {place}" for place in range(30)))
    config = RunConfig.of("mlp", {"name": "own", "labels": many.classes}, SHORT, examples=many.digest)
    store.submit(config, ME, examples=many.data)
    app = visited("pages/draw.py", ME, run=worked(store).id)
    assert "The 12 likeliest of 30 classes." in words(app)
    (bars,) = (each for each in html(app) if "Probability of each class" in each)
    assert bars.count(percent(0)) == 12
