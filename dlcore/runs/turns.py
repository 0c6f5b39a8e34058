"""Who holds a place, and who comes next: owners take turns, however long their own lines. No torch in here."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Connection, select

from dlcore.runs import schema
from dlcore.runs.run import ACTIVE


def order(waiting: Sequence[tuple[str, str]], running: Sequence[str]) -> list[str]:
    """Run ids in the order in which they will start.

    waiting: (run id, owner), oldest first; running: the owner of each run that holds a place now.
    An owner with fewer runs comes first; among equals, whoever has waited longest.
    """
    share = Counter(running)
    turns = []
    for place, (run, owner) in enumerate(waiting):
        turns.append((share[owner], place, run))
        share[owner] += 1
    return [run for _, _, run in sorted(turns)]


def holding(connection: Connection) -> list[str]:
    """The owner of each run that holds a worker's place."""
    table = schema.runs.c
    return list(connection.scalars(select(table.owner).where(table.state.in_(ACTIVE), table.worker.is_not(None))))


def positions(connection: Connection) -> dict[str, int]:
    """The place of each queued run, counted from 1, in their order."""
    table = schema.runs.c
    query = select(table.id, table.owner).where(table.state == "queued").order_by(table.queued)
    waiting = [tuple(row) for row in connection.execute(query)]
    return {run: place for place, run in enumerate(order(waiting, holding(connection)), 1)}


def next_in_line(connection: Connection) -> str | None:
    """The queued run that starts next."""
    return next(iter(positions(connection)), None)
