"""A run that a newer program wrote, as a visitor meets it on every page."""

import json
from functools import partial

import pytest
from sqlalchemy import update

from dlcore.config.images import DataConfig
from dlcore.config.migration import VERSION
from dlcore.config.run import RunConfig
from dlcore.config.training import TrainingConfig
from dlcore.runs import schema
from dlcore.runs.desk import Desk
from dlcore.runs.limits import Limits
from dlcore.runs.store import Store
from dlcore.runs.worker import Job, work
from pages.shared import session
from tests.pages.visits import visited

ME = "0" * 32
SMALL = RunConfig.of("mlp", DataConfig(train_size=60), TrainingConfig(epochs=1, batch_size=16))
NEWER = {"version": VERSION + 1, "kind": "transformer"}
SENTENCE = "This run was written by a newer version of the program: update"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A store with one run that this program can read, and a newer one that it cannot."""
    fresh = Store(f"sqlite:///{tmp_path_factory.mktemp('runs')}/runs.db", Limits(max_running=1, min_free_bytes=0))
    for title in ("mine", "from the future"):
        fresh.submit(SMALL, ME, title)
        run, token = Desk(fresh).claim()
        work(Job(fresh.url, run, token, max_seconds=60, pause_seconds=1))
    with fresh.database.write() as connection:
        values = {"config": json.dumps(NEWER), "kind": "transformer"}
        connection.execute(update(schema.runs).where(schema.runs.c.id == run).values(**values))
    return fresh


@pytest.fixture
def newer(store, monkeypatch):
    """Its id."""
    monkeypatch.setattr(session, "store", lambda: store)
    return store.runs(ME)[0].id


def visit(name, **query):
    return partial(visited, f"pages/{name}.py", ME)(**query)


def said(elements):
    return " ".join(each.value.replace("\\", "") for each in elements)


def sentences(app):
    return " ".join(map(said, (app.caption, app.warning, app.markdown)))


def downloads(app, run):
    return {each.label for each in app.get("download_button") if run in each.proto.id}


@pytest.mark.parametrize("name", ["train", "recurrent", "autoencoder"])
def test_it_is_listed_on_every_page_with_the_reason_and_its_files(newer, name):
    app = visit(name)
    assert "from the future" in sentences(app)
    assert SENTENCE in said(app.caption)
    assert downloads(app, newer) == {"Weights", "Curve"}
    assert f"delete_{newer}" in [each.key for each in app.button]
    assert f"open_{newer}" not in [each.key for each in app.button]
    assert ("mine" in sentences(app) or any(each.label == "mine" for each in app.checkbox)) == (name == "train")


@pytest.mark.parametrize("name", ["train", "recurrent", "autoencoder"])
def test_its_link_shows_the_reason_and_its_files(newer, name):
    app = visit(name, run=newer)
    assert len(app.warning) == 1
    assert SENTENCE in said(app.warning)
    assert "from the future" in sentences(app)
    assert downloads(app, newer) == {"Weights", "Curve"}
    assert not {f"pause_{newer}", f"resume_{newer}"} & {each.key for each in app.button}


def test_the_first_page_shows_it_among_the_latest(newer):
    app = visit("home")
    assert SENTENCE in sentences(app)
    assert downloads(app, newer) == {"Weights", "Curve"}


def test_it_reads_no_drawing_and_the_page_says_why(newer):
    app = visit("draw", run=newer)
    assert SENTENCE in said(app.warning)
    (who,) = [each for each in app.selectbox if each.label == "Which network reads it?"]
    assert not any("from the future" in each for each in who.options)
    assert any(each.startswith("mine, ") for each in who.options)


def test_it_can_be_renamed_and_deleted(newer, store):
    app = visit("train")
    app.text_input(key=f"title_{newer}").set_value("from tomorrow").run()
    assert store.run(newer).title == "from tomorrow"
    app.button(key=f"delete_{newer}").click().run()
    assert [run.title for run in store.runs(ME)] == ["mine"]
