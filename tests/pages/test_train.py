"""The training page, used as a visitor uses it: through its controls, its links and its buttons."""

import csv
import io
import time
from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import select, update

from dlcore.config.images import DataConfig
from dlcore.config.run import RunConfig
from dlcore.config.training import TrainingConfig
from dlcore.errors import DataUnavailable
from dlcore.formula.numbers import percent
from dlcore.runs import schema
from dlcore.runs.desk import Desk
from dlcore.runs.limits import Limits
from dlcore.runs.worker import Job, work
from pages.figures import words as figures
from pages.shared.run_files import curve_csv
from tests.pages.visits import ME, SOMEBODY, button, labels, visited, warned, warnings, words, worked

SMALL = RunConfig.of("mlp", DataConfig(train_size=60), TrainingConfig(epochs=2, batch_size=16))


@pytest.fixture
def limits():
    return Limits(max_running=1, max_per_user=2)


@pytest.fixture
def visit(store):
    return partial(visited, "pages/train.py", ME)


def test_the_preset_is_shown_with_its_number_of_parameters(visit):
    app = visit()
    assert "93,322" in words(app)
    app.selectbox(key="preset").set_value("mlp").run()
    assert "101,770" in words(app)


def test_a_link_restores_the_controls(visit):
    app = visit(preset="mlp", data="fashion", epochs="7", learning_rate="0.02", optimizer="nesterov", label_noise="0.4")
    assert app.selectbox(key="preset").value == "mlp"
    assert app.segmented_control(key="data").value == "fashion"
    assert app.number_input(key="epochs").value == 7
    assert app.select_slider(key="learning_rate").value == 0.02
    assert app.selectbox(key="optimizer").value == "nesterov"
    assert app.number_input(key="label_noise").value == pytest.approx(0.4)
    assert not [each.value for each in app.warning if "must be" in each.value]


def test_a_learning_rate_between_the_stops_of_the_slider_is_taken_from_a_link(visit):
    assert visit(learning_rate="0.0042").select_slider(key="learning_rate").value == 0.0042


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("epochs", "100000", "epochs must be between 1 and 500"),
        ("epochs", "many", "epochs must be a whole number"),
        ("learning_rate", "50", "learning_rate must be between 1e-6 and 10"),
        ("label_noise", "nan", "label_noise must be a number"),
        ("preset", "alexnet", "preset must be one of mlp"),
        ("preset", "conv 8, relu, dence 10", "did you mean dense?"),
        ("data", "cifar", "data must be one of digits"),
        ("optimizer", "adm", "did you mean 'adam'?"),
        ("preset", "lstm", "preset must be one of mlp, cnn-64, cnn-128, lenet-5"),
        ("augment", "blur", "augment must be made of"),
    ],
)
def test_a_bad_setting_in_a_link_is_one_sentence_and_the_default(visit, store, name, value, said):
    app = visit(**{name: value})
    (warning,) = warnings(app)
    assert said in warning
    assert warnings(app.run()) == [warning], "the page ran again, such as when its images came, and nothing was changed"
    assert not warnings(app.number_input(key="seed").set_value(3).run())
    app.number_input(key="seed").set_value(0).run()
    button(app, "Start training").click().run()
    assert store.runs(ME)[0].config == RunConfig.of()


@pytest.mark.parametrize(("name", "value", "used"), [("epochs", "2.5", 2), ("batch_size", "32.5", 32)])
def test_a_number_in_a_link_where_only_whole_ones_will_do_is_told_with_what_is_used(visit, name, value, used):
    app = visit(**{name: value})
    (warning,) = warnings(app)
    assert warning.endswith(f"got {value}. {used} is used instead.")
    control = app.number_input if name == "epochs" else app.select_slider
    assert control(key=name).value == used


def test_start_queues_a_run_and_puts_it_into_the_link(visit, store):
    app = visit(preset="mlp", train_size="100", epochs="3")
    button(app, "Start training").click().run()
    (run,) = store.runs(ME)
    assert run.config == RunConfig.of("mlp", DataConfig(train_size=100), TrainingConfig(epochs=3))
    assert app.query_params["run"] == run.id
    assert "Place 1 in the queue" in words(app)
    assert not button(app, "Stop").disabled
    assert button(app, "Pause").disabled
    assert button(app, "Resume").disabled


def test_too_many_runs_are_refused_in_one_sentence(visit, store):
    store.submit(SMALL, ME)
    store.submit(SMALL, ME)
    app = visit()
    button(app, "Start training").click().run()
    assert "You already have 2 runs" in warned(app)
    assert len(store.runs(ME)) == 2


def test_an_unknown_run_in_the_link_is_one_sentence_and_the_page_stays_usable(visit):
    app = visit(run="no-such-run")
    assert "There is no run 'no-such-run'" in warned(app)
    assert "Start training" in labels(app)


def test_somebody_elses_run_can_be_watched_but_not_steered(visit, store):
    run = store.submit(SMALL, SOMEBODY)
    Desk(store).claim()
    app = visit(run=run)
    assert "somebody else's run" in words(app)
    assert not {"Pause", "Step", "Stop"} & set(labels(app))


def test_a_finished_run_shows_what_was_measured_and_where(visit, store):
    store.submit(SMALL, ME)
    run = worked(store)
    app = visit(run=run.id)
    assert app.metric[0].label == "Test accuracy"
    assert app.metric[0].value == percent(run.finished.test["accuracy"])
    assert "360 images of the test split of digits" in words(app)
    assert "The same sample of 24 of the 180 validation images, after epoch 2" in words(app)
    assert "accuracy after epoch 2, on the 180 images of the validation split" in words(app)
    assert "Draw for this model" in labels(app)
    assert any("torch" in code.value for code in app.code)
    assert all(button(app, label).disabled for label in ("Pause", "Step", "Resume", "Stop"))


def test_the_settings_of_a_run_can_be_used_again(visit, store):
    store.submit(SMALL, ME)
    app = visit(run=worked(store).id)
    button(app, "Use these settings again").click().run()
    button(app, "Start training").click().run()
    assert store.runs(ME)[0].config == SMALL


def test_divergence_is_a_sentence_with_a_smaller_rate_at_a_click(visit, store):
    wild = TrainingConfig(optimizer="sgd", learning_rate=10.0, weight_decay=1.0, epochs=100, batch_size=16)
    store.submit(RunConfig.of("mlp", DataConfig(train_size=60), wild), ME)
    run = worked(store)
    assert run.state == "diverged"
    app = visit(run=run.id)
    assert "diverged" in warned(app)
    button(app, "Set the learning rate to 1").click().run()
    assert app.select_slider(key="learning_rate").value == 1.0


def test_the_epoch_that_is_shown_is_the_one_that_goes_on(visit, store):
    run = store.submit(SMALL, ME)
    job = Desk(store).claim()
    Desk(store).interrupt(*job, "Held.")
    with store.database.write() as connection:
        connection.execute(update(schema.runs).values(state="paused", step=3, epoch=1, total_steps=8))
    shown = next(each.proto.body for each in visit(run=run).get("html") if 'class="numbers"' in each.proto.body)
    assert "Epoch of 2<b>1</b>" in shown


def test_data_that_stand_in_for_others_are_named_wherever_a_result_is(visit, store):
    store.submit(RunConfig.of("mlp", DataConfig("fashion", train_size=60), TrainingConfig(epochs=1)), ME)
    run = worked(store)
    assert run.data != "fashion"
    app = visit(run=run.id)
    assert run.title == "mlp on digits in place of fashion, images 60"
    assert run.title in words(app)
    assert all("fashion" not in each.value.lower().replace("in place of fashion", "") for each in app.caption)
    script = next(each.value for each in app.code if "import torch" in each.value)
    assert "load_digits()" in script
    assert "FashionMNIST" not in script


def test_the_script_says_what_was_done_by_hand(visit, store):
    run_id = store.submit(SMALL, ME)
    job = Job(store.url, *Desk(store).claim(), max_seconds=60, pause_seconds=1)
    store.command(run_id, ME, "learning_rate", 0.2)
    work(job)
    app = visit(run=run_id)
    script = next(each.value for each in app.code if "import torch" in each.value)
    assert "This no longer holds once something was done by hand" in words(app)
    assert "#   learning_rate became 0.2 after step 0" in script
    compile(script, "<script>", "exec")


def test_pause_is_acknowledged_before_the_worker_has_followed(visit, store):
    run = store.submit(SMALL, ME)
    Desk(store).claim()
    app = visit(run=run)
    button(app, "Pause").click().run()
    assert "pausing…" in words(app)


def test_best_and_last_weights_of_a_run_can_be_drawn_for_and_taken_home(visit, store):
    spoiled = TrainingConfig(optimizer="sgd", learning_rate=2.0, epochs=12, batch_size=16)
    store.submit(RunConfig.of("mlp", DataConfig(train_size=60), spoiled), ME)
    run = worked(store)
    assert run.has_last
    app = visit(run=run.id)
    assert {"Draw for the best weights", "Draw for the last"} <= set(labels(app))
    assert {"Best weights", "Last weights"} <= {each.proto.label for each in app.get("download_button")}
    done = run.finished
    assert f"The model has the best weights, {done.best.said}" in words(app)
    assert f"| Last | {done.last.said} | loss {figures.loss(done.last.validation['loss'])}" in words(app).replace(
        "**", ""
    )
    drawn = visited("pages/draw.py", ME, run=f"{run.id}.last")
    assert f"Its weights are those {done.last.said}" in words(drawn)
    assert "last=True" in drawn.code[-1].value
    assert store.weights(run.id, last=True) != store.weights(run.id)


def test_the_list_tells_runs_apart(visit, store):
    store.submit(replace(SMALL, training=replace(SMALL.training, seed=7)), ME)
    run = worked(store)
    store.submit(SMALL, ME)
    told = [each.value.replace("\\", "") for each in visit().caption]
    first = next(each for each in told if "seed 7" in each)
    assert first.startswith(
        "finished · epoch 2 of 2 · seed 7 · 101,770 parameters · scikit-learn's digits · best valid"
    )
    assert f"test {figures.share(run.finished.test['accuracy'])} on 360 images" in first
    assert any(each.startswith("queued · epoch 0 of 2 · seed 0") for each in told)


def test_the_curve_as_a_file_has_all_that_the_charts_show(visit, store, monkeypatch):
    store.submit(SMALL, ME)
    run = worked(store)
    monkeypatch.setattr("pages.shared.session.store", lambda: store)
    rows = list(csv.DictReader(io.StringIO(curve_csv(run))))
    assert [int(row["step"]) for row in rows] == list(range(1, 9))
    assert {"loss", "smoothed_accuracy", "train_loss", "validation_accuracy"} <= set(rows[0])
    assert [row["validation_loss"] != "" for row in rows] == [False] * 3 + [True] + [False] * 3 + [True]
    assert float(rows[-1]["validation_accuracy"]) == pytest.approx(run.last_epoch.validation["accuracy"], rel=1e-5)


def test_the_promise_of_the_script_names_the_threads_and_the_script_sets_them(visit, store):
    store.submit(SMALL, ME)
    run = worked(store)
    count = run.finished.threads[0]
    app = visit(run=run.id)
    assert f"the run used {count} thread" in words(app)
    assert f"torch.set_num_threads({count})" in next(each.value for each in app.code if "import torch" in each.value)


def test_a_queued_run_can_be_stopped(visit, store):
    run = store.submit(SMALL, ME)
    app = visit(run=run)
    button(app, "Stop").click().run()
    assert store.run(run).state == "stopped"
    assert "Stopped before it began" in words(app)


def test_an_interrupted_run_can_be_resumed(visit, store):
    run = store.submit(SMALL, ME)
    desk = Desk(store)
    desk.interrupt(*desk.claim(), "The worker was killed.")
    app = visit(run=run)
    assert "The worker was killed." in words(app)
    button(app, "Resume").click().run()
    assert store.run(run).state == "queued"


def test_the_learning_rate_of_a_running_run_can_be_changed_and_is_checked(visit, store):
    run = store.submit(SMALL, ME)
    Desk(store).claim()
    app = visit(run=run)
    rate = app.select_slider(key=f"live_learning_rate_{run}")
    for value in (0.5, 0.1, 0.01):
        rate.set_value(value)
    button(app, "Use from the next step").click().run()
    assert not app.warning
    with store.database.read() as connection:
        sent = connection.execute(select(schema.commands.c.name, schema.commands.c.value)).all()
    assert sent == [("learning_rate", 0.01)], "one change, and none for the settings that were left alone"
    store.delete(run, ME)
    app.select_slider(key=f"live_learning_rate_{run}").set_value(0.02)
    button(app, "Use from the next step").click().run()
    assert not app.exception
    assert "There is no run" in warned(app)


@pytest.mark.parametrize(
    ("title", "check"),
    [
        ("Learn by heart", lambda runs: runs[0].config.data.train_size == 60),
        ("Steps too long", lambda runs: runs[0].config.training.learning_rate == 1.0),
        ("Wrong labels", lambda runs: runs[0].config.data.label_noise == 0.4),
        ("MLP or CNN?", lambda runs: {run.config.preset for run in runs} == {"mlp", "cnn-64"}),
    ],
)
def test_an_experiment_is_one_click_and_shows_in_the_controls(visit, store, title, check):
    app = visit(epochs="3", optimizer="adamw")
    app.button(key=f"try_{title}").click().run()
    runs = store.runs(ME)
    assert check(runs)
    assert app.number_input(key="epochs").value == runs[0].config.training.epochs
    assert app.selectbox(key="optimizer").value == runs[0].config.training.optimizer


def test_runs_can_be_renamed_opened_compared_and_deleted(visit, store):
    store.submit(SMALL, ME, "first")
    run = worked(store)
    app = visit()
    app.text_input(key=f"title_{run.id}").set_value("my *best*").run()
    assert store.run(run.id).title == "my *best*"
    app.checkbox(key=f"compare_{run.id}").check().run()
    assert app.get("plotly_chart")
    app.button(key=f"open_{run.id}").click().run()
    assert app.query_params["run"] == run.id
    app.button(key=f"delete_{run.id}").click().run()
    assert store.runs(ME) == []
    assert not app.exception


def test_somebody_elses_runs_are_not_in_my_list(visit, store):
    store.submit(SMALL, SOMEBODY, "a secret")
    assert "secret" not in words(visit())


def wait_for(app, words_to_come, limit=60):
    """Run the page until its sample sheet is there."""
    deadline = time.monotonic() + limit
    while words_to_come not in words(app) and time.monotonic() < deadline:
        app.run()
    assert not app.exception


def test_the_sample_sheet_comes_without_holding_up_the_page(visit):
    app = visit(train_size="200", label_noise="0.5")
    wait_for(app, "training images")
    assert "32 of 200 training images" in words(app)
    assert "180 for validation, 360 for the test" in words(app)
    assert "Framed: labels made wrong by noise" in words(app)


def test_the_page_says_when_other_data_stand_in(visit, monkeypatch):
    def missing(name, progress=None):
        raise DataUnavailable("MNIST is not on this machine and could not be fetched.")

    monkeypatch.setattr("dlcore.data.mnist.locate", missing)
    app = visit(data="mnist", seed="20")
    wait_for(app, "training images")
    assert "MNIST is not on this machine" in warned(app)
    assert "1,257 training images" in words(app)


def test_settings_that_exclude_each_other_are_one_sentence(visit, store):
    app = visit(data="fashion", augment="pen")
    button(app, "Start training").click().run()
    assert "is for handwriting" in warned(app)
    assert store.runs(ME) == []


@pytest.mark.parametrize(("page", "preset"), [("train", "lstm"), ("recurrent", "mlp"), ("autoencoder", "mlp")])
def test_a_run_of_another_kind_is_shown_where_it_is_at_home(store, page, preset):
    run = store.submit(RunConfig.of(preset), ME)
    app = visited(f"pages/{page}.py", ME, run=run)
    assert "has its own page" in warned(app)
    assert "Start training" in labels(app)
    assert "Pause" not in labels(app)
    del app.query_params["run"]
    assert not warnings(app.run()), "it is not remembered"
