"""A PostgreSQL server of the tests' own, on a socket in a folder of its own: Debian's package is all that it needs."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_WHERE = Path("/usr/lib/postgresql")
"""Debian keeps the programs of every version in a folder here, outside of PATH."""
_QUICK = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c listen_addresses="


def programs() -> Path | None:
    """The folder of initdb and pg_ctl of the newest version on this machine; None if there is none."""
    on_path = shutil.which("initdb")
    found = sorted(_WHERE.glob("*/bin/initdb"), key=lambda each: int(each.parts[-3]))
    return Path(on_path).parent if on_path else found[-1].parent if found else None


@contextmanager
def server() -> Iterator[str]:
    """The address of a new and empty server, for SQLAlchemy; it is gone afterwards."""
    found = programs()
    assert found, "PostgreSQL is not installed"
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    become: list[str] = []
    if os.getuid() == 0:  # as which PostgreSQL refuses to run
        shutil.chown(folder, "postgres")
        become = ["runuser", "-u", "postgres", "--"]

    def run(program: str, *options: str) -> None:
        command = [*become, str(found / program), "-D", str(folder / "data"), *options]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL, cwd=folder)

    try:
        run("initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        run("pg_ctl", "-w", "-t", "120", "-l", str(folder / "log"), "-o", f"{_QUICK} -k {folder}", "start")
        try:
            yield f"postgresql+psycopg://postgres@/postgres?host={folder}"
        finally:
            run("pg_ctl", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
