import re
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import update

from dlcore.config.run import RunConfig
from dlcore.config.training import TrainingConfig
from dlcore.errors import DlcoreError, InvalidValue, LimitReached, RunNotFound, StoreUnavailable, WeightsUnreadable
from dlcore.runs import Store, schema
from dlcore.runs.desk import Desk
from dlcore.runs.journal import Journal
from dlcore.runs.limits import Limits

CONFIG = RunConfig.of("mlp", training=TrainingConfig(epochs=3))


def test_a_submitted_run_is_there_with_all_that_was_given(store):
    run = store.run(store.submit(CONFIG, "ann", "  my   first\nrun "))
    assert (run.owner, run.title, run.state, run.position) == ("ann", "my first run", "queued", 1)
    assert run.config == CONFIG
    assert run.active
    assert not run.has_weights


def test_a_run_has_a_title_of_its_own_and_an_id_that_nobody_guesses(store):
    ids = {store.submit(CONFIG, f"owner {n}") for n in range(3)}
    assert len(ids) == 3
    assert all(re.fullmatch(r"[\w-]{11}", each) for each in ids)
    assert store.run(ids.pop()).title == "mlp on digits"


def test_what_a_worker_writes_can_be_read_again(store, claim, fake_fit):
    run_id = store.submit(CONFIG, "ann")
    claim().run(fake_fit())
    run = store.run(run_id)
    assert (run.state, run.message, run.step, run.epoch, run.total_steps) == ("finished", "Done.", 30, 3, 30)
    assert run.finished.reason == "completed"
    assert run.last_epoch.validation == {"loss": 2.0}
    columns, rows, last = store.curve(run_id)
    assert columns == ("step", "epoch", "learning_rate", "loss", "accuracy")
    assert rows[:, 0].tolist() == list(range(1, 31))
    assert rows[:, 3].tolist() == [1 / n for n in range(1, 31)]
    assert last == 30
    kinds = [type(record).__name__ for _, record in store.records(run_id)]
    assert kinds == ["Started", "Epoch", "Epoch", "Epoch", "Finished"]
    assert store.snapshot(run_id, "predictions").arrays["images"].tolist() == [[3] * 3] * 2
    assert store.snapshot(run_id, "other") is None
    assert store.weights(run_id) == b"kept weights"
    assert store.weight_epochs(run_id) == [1, 2, 3]
    assert len(store.weights(run_id, 2)) > 50


def test_a_reader_can_go_on_from_where_it_was(store, claim, fake_fit):
    run_id = store.submit(CONFIG, "ann")
    claim().run(fake_fit())
    _, rows, last = store.curve(run_id, after=25)
    assert rows[:, 0].tolist() == [26, 27, 28, 29, 30]
    columns, nothing, same = store.curve(run_id, after=last)
    assert nothing.shape == (0, len(columns))
    assert same == last
    number = store.records(run_id)[1][0]
    assert [type(record).__name__ for _, record in store.records(run_id, after=number)] == [
        "Epoch",
        "Epoch",
        "Finished",
    ]


def test_snapshots_keep_arrays_that_do_not_lie_in_a_row(store, claim, fake_fit):
    run_id = store.submit(CONFIG, "ann")
    worker = claim()
    fit = fake_fit()

    def transposed(*args, **options):
        for record in fit(*args, **options):
            if type(record).__name__ == "Snapshot":
                record.arrays["images"] = np.arange(6).reshape(2, 3).T
            yield record

    worker.run(transposed)
    assert store.snapshot(run_id, "predictions").arrays["images"].tolist() == [[0, 3], [1, 4], [2, 5]]


def test_only_its_owner_can_touch_a_run_but_a_link_shows_it_to_all(store):
    run_id = store.submit(CONFIG, "ann")
    for touch in (
        lambda: store.command(run_id, "bob", "stop"),
        lambda: store.rename(run_id, "bob", "mine"),
        lambda: store.delete(run_id, "bob"),
        lambda: store.retry(run_id, "bob"),
    ):
        with pytest.raises(RunNotFound, match="only its owner"):
            touch()
    assert store.run(run_id).state == "queued"
    assert store.runs("bob") == []


def test_runs_are_listed_newest_first_and_by_state(store):
    ids = [store.submit(CONFIG, "ann", str(n)) for n in range(3)]
    assert [run.id for run in store.runs("ann")] == ids[::-1]
    assert [run.id for run in store.runs(limit=1)] == ids[2:]
    store.command(ids[0], "ann", "stop")
    assert [run.id for run in store.runs("ann", states=["stopped"])] == ids[:1]
    with pytest.raises(InvalidValue, match="sleeping"):
        store.runs(states=["sleeping"])


def test_a_run_can_be_renamed_and_deleted_with_all_it_had(store, claim, fake_fit):
    run_id = store.submit(CONFIG, "ann")
    claim().run(fake_fit())
    store.rename(run_id, "ann", "better")
    assert store.run(run_id).title == "better"
    store.delete(run_id, "ann")
    with pytest.raises(RunNotFound, match="deleted"):
        store.run(run_id)
    assert store.curve(run_id)[2] == 0
    assert store.records(run_id) == []
    with pytest.raises(RunNotFound):
        store.weights(run_id)


def test_a_waiting_run_is_stopped_at_once(store):
    run_id = store.submit(CONFIG, "ann")
    store.command(run_id, "ann", "stop")
    run = store.run(run_id)
    assert (run.state, run.position) == ("stopped", 0)
    assert "before it began" in run.message
    with pytest.raises(InvalidValue, match="no more commands"):
        store.command(run_id, "ann", "pause")
    with pytest.raises(WeightsUnreadable):
        store.weights(run_id)


@pytest.mark.parametrize(
    ("name", "value"),
    [("explode", None), ("learning_rate", "fast"), ("learning_rate", 0), ("learning_rate", None), ("momentum", 2)],
)
def test_a_command_that_makes_no_sense_is_refused(store, name, value):
    run_id = store.submit(CONFIG, "ann")
    with pytest.raises(InvalidValue, match=name):
        store.command(run_id, "ann", name, value)


def test_a_user_has_a_share_and_the_queue_an_end(store):
    for _ in range(3):
        store.submit(CONFIG, "ann")
    with pytest.raises(LimitReached, match="3 runs"):
        store.submit(CONFIG, "ann")
    store.submit(CONFIG, "bob")
    store.submit(CONFIG, "bob")
    with pytest.raises(LimitReached, match="queue is full with 5"):
        store.submit(CONFIG, "cleo")


def test_limits_hold_when_all_submit_at_once(store):
    def submit(number):
        try:
            return Store(store.url, store.limits).submit(CONFIG, f"owner {number % 2}")
        except LimitReached:
            return None

    with ThreadPoolExecutor(12) as pool:
        accepted = [each for each in pool.map(submit, range(24)) if each]
    assert len(accepted) == store.queue().queued == 5


def test_owners_take_turns(store):
    first = [store.submit(CONFIG, "ann") for _ in range(3)]
    second = store.submit(CONFIG, "bob")
    places = {run.id: run.position for run in store.runs()}
    assert [places[each] for each in (first[0], second, first[1], first[2])] == [1, 2, 3, 4]


def test_too_many_epochs_and_a_disk_almost_full_are_refused(tmp_path):
    url = f"sqlite:///{tmp_path / 'runs.db'}"
    with pytest.raises(LimitReached, match="up to 2 epochs"):
        Store(url, Limits(1, max_epochs=2)).submit(CONFIG, "ann")
    with pytest.raises(LimitReached, match="MB are free"):
        Store(url, Limits(1, min_free_bytes=10**18)).submit(CONFIG, "ann")


def test_the_latest_value_of_a_setting_replaces_those_not_yet_taken(store, claim):
    run_id = store.submit(CONFIG, "ann")
    worker = claim()
    for n in range(200):
        store.command(run_id, "ann", "learning_rate", 0.001 * (n + 1))
    journal = Journal(store.database, run_id, worker.job.worker)
    orders, running = journal.orders()
    assert [(order.name, order.value) for order in orders] == [("learning_rate", 0.2)]
    assert running == 1


def test_a_file_that_cannot_be_checked_is_a_sentence(tmp_path, monkeypatch):
    def broken(path):
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr("dlcore.runs.sqlite_file.check", broken)
    with pytest.raises(StoreUnavailable, match="disk I/O error"):
        Store(f"sqlite:///{tmp_path / 'runs.db'}").runs()


def test_unknown_addresses_are_a_sentence():
    with pytest.raises(StoreUnavailable, match="DLCORE_STORE"):
        Store("nonsense")
    with pytest.raises(StoreUnavailable, match="memory"):
        Store("sqlite://")


def test_the_store_lies_where_the_environment_says(tmp_path, monkeypatch):
    monkeypatch.setenv("DLCORE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DLCORE_STORE", raising=False)
    Store().submit(CONFIG, "ann")
    assert (tmp_path / "home" / "runs.db").exists()
    monkeypatch.setenv("DLCORE_STORE", f"sqlite:///{tmp_path / 'other.db'}")
    assert Store().runs() == []


def test_opening_a_store_imports_no_torch():
    code = "import sys, dlcore.runs, dlcore.runs.supervisor, dlcore.runs.entry; print('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_ids_from_links_may_be_anything(store):
    for strange in ("", "x" * 5000, "'; DROP TABLE runs; --", "\x00", None, 7):
        with pytest.raises(DlcoreError):
            store.run(strange)


def test_runs_of_one_kind_are_found_behind_any_number_of_others(store):
    store.limits = Limits(2, max_per_user=100, max_queued=100, min_free_bytes=0)
    recurrent = store.submit(RunConfig.of("gru"), "ann")
    for _ in range(60):
        store.submit(CONFIG, "ann")
    assert [run.id for run in store.runs("ann", kind="recurrent")] == [recurrent]
    assert recurrent not in [run.id for run in store.runs("ann")]
    assert {run.kind for run in store.runs("ann", kind="image", limit=100)} == {"image"}
    assert store.runs("ann", kind="autoencoder") == []


def test_a_group_of_runs_is_found_by_its_name(store):
    first = store.submit(replace(CONFIG, group="sweep-1"), "ann")
    store.submit(CONFIG, "ann")
    other = store.submit(replace(CONFIG, group="sweep-2", start=first), "ann")
    assert [run.id for run in store.runs(group="sweep-1")] == [first]
    assert [(run.id, run.start, run.group) for run in store.runs("ann", group="sweep-2")] == [(other, first, "sweep-2")]
    assert store.runs("bob", group="sweep-1") == []


def test_a_run_without_a_title_is_called_after_what_it_trains(store):
    run_id = store.submit(CONFIG, "ann", "mine")
    store.rename(run_id, "ann", "  ")
    assert store.run(run_id).title == "mlp on digits"


def test_a_run_that_waits_without_a_place_can_be_stopped_however_full_the_share_is(store, claim):
    run_id = store.submit(RunConfig.of("mlp"), "ann")
    Desk(store).claim()
    with store.database.write() as connection:
        connection.execute(update(schema.runs).values(state="paused", worker=None))
    for _ in range(store.limits.max_per_user):
        store.submit(RunConfig.of("mlp"), "ann")
    with pytest.raises(LimitReached):
        store.command(run_id, "ann", "resume")
    store.command(run_id, "ann", "stop")
    assert store.run(run_id).state == "queued"


@pytest.mark.parametrize(
    "call",
    [
        lambda store, run: store.submit(RunConfig.of("mlp"), "ann", "\ud800"),
        lambda store, run: store.submit(RunConfig.of("mlp"), "\ud800"),
        lambda store, run: store.run("\ud800"),
        lambda store, run: store.weights(run, 10**30),
        lambda store, run: store.curve(run, 10**30),
        lambda store, run: store.command(run, "ann", "learning_rate", 10**400),
    ],
)
def test_what_no_database_can_hold_is_a_sentence(store, call):
    run = store.submit(RunConfig.of("mlp"), "ann")
    with pytest.raises(DlcoreError):
        call(store, run)


def test_a_run_tells_which_data_it_really_used(store, claim, fake_fit):
    run_id = store.submit(RunConfig.of("mlp", {"name": "mnist"}), "ann")
    assert store.run(run_id).data == "mnist"
    claim().run(fake_fit())
    assert store.run(run_id).data == store.run(run_id).started_record.data
