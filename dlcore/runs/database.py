"""One database behind the store: opened on first need, mended when damaged, every failure a sentence."""

import contextlib
import json
import logging
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from dlcore.errors import InvalidValue, StoreUnavailable, cause
from dlcore.runs import migrations, schema, sqlite_file

COPIES = 2
"""Of a SQLite file must have room on its disk before its rows are rewritten: the copy, and the new rows."""
WRITERS_LOCK = 0x646C636F
"""The number of the lock that a transaction on PostgreSQL holds while it writes, or creates or migrates tables."""
PATIENCE_SECONDS = 30
"""How long a transaction on PostgreSQL waits for the others that write."""

log = logging.getLogger(__name__)


class Database:
    """Short transactions on one SQLAlchemy URL; safe to use from many threads and processes at once."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._lock = threading.RLock()
        self._identity: tuple[int, int] | None = None
        self._opened = False
        try:
            self.engine = _engine(url)
        except ImportError as error:
            raise StoreUnavailable(
                f"The driver of the store's database is not installed ({error}): for PostgreSQL, run pip install "
                "'psycopg[binary]'."
            ) from error
        except ArgumentError as error:
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
        """A transaction that writes; it holds the only writer's place from its first line on.

        SQLite has one such place. On PostgreSQL it is a lock, so that nothing is refused there because two write at
        once: transactions are short, and each sees all that was written before it.
        """
        with self._transaction(writes=True) as connection:
            yield connection

    @contextlib.contextmanager
    def _transaction(self, *, writes: bool) -> Iterator[Connection]:
        try:
            self._open()
            if writes:
                with self._alone() as connection:
                    yield connection
            else:
                with self.engine.connect() as connection, connection.begin():
                    yield connection
        except SQLAlchemyError as error:
            raise self._problem(error) from error
        except (OSError, sqlite3.Error) as error:
            raise StoreUnavailable(_sentence(cause(error), self.where)) from error
        except (UnicodeEncodeError, OverflowError) as error:
            raise InvalidValue("A text or number cannot be stored in a database: change it.") from error

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
        return StoreUnavailable(_sentence(_cause(error), self.where))

    def _open(self) -> None:
        """Open the store, or open it again when its file has been removed or replaced."""
        if self._opened and self._identity == sqlite_file.identity(self.path):
            return
        with self._lock:
            if self._opened and self._identity == sqlite_file.identity(self.path):
                return
            self.engine.dispose()
            self._opened = False
            if self.path is None:
                self._bring_up_to_date()
            else:
                self._open_file(self.path)
            self._identity = sqlite_file.identity(self.path)
            self._opened = True

    def _open_file(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with sqlite_file.lock(path):
            try:
                sqlite_file.check(path)
                self._bring_up_to_date()
            except (sqlite_file.Damaged, SQLAlchemyError) as error:
                if not (isinstance(error, sqlite_file.Damaged) or _means_damage(error)):
                    raise
                self.engine.dispose()
                aside = sqlite_file.move_aside(path)
                self._bring_up_to_date()
                self._note_damage(aside)

    def _bring_up_to_date(self) -> None:
        """Create the tables, or bring those of an older program to today's form; one process at a time does it."""
        with self.engine.connect() as connection, connection.begin():
            found = self._version(connection)
        if found == migrations.VERSION:
            return
        copies: list[Path] = []
        try:
            with self._alone() as connection:
                found = self._version(connection)
                if self.path and any(step.rewrites for step in migrations.pending(found)):
                    copies.append(self._keep_copy(self.path))
                migrations.migrate(connection, found)
        except StoreUnavailable:
            raise
        except Exception as error:
            for copy in copies:
                copy.unlink(missing_ok=True)
            if found == 0 or _means_damage(error):
                raise
            log.exception("migrating %s", self.where)
            raise StoreUnavailable(
                f"{_sentence(_cause(error), self.where)} Its tables could not be brought from version {found} to "
                f"{migrations.VERSION}, and are as they were."
            ) from error
        for copy in copies:
            log.warning("%s was brought to version %s; as it was before, it is kept as %s", self.path,
                        migrations.VERSION, copy.name)  # fmt: skip

    @contextlib.contextmanager
    def _alone(self) -> Iterator[Connection]:
        """A transaction during which nobody else writes, and which sees all that was written before it."""
        options: dict[str, Any] = {"writes": True}
        if self.path is None:  # any stricter level would see what was there before it waited for the lock
            options["isolation_level"] = "READ COMMITTED"
        with self.engine.connect().execution_options(**options) as connection, connection.begin():
            if self.engine.dialect.name == "postgresql":
                connection.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE_SECONDS}s'"))
                connection.execute(text(f"SELECT pg_advisory_xact_lock({WRITERS_LOCK})"))
            yield connection

    def _version(self, connection: Connection) -> int:
        found = migrations.version(connection)
        if found > migrations.VERSION:
            raise StoreUnavailable(
                f"The store of runs at {self.where} was written by a newer version of the program (its tables have "
                f"version {found}, this program knows {migrations.VERSION}): update the program, or set DLCORE_STORE "
                "to another store. Nothing in it was changed."
            )
        return found

    def _keep_copy(self, path: Path) -> Path:
        """The file as it is before its rows are rewritten."""
        size, free = sqlite_file.size(path), self.free_bytes()
        if free is not None and free < COPIES * size:
            raise StoreUnavailable(
                f"The runs at {path} were written by an older version of the program, and are copied before they are "
                f"brought to today's form. That takes {COPIES * size // 1_000_000 + 1} MB, and {free // 1_000_000} MB "
                "are free on their disk: free some space, and everything continues by itself."
            )
        return sqlite_file.copy(path, f"before-{migrations.VERSION}")

    def _note_damage(self, aside: Path) -> None:
        kept = f"It was kept as {aside.name} in {aside.parent}, and a new one was created."
        sentence = f"The store of runs was damaged. {kept}"
        with self.engine.connect().execution_options(writes=True) as connection, connection.begin():
            text = json.dumps({"at": time.time(), "sentence": sentence})
            connection.execute(schema.notes.insert().values(name=schema.DAMAGE, text=text))


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        for usual in ("postgres://", "postgresql://"):  # as hosts of databases write them
            if url.startswith(usual):
                url = url.replace(usual, "postgresql+psycopg://", 1)
        return create_engine(url, isolation_level="REPEATABLE READ", pool_pre_ping=True, pool_size=4, max_overflow=28)
    options = {"timeout": sqlite_file.BUSY_SECONDS, "check_same_thread": False}
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


def _means_damage(error: Exception) -> bool:
    words = _cause(error).lower()
    return isinstance(error, DBAPIError) and ("malformed" in words or "not a database" in words)


def _cause(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error)


def _sentence(why: str, where: str) -> str:
    words = why.lower()
    if "full" in words or "no space" in words or "quota" in words:
        return f"The disk that holds the runs ({where}) is full: free some space, and everything continues by itself."
    if "readonly" in words or "read-only" in words or "permission" in words:
        return f"The runs at {where} may not be written: make the file and its folder writable, or set DLCORE_HOME."
    if "locked" in words or "busy" in words or "lock timeout" in words:
        return "The store of runs is busy: try again in a moment."
    if "unable to open" in words or "not a directory" in words:
        return f"The store of runs at {where} cannot be opened: check the folder, or set DLCORE_HOME to another one."
    return f"The store of runs at {where} cannot be used ({why}): check the disk, or set DLCORE_HOME to another one."
