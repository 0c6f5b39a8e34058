"""What becomes of the store of an older program, and of a newer one."""

import contextlib
import sqlite3
import subprocess
import sys

import numpy as np
import pytest
import safetensors.numpy
from sqlalchemy import create_engine, inspect, select, update

from dlcore.errors import StoreUnavailable
from dlcore.runs import Store, migrations, schema
from dlcore.runs.limits import Limits
from dlcore.runs.migrations import VERSION, Step
from dlcore.runs.run import Run
from tests.dlcore.runs import old_stores

LIMITS = Limits(max_running=2, min_free_bytes=0)
KINDS = {"image": "image", "autoencoder": "autoencoder", "recurrent": "recurrent", "cut off": "recurrent"}
"""Of the runs in the old store, by title."""


@pytest.fixture
def file(tmp_path):
    """A SQLite file that an older program left."""
    return old_stores.unpack(tmp_path / "runs.db")


@pytest.fixture
def old(url, tmp_path):
    """The same store at any address: its address."""
    path = old_stores.unpack(tmp_path / ("runs.db" if url.startswith("sqlite") else "old.db"))
    if not url.startswith("sqlite"):
        old_stores.move(path, url)
    return url


@pytest.fixture
def opened():
    """Open a store; it is closed again when the test ends."""
    with contextlib.ExitStack() as stack:

        def open_store(url):
            store = Store(url, LIMITS)
            stack.callback(store.database.close)
            return store

        yield open_store


def test_an_old_store_has_all_its_runs_and_what_they_learned(old, opened, tmp_path):
    store = opened(old)
    runs = store.runs("ann")
    assert {run.title: (run.kind, run.state) for run in runs} == {
        "image": ("image", "finished"),
        "autoencoder": ("autoencoder", "finished"),
        "recurrent": ("recurrent", "finished"),
        "cut off": ("recurrent", "interrupted"),
    }
    before = old_stores.unpack(tmp_path / "before.db")
    with contextlib.closing(sqlite3.connect(before)) as file:
        for run in runs:
            assert isinstance(run, Run)
            for name, step, data in file.execute("SELECT name, step, data FROM snapshots WHERE run = ?", [run.id]):
                assert store.snapshot_steps(run.id, name) == [step]
                then, now = safetensors.numpy.load(data), store.snapshot(run.id, name).arrays
                assert then.keys() == now.keys()
                assert all(np.array_equal(then[key], now[key], equal_nan=True) for key in then)
            for epoch, data in file.execute("SELECT epoch, data FROM weights WHERE run = ?", [run.id]):
                assert store.weights(run.id, epoch or None) == data
            count = file.execute("SELECT count(*) FROM records WHERE run = ?", [run.id]).fetchone()[0]
            assert len(store.records(run.id)) == count > 0
            assert store.curve(run.id)[1][:, 0].tolist() == list(range(1, run.step + 1))


def test_migrated_tables_are_those_of_a_new_store(old, opened, tmp_path, url):
    def form(address):
        engine = create_engine(address)
        look = inspect(engine)
        found = {}
        for table in look.get_table_names():
            columns = {each["name"]: (repr(each["type"]), each["nullable"]) for each in look.get_columns(table)}
            indexes = {each["name"]: tuple(each["column_names"]) for each in look.get_indexes(table)}
            keys = look.get_pk_constraint(table)["constrained_columns"]
            foreign = [(each["referred_table"], each["options"]) for each in look.get_foreign_keys(table)]
            found[table] = (columns, indexes, keys, foreign)
        engine.dispose()
        return found

    opened(old).runs()
    migrated = form(old)
    if url.startswith("sqlite"):
        url = f"sqlite:///{tmp_path / 'new.db'}"
    else:
        old_stores.empty(url)
    opened(url).runs()
    assert migrated == form(url)


def test_a_file_is_copied_before_its_rows_are_rewritten_with_what_its_journal_holds(file, opened):
    before = old_stores.contents(f"sqlite:///{file}")
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("INSERT INTO notes VALUES ('late', 'in the journal alone')")
        assert b"in the journal alone" not in file.read_bytes()
        assert len(opened(f"sqlite:///{file}").runs()) == 4
    (copy,) = file.parent.glob("*before*")
    assert copy.name == "runs.before-2.db"
    before["notes"] = [repr(("late", "in the journal alone"))]
    assert old_stores.contents(f"sqlite:///{copy}") == before


def test_a_new_store_is_not_copied(tmp_path, opened):
    assert opened(f"sqlite:///{tmp_path / 'runs.db'}").runs() == []
    assert not list(tmp_path.glob("*before*"))


def broken(connection):
    raise KeyError("a row that nobody expected")


def test_a_migration_that_fails_leaves_the_store_as_it_was_and_says_so(old, opened, monkeypatch, tmp_path):
    before = old_stores.contents(old)
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "STEPS", (*migrations.STEPS, Step(2, broken, rewrites=True)))
        with pytest.raises(StoreUnavailable, match=r"from version 1 to 2, and are as they were"):
            opened(old).runs()
    assert old_stores.contents(old) == before
    assert not list(tmp_path.glob("*before*"))
    assert len(opened(old).runs()) == 4


def test_no_room_for_the_copy_is_a_sentence_and_changes_nothing(file, opened, monkeypatch):
    before = old_stores.contents(f"sqlite:///{file}")
    store = opened(f"sqlite:///{file}")
    with monkeypatch.context() as patch:
        patch.setattr("dlcore.runs.database.Database.free_bytes", lambda _: 1_000_000)
        with pytest.raises(StoreUnavailable, match="takes 4 MB, and 1 MB are free"):
            store.runs()
    assert old_stores.contents(f"sqlite:///{file}") == before
    assert len(store.runs()) == 4


OPEN = """
import sys
from dlcore.runs import Store
store = Store(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
print(len(store.runs()))
"""


def test_servers_that_open_at_once_migrate_once(old, tmp_path):
    command = [sys.executable, "-c", OPEN, old]
    servers = [subprocess.Popen(command, stdin=-1, stdout=-1, stderr=-1, text=True) for _ in range(4)]
    assert [each.stdout.readline() for each in servers] == ["ready\n"] * 4
    for each in servers:
        each.stdin.write("go\n")
        each.stdin.flush()
    assert [each.communicate(timeout=60)[0] for each in servers] == ["4\n"] * 4
    assert len(list(tmp_path.glob("*before*"))) == old.startswith("sqlite")


def test_servers_that_create_a_store_at_once_do_not_disturb_each_other(url):
    command = [sys.executable, "-c", OPEN, url]
    servers = [subprocess.Popen(command, stdin=-1, stdout=-1, stderr=-1, text=True) for _ in range(4)]
    assert [each.communicate("go\n", timeout=60)[0] for each in servers] == ["ready\n0\n"] * 4


def test_a_store_of_a_newer_program_is_left_alone(old, opened):
    store = opened(old)
    with store.database.write() as connection:
        newer = str(VERSION + 1)
        connection.execute(update(schema.notes).where(schema.notes.c.name == schema.SCHEMA).values(text=newer))
    store.database.close()
    before = old_stores.contents(old)
    with pytest.raises(StoreUnavailable, match=r"newer version of the program .*: update the program"):
        opened(old).runs()
    assert old_stores.contents(old) == before


def test_opening_a_store_of_today_waits_for_no_writer(tmp_path, opened):
    url = f"sqlite:///{tmp_path / 'runs.db'}"
    opened(url).runs()
    with contextlib.closing(sqlite3.connect(tmp_path / "runs.db", isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        assert opened(url).runs() == []


def test_a_run_whose_config_no_program_wrote_is_migrated_and_listed_with_every_kind(file, opened):
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as writer:
        writer.execute("UPDATE runs SET config = '[' WHERE title = 'image'")
        writer.execute("UPDATE runs SET config = '{\"preset\": \"gone\"}' WHERE title = 'recurrent'")
    store = opened(f"sqlite:///{file}")
    assert {run.title for run in store.runs("ann", kind="autoencoder")} == {"image", "recurrent", "autoencoder"}
    with store.database.read() as connection:
        rows = connection.execute(select(schema.runs.c.title, schema.runs.c.kind)).all()
    assert dict(map(tuple, rows)) == {**KINDS, "image": "", "recurrent": ""}
