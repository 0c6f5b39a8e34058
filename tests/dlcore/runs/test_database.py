import contextlib
import os
import sqlite3
import subprocess
import sys

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


def test_a_file_that_is_no_database_is_kept_aside_and_a_new_store_begun(file_store, tmp_path):
    path = tmp_path / "runs.db"
    path.write_bytes(b"these are not the runs you are looking for" * 200)
    assert file_store.runs() == []
    assert file_store.submit(CONFIG, "ann")
    (aside,) = tmp_path.glob("runs.damaged-*.db")
    assert aside.read_bytes().startswith(b"these are not")
    assert aside.name in file_store.notice
    assert aside.name in again(file_store).notice


def test_a_database_with_broken_pages_is_kept_aside(file_store, tmp_path):
    for owner in "ann", "bob", "cleo":
        file_store.submit(CONFIG, owner)
    file_store.database.close()
    path = tmp_path / "runs.db"
    with open(path, "r+b") as file:
        file.seek(4096)
        file.write(os.urandom(20 * 4096))
    fresh = Store(file_store.url, file_store.limits)
    assert fresh.runs() == []
    assert "damaged" in fresh.notice


def test_a_sound_store_has_no_notice(store):
    store.submit(CONFIG, "ann")
    assert store.notice == ""
    assert len(again(store).runs()) == 1


def test_a_store_that_vanishes_is_made_again(file_store, tmp_path):
    file_store.submit(CONFIG, "ann")
    for path in tmp_path.glob("runs.db*"):
        path.unlink()
    assert file_store.runs() == []
    assert len(Store(file_store.url, file_store.limits).runs("ann")) == 0
    file_store.submit(CONFIG, "ann")
    assert len(Store(file_store.url, file_store.limits).runs("ann")) == 1


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreUnavailable, match="DLCORE_HOME"):
        Store(f"sqlite:///{tmp_path / 'file' / 'runs.db'}").runs()


def test_a_read_only_store_says_so(file_store):
    file_store.submit(CONFIG, "ann")

    @event.listens_for(file_store.database.engine, "begin")
    def read_only(connection):
        connection.connection.driver_connection.execute("PRAGMA query_only=ON")

    with pytest.raises(StoreUnavailable, match="may not be written"):
        file_store.submit(CONFIG, "bob")
    assert len(file_store.runs()) == 1


def test_a_full_disk_says_so_and_everything_goes_on_when_there_is_space(file_store):
    file_store.limits = Limits(2, max_queued=10_000, min_free_bytes=0)
    before = file_store.submit(CONFIG, "ann")
    pages = {"most": 1}

    @event.listens_for(file_store.database.engine, "begin")
    def small(connection):
        connection.connection.driver_connection.execute(f"PRAGMA max_page_count={pages['most']}")

    def fill():
        for number in range(1000):
            file_store.submit(CONFIG, f"owner {number}")

    with pytest.raises(StoreUnavailable, match="full"):
        fill()
    assert file_store.run(before).owner == "ann"
    pages["most"] = 1 << 30
    assert file_store.submit(CONFIG, "bob")


SUBMIT = """
import sys
from dlcore.config.run import RunConfig
from dlcore.runs import Store
from dlcore.runs.limits import Limits

store = Store(sys.argv[1], Limits(max_running=2, max_queued=1000, max_per_user=1000, min_free_bytes=0))
store.runs()
print("ready", flush=True)
sys.stdin.readline()
for number in range(10):
    store.submit(RunConfig.of("mlp"), sys.argv[2])
"""


def test_nobody_is_refused_because_others_write_at_the_same_moment(store):
    store.runs()
    owners = ("ann", "bob", "cleo")
    command = [sys.executable, "-c", SUBMIT, store.url]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    processes = [subprocess.Popen([*command, owner], **pipes) for owner in owners]
    for each in processes:
        assert each.stdout.readline() == "ready\n"
    for each in processes:
        each.stdin.write("\n")
        each.stdin.flush()
    for each in processes:
        assert not each.communicate()[1]
    assert all(len(store.runs(owner)) == 10 for owner in owners)


@pytest.mark.parametrize("url", ["postgres://ann@host/runs", "postgresql://ann@host/runs"])
def test_addresses_of_postgresql_are_understood_as_hosts_write_them(url):
    assert Store(url).database.engine.dialect.driver == "psycopg"


def test_a_driver_that_is_missing_is_named():
    with pytest.raises(StoreUnavailable, match=r"psycopg2.*pip install 'psycopg\[binary\]'"):
        Store("postgresql+psycopg2://ann@host/runs")


def test_another_writer_is_waited_for(file_store, tmp_path, in_background, wait_for):
    file_store.submit(CONFIG, "ann")
    with contextlib.closing(sqlite3.connect(tmp_path / "runs.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        in_background(file_store.submit, CONFIG, "bob")
        assert len(file_store.runs()) == 1, "reading goes on meanwhile"
        other.execute("COMMIT")
    wait_for(lambda: len(file_store.runs()) == 2)
