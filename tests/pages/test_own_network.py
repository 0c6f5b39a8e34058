"""A network that somebody wrote as a text is at home on every page where networks are used."""

import pytest

from dlcore.config.run import RunConfig
from dlcore.formula.numbers import percent
from pages.shared import page
from tests.pages.visits import metric, text, trained, visited, words

NETWORK = "conv 4 3x3, relu, pool 4, residual(conv 4 3x3 pad 1, batch-norm), flatten, dense 10"
CONFIG = RunConfig.of(NETWORK, {"train_size": 100}, {"epochs": 1})


@pytest.fixture
def run(store):
    return trained(store, CONFIG)


def test_its_run_is_watched_listed_and_exported(run):
    app = visited("pages/train.py", run=run.id)
    assert page.plain(f"{CONFIG.summary} on digits") in text(app)
    assert CONFIG.summary == "conv 4 → pool → residual(conv 4, batch-norm) → …"
    assert metric(app, "Test accuracy") == percent(run.finished.test["accuracy"])
    assert any("Residual(" in each.value for each in app.code)
    assert not app.warning


def test_it_reads_drawings(run):
    app = visited("pages/draw.py", run=run.id)
    assert not app.warning
    assert "1,646 parameters" in words(app)


def test_one_image_goes_through_it_forward_and_back(run):
    app = visited("pages/backprop.py", bp_section="run", run=run.id)
    assert not app.warning
    shown = " ".join(each.proto.json for each in app.get("bidi_component"))
    assert "a branch, and a shortcut around it" in shown
    assert "largest of 4 " in shown


def test_its_loss_is_seen_in_a_plane(run):
    app = visited("pages/descent.py", gd_section="network", run=run.id, gdn_detail="coarse")
    assert not app.warning
    assert "1,646 numbers" in words(app)
