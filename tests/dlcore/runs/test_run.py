"""Runs that this program cannot read: listed with a reason, and whatever can be done with them is."""

import json

import pytest
from sqlalchemy import insert, update

from dlcore.config.migration import VERSION
from dlcore.config.run import RunConfig
from dlcore.config.training import TrainingConfig
from dlcore.errors import RunUnreadable
from dlcore.runs import Store, schema
from dlcore.runs.desk import Desk
from dlcore.runs.run import Run, Unreadable

CONFIG = RunConfig.of("mlp", training=TrainingConfig(epochs=3))
NEWER = {"version": VERSION + 1, "kind": "transformer", "depth": 12}


def rewrite(store: Store, run: str, **values) -> None:
    with store.database.write() as connection:
        connection.execute(update(schema.runs).where(schema.runs.c.id == run).values(**values))


@pytest.fixture
def trained(store, claim, fake_fit):
    run = store.submit(CONFIG, "ann", "mine")
    claim().run(fake_fit())
    return run


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"config": json.dumps(NEWER), "kind": "transformer"}, "newer version of the program: update"),
        ({"config": json.dumps({"version": VERSION, "kind": "image", "colour": 3})}, "damaged, or was written by"),
        ({"config": "[1, 2]"}, "damaged, or was written by"),
        ({"config": "{"}, "damaged, or was written by"),
        ({"finished": json.dumps({"kind": "Finished", "verdict": "good"})}, "damaged, or was written by"),
        ({"last_epoch": json.dumps({"kind": "Telegram"})}, "damaged, or was written by"),
        ({"last_epoch": json.dumps({"kind": "Changed", "step": 1, "setting": "momentum", "value": 1})}, "damaged"),
    ],
)
def test_a_run_that_cannot_be_read_is_listed_with_the_reason_and_its_files(store, trained, values, problem):
    rewrite(store, trained, **values)
    other = store.submit(CONFIG, "ann")
    for listed in (store.runs("ann"), store.runs("ann", kind="image")):
        assert [run.id for run in listed] == [other, trained]
        assert isinstance(listed[0], Run)
    for found in (listed[1], store.run(trained)):
        assert isinstance(found, Unreadable)
        assert problem in found.problem
        assert (found.title, found.state, found.step, found.has_weights) == ("mine", "finished", 30, True)
    with pytest.raises(RunUnreadable, match=problem):
        store.readable(trained)
    assert store.weights(trained) == b"kept weights"
    assert store.curve(trained)[1][:, 0].tolist() == list(range(1, 31))
    assert store.snapshot(trained, "predictions").step == 30


def test_a_run_of_a_kind_that_only_a_newer_program_knows_is_listed_with_every_kind(store, trained):
    rewrite(store, trained, config=json.dumps(NEWER), kind="transformer")
    for kind in ("image", "recurrent", "autoencoder"):
        assert [run.id for run in store.runs("ann", kind=kind)] == [trained]


def test_it_can_be_renamed_and_deleted_but_never_resumed(store, claim, fake_fit):
    run = store.submit(CONFIG, "ann")
    claim().run(fake_fit(fail_at=15, error=RuntimeError("a bug")))
    rewrite(store, run, config=json.dumps(NEWER))
    with pytest.raises(RunUnreadable, match="newer version"):
        store.retry(run, "ann")
    assert store.run(run).state == "failed"
    store.rename(run, "ann", "from the future")
    assert store.run(run).title == "from the future"
    with pytest.raises(RunUnreadable, match="newer version"):
        store.rename(run, "ann", "")
    store.delete(run, "ann")
    assert store.runs("ann") == []


def test_one_that_is_held_cannot_be_resumed_either_but_stopped(store):
    run = store.submit(CONFIG, "ann")
    Desk(store).claim()
    rewrite(store, run, config=json.dumps(NEWER), state="paused", worker=None)
    for command in ("resume", "step"):
        with pytest.raises(RunUnreadable, match="newer version"):
            store.command(run, "ann", command)
    store.command(run, "ann", "stop")


def test_one_that_waits_in_the_queue_fails_with_the_reason_when_its_turn_comes(store, claim, fake_fit):
    run, after = store.submit(CONFIG, "ann"), store.submit(CONFIG, "ann")
    rewrite(store, run, config=json.dumps(NEWER))
    claim().run(fake_fit())
    claim().run(fake_fit())
    assert store.run(run).state == "failed"
    assert "newer version of the program" in store.run(run).message
    assert store.run(after).state == "finished"


def test_a_record_of_a_newer_program_does_not_hide_the_others(store, trained):
    with store.database.write() as connection:
        values = {"run": trained, "kind": "Telegram", "step": 30, "data": json.dumps({"kind": "Telegram"})}
        connection.execute(insert(schema.records).values(**values))
    kinds = [type(record).__name__ for _, record in store.records(trained)]
    assert kinds == ["Started", "Epoch", "Epoch", "Epoch", "Finished"]
