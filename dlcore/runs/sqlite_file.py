"""The file of a SQLite store: is it sound, is it still the same one, and copies of it. No torch in here."""

import contextlib
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

BUSY_SECONDS = 10.0
CHECK_LIMIT = 256_000_000
"""A store file above this size (bytes) is not read through when it is opened."""


class Damaged(Exception):
    """The file is no database, or its pages contradict each other."""


def identity(path: Path | None) -> tuple[int, int] | None:
    """What tells one file from its successor at the same place."""
    if path is None:
        return None
    try:
        found = os.stat(path)
    except OSError:
        return (-1, -1)
    return (found.st_dev, found.st_ino)


def check(path: Path) -> None:
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


def move_aside(path: Path) -> Path:
    """Rename a damaged file and its journals; returns the new name."""
    aside = _free_name(path, f"damaged-{time.strftime('%Y%m%d-%H%M%S')}")
    for ending in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            os.replace(f"{path}{ending}", f"{aside}{ending}")
    return aside


def size(path: Path) -> int:
    """Bytes of the database, with what lies in its journal still."""
    return sum(each.stat().st_size for each in (path, Path(f"{path}-wal")) if each.exists())


def copy(path: Path, name: str) -> Path:
    """Copy the database as it is in its last transaction to a new file beside it, as in runs.NAME.db."""
    target = _free_name(path, name)
    part = target.with_name(target.name + ".part")
    try:
        with (
            contextlib.closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as source,
            contextlib.closing(sqlite3.connect(part)) as kept,
        ):
            source.backup(kept)
        shutil.copymode(path, part)
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)
    return target


@contextlib.contextmanager
def lock(path: Path) -> Iterator[None]:
    """One process at a time opens and mends the store; elsewhere than on POSIX, SQLite's own locks must do."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    with open(path.with_name(path.name + ".lock"), "a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _free_name(path: Path, name: str) -> Path:
    found, number = path.with_name(f"{path.stem}.{name}{path.suffix}"), 1
    while found.exists():
        number += 1
        found = path.with_name(f"{path.stem}.{name}-{number}{path.suffix}")
    return found
