"""What the supervisor does in the store: the lease, giving runs to workers, and noticing the dead. No torch in here."""

import os
import secrets
import socket
import time
from collections.abc import Collection
from typing import Any

from sqlalchemy import func, insert, select, update

from dlcore.runs import schema
from dlcore.runs.run import ACTIVE
from dlcore.runs.store import ALIVE_SECONDS, Store
from dlcore.runs.turns import holding, next_in_line


class Desk:
    """One supervisor's view of the store.

    Every method raises StoreUnavailable when the database cannot be used.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.database = store.database
        self.holder = secrets.token_urlsafe(8)
        self.host = socket.gethostname()

    def hold(self, device: str, precision: str) -> bool:
        """Take the lease or keep it alive; False if another supervisor has it."""
        table, now = schema.leases, time.time()
        values = {"holder": self.holder, "host": self.host, "pid": os.getpid(), "beat": now}
        values |= {"device": device, "precision": precision}
        with self.database.write() as connection:
            row = connection.execute(select(table).where(table.c.name == "supervisor")).mappings().first()
            if row is None:
                connection.execute(insert(table).values(name="supervisor", **values))
                return True
            stale = now - row["beat"] > ALIVE_SECONDS or (row["host"] == self.host and not _alive(row["pid"]))
            if row["holder"] != self.holder and not stale:
                return False
            connection.execute(update(table).where(table.c.name == "supervisor").values(**values))
            return True

    def release(self) -> None:
        """Let the next supervisor begin at once."""
        table = schema.leases
        with self.database.write() as connection:
            connection.execute(update(table).where(table.c.holder == self.holder).values(beat=0.0))

    def claim(self) -> tuple[str, str] | None:
        """Give the next queued run away: (run id, worker's token); None when none waits or there is no place."""
        table = schema.runs
        with self.database.read() as connection:
            if not connection.scalar(select(func.count()).where(table.c.state == "queued")):
                return None
        with self.database.write() as connection:
            if len(holding(connection)) >= self.store.limits.max_running:
                return None
            run = next_in_line(connection)
            if run is None:
                return None
            token, now = secrets.token_urlsafe(8), time.time()
            values: dict[str, Any] = {"state": "running", "worker": token, "beat": now, "message": "Getting ready"}
            values["started"] = func.coalesce(table.c.started, now)
            connection.execute(update(table).where(table.c.id == run).values(**values))
            return run, token

    def interrupt(self, run: str, worker: str, why: str) -> None:
        """Mark a run whose worker is gone, unless that worker has said itself how it ended."""
        table = schema.runs
        mine = (table.c.id == run) & (table.c.worker == worker)
        values = {"state": "interrupted", "message": why, "ended": time.time(), "worker": None, "seconds_left": None}
        with self.database.write() as connection:
            connection.execute(update(table).where(mine).values(**values))

    def silent(self, seconds: float, known: Collection[str]) -> list[tuple[str, str]]:
        """Runs that a worker holds, unheard of for `seconds` and not among the `known` tokens: (run id, token)."""
        table = schema.runs.c
        query = select(table.id, table.worker).where(table.state.in_(ACTIVE), table.worker.is_not(None))
        with self.database.read() as connection:
            rows = connection.execute(query.where(table.beat < time.time() - seconds)).all()
        return [(run, token) for run, token in rows if token not in known]


def _alive(pid: int) -> bool:
    """Whether a process of this machine is there; where that cannot be asked, it may be."""
    if os.name != "posix":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
