"""The loss of a real network on the page about gradient descent, as a visitor sees it."""

import re

import numpy as np
import pytest

from dlcore.config.images import DataConfig
from dlcore.config.run import RunConfig
from dlcore.config.training import TrainingConfig
from dlcore.formula.numbers import percent
from dlcore.inspect import loss_plane
from dlcore.inspect.loss_plane import Course, Slice
from dlcore.runs.desk import Desk
from dlcore.runs.limits import Limits
from dlcore.runs.store import Store
from dlcore.runs.worker import Job, work
from pages.figures import loss_plane as figures
from pages.parts.descent import cards, network
from pages.shared import session
from tests.pages.visits import ME, metrics, printed, trained, visited, warned

NOBODY = "1" * 32


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return Store(f"sqlite:///{tmp_path_factory.mktemp('runs')}/runs.db", Limits(max_running=1, max_per_user=9))


@pytest.fixture(scope="module")
def run(store):
    return trained(store, RunConfig.of("mlp", DataConfig(train_size=60), TrainingConfig(epochs=3, batch_size=16))).id


@pytest.fixture(autouse=True)
def here(store, monkeypatch):
    monkeypatch.setattr(session, "store", lambda: store)
    monkeypatch.setitem(network.GRIDS, "cnn", dict.fromkeys(network.DETAILS, (5, 8)))


def visit(owner=ME, **link):
    return visited("pages/descent.py", owner, gd_section="A real network", gdn_detail="Coarse", **link)


def code(app):
    return next(each.value for each in app.code if "loss_plane" in each.value)


def test_a_run_of_ones_own_is_shown_at_once_and_its_code_says_the_same(store, run, monkeypatch):
    app = visit()
    assert not app.warning
    assert not app.info
    shown = metrics(app)
    monkeypatch.setattr("dlcore.runs.Store", lambda: store)
    told = printed(code(app))
    assert f"{float(re.search(r'loss at θ. (.*)', told)[1]):.4f}" == shown["Loss at θ*"]
    share = float(re.search(r"of the path in the plane (.*)", told)[1])
    assert percent(share) == shown["Share of the path in this plane"]
    assert "Before training" in told
    assert "After epoch 3" in told
    assert any("180 validation images" in each.value for each in app.caption)


def test_random_directions_can_be_drawn_anew(run):
    app = visit(run=run, gdn_plane="Random")
    before = metrics(app)
    app.number_input(key="gdn_seed").set_value(5).run()
    assert not app.exception
    after = metrics(app)
    assert after["Loss at θ*"] == before["Loss at θ*"]
    assert after["Highest"] != before["Highest"]
    assert "random_plane(network.model, 5)" in code(app)
    app.segmented_control(key="gdn_view").set_value("surface").run()
    assert not app.exception


def test_the_loss_can_be_that_of_the_training_images(run):
    app = visit(run=run)
    app.segmented_control(key="gdn_split").set_value("training").run()
    assert any("N = 60 training images" in each.value for each in app.caption)


def test_somebody_without_runs_is_led_to_training_and_sees_a_bundled_network():
    app = visit(owner=NOBODY)
    assert "no path of training to show" in app.info[0].value
    assert app.button(key="gdn_train")
    assert "Share of the path in this plane" not in metrics(app)
    assert not [each for each in app.segmented_control if each.key == "gdn_plane"]
    told = printed(code(app))
    assert f"{float(re.search(r'loss at θ. (.*)', told)[1]):.4f}" == metrics(app)["Loss at θ*"]


def test_somebody_elses_run_can_be_opened_by_its_link(run):
    app = visit(owner=NOBODY, run=run)
    assert not app.info
    assert "Share of the path in this plane" in metrics(app)


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ({"run": "unknown"}, "There is no run"),
        ({"gdn_seed": "-4"}, "between 0 and 999"),
        ({"gdn_reach": "1e9"}, "must be one of"),
        ({"gdn_split": "everything"}, "must be one of"),
        ({"gdn_plane": "<script>"}, "must be one of"),
    ],
)
def test_absurd_links_are_sentences(run, link, said):
    app = visit(**{"gdn_plane": "Random", "run": run, **link})
    assert said in warned(app)
    assert metrics(app)["Loss at θ*"]


@pytest.mark.parametrize(("preset", "said"), [("mlp", "has kept no network yet"), ("gru", "not one of a network for")])
def test_runs_without_a_path_are_sentences(store, preset, said):
    waiting = store.submit(RunConfig.of(preset), NOBODY)
    assert said in warned(visit(owner=ME, run=waiting))


def test_a_grid_that_was_not_ready_in_time_can_be_tried_again(run, monkeypatch):
    with monkeypatch.context() as hurried:
        hurried.setitem(loss_plane.evaluate.__kwdefaults__, "max_seconds", 0.0)
        app = visit(run=run, gdn_plane="Random", gdn_seed="77")
    assert "a coarser one is shown" in warned(app)
    assert any("5 × 5 points" in each.value for each in app.caption)
    app.button(key="gdn_again").click().run()
    assert not app.warning
    assert any("17 × 17 points" in each.value for each in app.caption)


@pytest.mark.slow
@pytest.mark.parametrize("section", list(cards.OF_SECTION))
def test_the_cards_of_a_section_are_one_click_each(section, run):
    app = visited("pages/descent.py", ME, gd_section=section, gds_steps="10", gdb_resolution="61", gdb_steps="20")
    for card in cards.cards(section):
        app.button(key=f"try_{card.title}").click().run()
        assert not app.exception
        assert not app.warning
        for key, value in card.values.items():
            assert app.session_state[key] == value


def picture(height=1.0):
    axis = np.linspace(-1, 1, 5)
    losses = height * (0.1 + axis[:, None] ** 2 + axis**2)
    course = Course(np.array([[-0.5, 0.5], [0.0, 0.0]]), np.array([2.0, 0.1]), np.array([1.5, 0.1]))
    return Slice(axis, axis, losses, 0.1, True), course


@pytest.mark.parametrize("draw", [figures.contour, figures.surface])
@pytest.mark.parametrize("dark", [False, True])
def test_the_path_is_played_over_the_plane(draw, dark):
    film = draw(*picture(), "path", dark)
    assert {each.mode for each in film.tracks} == {"trail", "point"}
    for each in film.tracks:
        assert np.allclose(each.x, [-0.5, 0.0])
    alone = draw(picture()[0], None, "random", dark)
    assert not alone.tracks


def test_losses_that_overflowed_are_drawn_as_the_highest_that_did_not():
    found, course = picture()
    found.losses[0, 0] = np.inf
    height = np.asarray(figures.contour(found, course, "path", False).figure.data[0].z)
    assert np.isfinite(height).all()
    assert height[0, 0] == height.max()
    found.losses[:] = 0.0
    assert np.isfinite(np.asarray(figures.contour(found, course, "path", False).figure.data[0].z)).all()


@pytest.mark.parametrize(
    ("page", "section", "box"),
    [
        ("descent", {"gd_section": "network", "gdn_detail": "Coarse"}, "Network"),
        ("backprop", {"bp_section": "run"}, "Which network reads it?"),
    ],
)
def test_the_link_names_the_network_that_is_shown(run, page, section, box):
    def shown(app):
        return next(each.value for each in app.selectbox if each.label == box)

    mine = visited(f"pages/{page}.py", ME, **section)
    assert shown(mine) == run
    assert mine.query_params["run"] == run
    assert shown(visited(f"pages/{page}.py", NOBODY, **section)) != run
    assert shown(visited(f"pages/{page}.py", NOBODY, run=run, **section)) == run


@pytest.mark.slow
def test_the_newest_run_is_shown_until_another_is_chosen(run, store):
    app = visit()
    newest = store.submit(RunConfig.of("mlp", DataConfig(train_size=60), TrainingConfig(epochs=1, batch_size=16)), ME)
    while not store.run(newest).has_weights:  # others may wait before it
        claimed, token = Desk(store).claim()
        work(Job(store.url, claimed, token, max_seconds=60, pause_seconds=1))
    del app.query_params["run"]  # as when one comes back by the menu
    app.run()
    box = next(each for each in app.selectbox if each.label == "Network")
    assert box.value == newest
    box.select(run).run()
    del app.query_params["run"]
    app.run()
    assert next(each.value for each in app.selectbox if each.label == "Network") == run
    store.delete(newest, ME)
