"""One batch of a run through all eight stages: what the browser is given, and for which steps."""

import json
from functools import partial

import pytest

from dlcore.config.run import RunConfig
from dlcore.formula.numbers import percent
from dlcore.training.script import Ran, export
from dlcore.training.stage_lines import STAGES
from pages.parts.train import stages
from tests.pages.visits import ME, trained, visited, warned, worked

NETWORK = "conv 4 3x3, relu, residual(conv 4 3x3 pad 1, relu), pool 2, flatten, dense 10"

PAGES = ("draw", "train", "activations", "losses", "backprop", "descent")


@pytest.fixture(autouse=True)
def nothing_kept():
    stages._frames.clear()


@pytest.fixture
def visit(store):
    return partial(visited, "pages/train.py", ME)


def run(store, **training):
    usual = {"epochs": 2, "batch_size": 32, "optimizer": "sgd", "learning_rate": 0.1}
    data = {"train_size": 64}
    return trained(store, RunConfig.of(NETWORK, data, {**usual, **training}, device="cpu"), ME)


def opened(visit, run, **link):
    app = visit(run=run.id, **{stages.KEY: "1"}, **link)
    assert not app.exception
    return app


def found(app):
    """What the browser was given of the stages; nothing while they are closed."""
    components = [each.proto.json for each in app.get("bidi_component")]
    return [json.loads(each) for each in components if '"presented"' in each]


def shown(app):
    """The frames that the browser has."""
    (one,) = found(app)
    return one["frames"]


def numbers(frame):
    return dict(map(tuple, frame["numbers"]))


def test_it_is_computed_only_when_it_is_opened(visit, store):
    app = visit(run=run(store).id)
    assert not found(app)
    assert not any(each.label == "Step" for each in app.selectbox)


def test_the_link_says_that_it_is_open(visit, store):
    app = visit(run=run(store).id)
    assert stages.KEY not in app.query_params
    app.session_state[stages.KEY] = True
    app.run()
    assert found(app)
    assert "1" in app.query_params[stages.KEY]


def test_all_eight_stages_have_a_picture_their_numbers_a_line_of_the_script_and_a_link(visit, store):
    done = run(store)
    frames = shown(opened(visit, done))
    assert tuple(each["name"] for each in frames) == STAGES
    script = export(done.config, Ran(done.started_record.precision, done.data, done.threads))
    for each in frames:
        assert each["code"]["text"] in script
        assert each["code"]["part"] in each["code"]["text"]
        assert all(each[part] for part in ("title", "words", "numbers"))
        assert each["link"]["href"].partition("?")[0] in PAGES


def test_the_loss_is_the_one_that_the_run_recorded(visit, store):
    done = run(store)
    said = numbers(shown(opened(visit, done))[STAGES.index("loss")])
    columns, rows, _ = store.curve(done.id)
    assert said["Loss of the batch"] == said["Recorded by the run"] == f"{rows[0, columns.index('loss')]:.4f}"
    assert said["Read right"] == percent(rows[0, columns.index("accuracy")])


def test_a_later_step_is_told_too_and_a_step_that_never_was_cannot_be_chosen(visit, store):
    done = run(store)
    app = opened(visit, done, stage_step="epoch-1")
    choice = next(each for each in app.selectbox if each.label == "Step")
    assert choice.options == ["Step 1, the first of all", "Step 3, the first after epoch 1"]
    said = numbers(shown(app)[STAGES.index("loss")])
    columns, rows, _ = store.curve(done.id)
    assert said["Loss of the batch"] == said["Recorded by the run"] == f"{rows[2, columns.index('loss')]:.4f}"
    assert "begins here" not in shown(app)[STAGES.index("update")]["words"], "SGD remembers nothing"


def test_it_says_where_the_memory_of_the_optimizer_is_not_the_runs(visit, store):
    done = run(store, optimizer="adam")
    assert "begins here" not in shown(opened(visit, done))[STAGES.index("update")]["words"]
    later = shown(opened(visit, done, stage_step="epoch-1"))
    assert "begins here" in later[STAGES.index("update")]["words"]


def test_a_run_that_waits_shows_its_first_step(visit, store):
    waiting = store.submit(RunConfig.of(NETWORK, {"train_size": 64}, device="cpu"), ME)
    frames = shown(opened(visit, store.readable(waiting)))
    assert "Recorded by the run" not in numbers(frames[STAGES.index("loss")])
    worked(store)
    frames = shown(opened(visit, store.readable(waiting)))
    assert "Recorded by the run" in numbers(frames[STAGES.index("loss")])
    assert frames[-1]["link"]["href"] == f"draw?run={waiting}"


def test_a_run_begins_with_the_weights_of_the_run_that_it_names(visit, store):
    first = run(store)
    config = RunConfig.of(NETWORK, {"train_size": 64}, {"epochs": 1, "batch_size": 32}, device="cpu", start=first.id)
    second = trained(store, config, ME)
    said = numbers(shown(opened(visit, second))[STAGES.index("loss")])
    assert said["Loss of the batch"] == said["Recorded by the run"]
    store.delete(first.id, ME)
    stages._frames.clear()
    assert "choose a later step" in warned(opened(visit, second))


def test_in_presentation_mode_it_takes_the_place_of_the_panel(visit, store):
    done = run(store)
    app = opened(visit, done, present="1")
    assert shown(app)
    assert not any(each.label == "Close this run" for each in app.button)
