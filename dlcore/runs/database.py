"""One database behind the store: opened on first need, mended when damaged, every failure a sentence."""

import contextlib
import json
import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import QueuePool
from sqlalchemy.schema import CreateIndex, CreateTable

from dlcore import home
from dlcore.errors import InvalidValue, StoreUnavailable
from dlcore.runs import schema

BUSY_SECONDS = 10.0
CHECK_LIMIT = 256_000_000
"""A store file above this size (bytes) is not read through when it is opened."""


def default_url() -> str:
    """$DLCORE_STORE, else the file runs.db in dlcore's own folder."""
    if url := os.environ.get("DLCORE_STORE", "").strip():
        return url
    return f"sqlite:///{home.folder() / 'runs.db'}"


class Damaged(Exception):
    """The file is no database, or its pages contradict each other."""


class Database:
    """Short transactions on one SQLAlchemy URL; safe to use from many threads and processes at once."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._lock = threading.RLock()
        self._identity: tuple[int, int] | None = None
        self._opened = False
        try:
            self.engine = _engine(url)
        except (ArgumentError, NoSuchModuleError, ImportError) as error:
            raise StoreUnavailable(
                f"The store's address cannot be used ({error}): set DLCORE_STORE to a SQLAlchemy URL such as "
                "sqlite:////path/runs.db."
            ) from error
        sqlite = self.engine.dialect.name == "sqlite"
        name = self.engine.url.database
        if sqlite and (not name or name == ":memory:"):
            raise StoreUnavailable("The store must be shared by processes, so it cannot lie in memory: name a file.")
        self.path = Path(name) if sqlite and name else None

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads."""
        with self._transaction(writes=False) as connection:
            yield connection

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that writes; on SQLite it holds the only writer's place from its first line on."""
        with self._transaction(writes=True) as connection:
            yield connection

    @contextlib.contextmanager
    def _transaction(self, *, writes: bool) -> Iterator[Connection]:
        try:
            self._open()
            with self.engine.connect() as connection:
                connection = connection.execution_options(writes=writes)
                with connection.begin():
                    yield connection
        except SQLAlchemyError as error:
            raise self._problem(error) from error
        except (OSError, sqlite3.Error) as error:
            raise StoreUnavailable(_sentence(str(error), self.where)) from error
        except (UnicodeEncodeError, OverflowError) as error:
            raise InvalidValue("A text or number is not one that a database can hold: change it.") from error

    @property
    def where(self) -> str:
        """The store's address without a password."""
        return str(self.path) if self.path else self.engine.url.render_as_string(hide_password=True)

    @property
    def identity(self) -> tuple[int, int] | None:
        """Differs once the file has been replaced by a new one; None where there is no file."""
        return self._identity

    def free_bytes(self) -> int | None:
        """Space left on the store's disk, None where that cannot be known."""
        try:
            return shutil.disk_usage(self.path.parent).free if self.path else None
        except OSError:
            return None

    def close(self) -> None:
        """Give all connections back; the next transaction opens again."""
        with self._lock:
            self.engine.dispose()
            self._opened = False

    def _problem(self, error: SQLAlchemyError) -> StoreUnavailable:
        if self.path and _means_damage(error):
            self.close()
        return StoreUnavailable(_sentence(str(getattr(error, "orig", None) or error), self.where))

    def _open(self) -> None:
        """Open the store, or open it again when its file has been removed or replaced."""
        if self._opened and self._identity == _identity(self.path):
            return
        with self._lock:
            if self._opened and self._identity == _identity(self.path):
                return
            self.engine.dispose()
            self._opened = False
            if self.path is None:
                _create_tables(self.engine)
            else:
                self._open_file(self.path)
            self._identity = _identity(self.path)
            self._opened = True

    def _open_file(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _file_lock(path.with_name(path.name + ".lock")):
            try:
                _check(path)
                _create_tables(self.engine)
            except (Damaged, SQLAlchemyError) as error:
                if not (isinstance(error, Damaged) or _means_damage(error)):
                    raise
                self.engine.dispose()
                aside = _move_aside(path)
                _create_tables(self.engine)
                self._note_damage(aside)

    def _note_damage(self, aside: Path) -> None:
        sentence = f"The store of runs was damaged. It was kept as {aside.name} in {aside.parent}, and a new one begun."
        with self.engine.connect().execution_options(writes=True) as connection, connection.begin():
            text = json.dumps({"at": time.time(), "sentence": sentence})
            connection.execute(schema.notes.insert().values(name=schema.DAMAGE, text=text))


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url, isolation_level="SERIALIZABLE", pool_pre_ping=True, pool_size=4, max_overflow=28)
    options = {"timeout": BUSY_SECONDS, "check_same_thread": False}
    engine = create_engine(url, connect_args=options, poolclass=QueuePool, pool_size=4, max_overflow=60)

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # transactions are begun below, by name
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "wal_autocheckpoint=2000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _create_tables(engine: Engine) -> None:
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        for table in schema.metadata.sorted_tables:
            connection.execute(CreateTable(table, if_not_exists=True))
            for index in table.indexes:
                connection.execute(CreateIndex(index, if_not_exists=True))


def _identity(path: Path | None) -> tuple[int, int] | None:
    """What tells one file from its successor at the same place."""
    if path is None:
        return None
    try:
        found = os.stat(path)
    except OSError:
        return (-1, -1)
    return (found.st_dev, found.st_ino)


def _check(path: Path) -> None:
    """Raise Damaged unless `path` is absent, empty, or a sound SQLite file."""
    if not path.exists() or path.stat().st_size == 0:
        return
    with contextlib.closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as connection:
        try:
            if path.stat().st_size <= CHECK_LIMIT:
                answer = connection.execute("PRAGMA quick_check(1)").fetchone()
            else:
                answer = connection.execute("SELECT 'ok' FROM sqlite_master LIMIT 1").fetchone()
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as error:
            raise Damaged(str(error)) from error
    if answer != ("ok",):
        raise Damaged(str(answer))


def _means_damage(error: Exception) -> bool:
    words = str(getattr(error, "orig", None) or error).lower()
    return isinstance(error, DBAPIError) and ("malformed" in words or "not a database" in words)


def _move_aside(path: Path) -> Path:
    """Rename the file and its journals; returns the new name."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    aside = path.with_name(f"{path.stem}.damaged-{stamp}{path.suffix}")
    number = 1
    while aside.exists():
        number += 1
        aside = path.with_name(f"{path.stem}.damaged-{stamp}-{number}{path.suffix}")
    for ending in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            os.replace(f"{path}{ending}", f"{aside}{ending}")
    return aside


@contextlib.contextmanager
def _file_lock(path: Path) -> Iterator[None]:
    """One process at a time opens and mends the store; elsewhere than on POSIX, SQLite's own locks must do."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    with open(path, "a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _sentence(cause: str, where: str) -> str:
    words = cause.lower()
    if "full" in words or "no space" in words or "quota" in words:
        return f"The disk that holds the runs ({where}) is full: free some space, and everything goes on by itself."
    if "readonly" in words or "read-only" in words or "permission" in words:
        return f"The runs at {where} may not be written: make the file and its folder writable, or set DLCORE_HOME."
    if "locked" in words or "busy" in words or "serializ" in words:
        return "The store of runs is busy: try again in a moment."
    if "unable to open" in words or "not a directory" in words:
        return f"The store of runs at {where} cannot be opened: check the folder, or set DLCORE_HOME to another one."
    return f"The store of runs at {where} cannot be used ({cause}): check the disk, or set DLCORE_HOME to another one."
