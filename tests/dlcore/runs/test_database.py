import contextlib
import os
import sqlite3

import pytest
from sqlalchemy import event

from dlcore.config.run import RunConfig
from dlcore.errors import StoreUnavailable
from dlcore.runs import Store
from dlcore.runs.limits import Limits

CONFIG = RunConfig.of("mlp")


def again(store: Store) -> Store:
    """The same store as another process would open it."""
    store.database.close()
    return Store(store.url, store.limits)


def test_a_file_that_is_no_database_is_kept_aside_and_a_new_store_begun(store, tmp_path):
    path = tmp_path / "runs.db"
    path.write_bytes(b"these are not the runs you are looking for" * 200)
    assert store.runs() == []
    assert store.submit(CONFIG, "ann")
    (aside,) = tmp_path.glob("runs.damaged-*.db")
    assert aside.read_bytes().startswith(b"these are not")
    assert aside.name in store.notice
    assert aside.name in again(store).notice


def test_a_database_with_broken_pages_is_kept_aside(store, tmp_path):
    for owner in "ann", "bob", "cleo":
        store.submit(CONFIG, owner)
    store.database.close()
    path = tmp_path / "runs.db"
    with open(path, "r+b") as file:
        file.seek(4096)
        file.write(os.urandom(20 * 4096))
    fresh = Store(store.url, store.limits)
    assert fresh.runs() == []
    assert "damaged" in fresh.notice


def test_a_sound_store_has_no_notice(store):
    store.submit(CONFIG, "ann")
    assert store.notice == ""
    assert len(again(store).runs()) == 1


def test_a_store_that_vanishes_is_made_again(store, tmp_path):
    store.submit(CONFIG, "ann")
    for path in tmp_path.glob("runs.db*"):
        path.unlink()
    assert store.runs() == []
    assert len(Store(store.url, store.limits).runs("ann")) == 0
    store.submit(CONFIG, "ann")
    assert len(Store(store.url, store.limits).runs("ann")) == 1


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreUnavailable, match="DLCORE_HOME"):
        Store(f"sqlite:///{tmp_path / 'file' / 'runs.db'}").runs()


def test_a_read_only_store_says_so(store):
    store.submit(CONFIG, "ann")

    @event.listens_for(store.database.engine, "begin")
    def read_only(connection):
        connection.connection.driver_connection.execute("PRAGMA query_only=ON")

    with pytest.raises(StoreUnavailable, match="may not be written"):
        store.submit(CONFIG, "bob")
    assert len(store.runs()) == 1


def test_a_full_disk_says_so_and_everything_goes_on_when_there_is_space(store):
    store.limits = Limits(2, max_queued=10_000, min_free_bytes=0)
    before = store.submit(CONFIG, "ann")
    pages = {"most": 1}

    @event.listens_for(store.database.engine, "begin")
    def small(connection):
        connection.connection.driver_connection.execute(f"PRAGMA max_page_count={pages['most']}")

    def fill():
        for number in range(1000):
            store.submit(CONFIG, f"owner {number}")

    with pytest.raises(StoreUnavailable, match="full"):
        fill()
    assert store.run(before).owner == "ann"
    pages["most"] = 1 << 30
    assert store.submit(CONFIG, "bob")


def test_another_writer_is_waited_for(store, tmp_path, in_background, wait_for):
    store.submit(CONFIG, "ann")
    with contextlib.closing(sqlite3.connect(tmp_path / "runs.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        in_background(store.submit, CONFIG, "bob")
        assert len(store.runs()) == 1, "reading goes on meanwhile"
        other.execute("COMMIT")
    wait_for(lambda: len(store.runs()) == 2)
