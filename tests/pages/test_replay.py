"""Going back in a run: the page shows what a live watcher saw then, of every kind of run, and by link."""

import json

import numpy as np
import pytest

from dlcore.config.images import DataConfig
from dlcore.config.run import RunConfig
from dlcore.config.training import TrainingConfig
from dlcore.inspect import answers, signal
from dlcore.runs.limits import Limits
from dlcore.runs.store import Store
from pages.shared import session
from pages.shared.run_series import RunSeries
from tests.pages.visits import ME, SOMEBODY, html, sent, trained, visited, words

EPOCHS = 3
CONFIGS = {
    "train": RunConfig.of("cnn-64", DataConfig(train_size=64), TrainingConfig(epochs=EPOCHS, batch_size=16)),
    "recurrent": RunConfig.of(
        "rnn", {"name": "sines", "train_size": 64}, {"epochs": EPOCHS, "batch_size": 16}, model={"hidden": 4}
    ),
    "autoencoder": RunConfig.of("autoencoder", training={"epochs": EPOCHS, "batch_size": 256}),
}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return Store(f"sqlite:///{tmp_path_factory.mktemp('runs')}/runs.db", Limits(max_running=1, min_free_bytes=0))


@pytest.fixture(scope="module")
def runs(store):
    """A run of each kind, by the page on which it is watched."""
    return {page: trained(store, config) for page, config in CONFIGS.items()}


@pytest.fixture
def visit(store, runs, monkeypatch):
    monkeypatch.setattr(session, "store", lambda: store)

    def opened(page, owner=ME, **link):
        return visited(f"pages/{page}.py", owner, run=runs[page].id, **link)

    return opened


def epoch(app) -> str:
    """The number under "Epoch of 3"."""
    (numbers,) = (each for each in html(app) if 'class="numbers"' in each)
    return numbers.split(f"Epoch of {EPOCHS}<b>")[1].split("<")[0]


def player(app) -> dict:
    """What the player was given."""
    return next(data for data in sent(app) if "steps" in data and "frame" in data)


@pytest.mark.parametrize("page", CONFIGS)
def test_a_moment_of_a_run_is_shown_by_link_also_to_others(visit, runs, page):
    start = runs[page].started_record
    then = visit(page, SOMEBODY, at=str(start.steps_per_epoch))
    assert epoch(then) == "1"
    assert "after epoch 1" in words(then)
    assert player(then)["steps"][player(then)["frame"]] == start.steps_per_epoch
    now = visit(page)
    assert epoch(now) == str(EPOCHS)
    assert player(now)["frame"] == len(player(now)["steps"]) - 1


@pytest.mark.parametrize("page", CONFIGS)
def test_what_was_seen_then_is_what_is_seen_again(visit, store, runs, page):
    """The curves and the snapshots of that moment are those that the run had sent by then."""
    run = runs[page]
    step = 2 * run.started_record.steps_per_epoch
    seen = RunSeries(run.id, [name for name in ("predictions", "answers") if store.snapshot_steps(run.id, name)])
    seen.update(store, run)
    past = seen.until(step, store)
    assert max(past.epochs) == 2
    assert past.epochs == {each: seen.epochs[each] for each in (1, 2)}
    for name, snapshot in past.snapshots.items():
        assert snapshot.step == step
        for key, array in store.snapshot(run.id, name, step).arrays.items():
            np.testing.assert_array_equal(snapshot.arrays[key], array)
    raw, *_ = past.traces("loss", "blue")
    assert raw["x"].max() == step
    assert len(raw["x"]) == step


@pytest.mark.parametrize("at", ["-1", "many", "99999999999999999999", "1e3", ""])
def test_a_moment_that_is_none_is_the_newest(visit, at):
    assert epoch(visit("train", at=at)) == str(EPOCHS)


def test_before_training_is_a_moment_too(visit):
    app = visit("train", at="0")
    assert epoch(app) == "0"
    assert "before training" in words(app)


def test_mistakes_are_those_of_the_moment(visit, store, runs):
    run = runs["train"]
    for step in (0, run.step):
        said = answers.Answers.of(store.snapshot(run.id, answers.NAME, step).arrays)
        assert f"{said.right} of {len(said.true)}" in words(visit("train", at=str(step))).replace("*", "")
    last = run.last_epoch.validation["accuracy"]
    assert said.right / len(said.true) == pytest.approx(last, abs=1e-6)


def test_the_signal_has_a_look_at_early_steps_and_at_the_end_of_every_epoch(visit, store, runs):
    run = runs["train"]
    per_epoch = run.started_record.steps_per_epoch
    steps = store.snapshot_steps(run.id, signal.NAME)
    assert {1, 2, *(per_epoch * each for each in range(1, EPOCHS + 1))} <= set(steps)
    app = visit("train", train_inside="signal")
    assert f"In step {run.step}" in words(app)
    assert not app.exception
    figures = [json.loads(each["figure"]) for each in sent(app) if "figure" in each]
    assert any(trace["type"] == "heatmap" for figure in figures for trace in figure["data"])


def test_a_run_that_knows_no_answers_says_so(store, runs, visit, monkeypatch):
    monkeypatch.setattr(type(store), "snapshot", lambda self, run, name, step=None: None)
    assert "as soon as it has read the validation images" in words(visit("train"))
