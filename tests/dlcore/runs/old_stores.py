"""A store as version 1 of the tables left it, for tests of what becomes of it.

data/store-1.db.xz was written by the last program without a version (four runs of "ann" on one thread of a CPU): an MLP
on 60 digits with SGD, learning rate 1 and weight decay 1, so that its weights are almost all zero and take little room;
a VAE with 8 hidden units and a code of 2; a simple gated network of 8 units on 600 signals; and a GRU like it that was
cut off at step 18 of 40. Afterwards: DELETE FROM leases; VACUUM.
"""

import lzma
from pathlib import Path

from sqlalchemy import MetaData, create_engine, event, insert, inspect, select, text

STORE_1 = Path(__file__).parent / "data" / "store-1.db.xz"


def unpack(path: Path) -> Path:
    """The store of version 1 as a SQLite file."""
    path.write_bytes(lzma.decompress(STORE_1.read_bytes()))
    return path


def move(path: Path, url: str) -> None:
    """Fill an empty database with the tables and rows of a SQLite file."""
    tables, source, target = MetaData(), create_engine(f"sqlite:///{path}"), create_engine(url)

    @event.listens_for(tables, "column_reflect")
    def generic(inspector, table, column):
        column["type"] = column["type"].as_generic()

    tables.reflect(source)
    tables.create_all(target)
    with source.connect() as old, target.begin() as new:
        for table in tables.sorted_tables:
            if rows := [dict(row) for row in old.execute(select(table)).mappings()]:
                new.execute(insert(table), rows)
        for name in ("records", "commands"):
            new.execute(text(f"SELECT setval('{name}_id_seq', (SELECT coalesce(max(id), 0) + 1 FROM {name}))"))
    source.dispose()
    target.dispose()


def empty(url: str) -> None:
    """Drop all tables."""
    engine = create_engine(url)
    with engine.begin() as connection:
        for name in inspect(connection).get_table_names():
            connection.execute(text(f'DROP TABLE "{name}" CASCADE'))
    engine.dispose()


def contents(url: str) -> dict[str, list[tuple]]:
    """Every row of every table."""
    tables, engine = MetaData(), create_engine(url)
    tables.reflect(engine)
    with engine.connect() as connection:
        found = {each.name: sorted(map(repr, connection.execute(select(each)))) for each in tables.sorted_tables}
    engine.dispose()
    return found
