"""The store's tables, as dlcore.runs.migrations brings them about in older stores."""

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, LargeBinary, MetaData, String, Table, Text

metadata = MetaData()
BLOB = LargeBinary(2**31 - 1)


def _run_id(*, primary_key: bool = False) -> Column[str]:
    owner = ForeignKey("runs.id", ondelete="CASCADE")
    return Column("run", String(32), owner, nullable=False, primary_key=primary_key)


runs = Table(
    "runs",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("owner", String(200), nullable=False),
    Column("title", String(200), nullable=False),
    Column("config", Text, nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("message", Text, nullable=False, default=""),
    Column("created", Float(53), nullable=False, index=True),
    Column("queued", Float(53), nullable=False),
    Column("started", Float(53)),
    Column("ended", Float(53)),
    Column("step", Integer, nullable=False, default=0),
    Column("epoch", Integer, nullable=False, default=0),
    Column("total_steps", Integer, nullable=False, default=0),
    Column("samples_per_second", Float(53)),
    Column("seconds_left", Float(53)),
    Column("seconds", Float(53), nullable=False, default=0.0),
    Column("worker", String(32)),
    Column("beat", Float(53)),
    Column("started_record", Text),
    Column("last_epoch", Text),
    Column("finished", Text),
    Column("has_weights", Boolean, nullable=False, default=False),
    Column("kind", String(32), nullable=False, server_default=""),
    Column("group_id", String(32), nullable=False, server_default="", index=True),
    Column("start", String(32), nullable=False, server_default=""),
    Index("runs_of_owner", "owner", "kind", "created"),
)

chunks = Table(
    "chunks",
    metadata,
    _run_id(primary_key=True),
    Column("first", Integer, primary_key=True, autoincrement=False),
    Column("last", Integer, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("columns", Text, nullable=False),
    Column("data", BLOB, nullable=False),
)

records = Table(
    "records",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    _run_id(),
    Column("kind", String(16), nullable=False),
    Column("step", Integer, nullable=False),
    Column("data", Text, nullable=False),
    Index("records_of_run", "run", "id"),
    sqlite_autoincrement=True,
)

snapshots = Table(
    "snapshots",
    metadata,
    _run_id(primary_key=True),
    Column("name", String(64), primary_key=True),
    Column("step", Integer, primary_key=True, autoincrement=False),
    Column("epoch", Integer, nullable=False),
    Column("data", BLOB, nullable=False),
)

examples = Table("examples", metadata, _run_id(primary_key=True), Column("data", BLOB, nullable=False))

KEPT, LAST, START = 0, -1, -2
"""The `epoch` under which the model of a finished run lies, its best weights; the last ones, where they differ; and
those that it began with, where these are not its own."""

weights = Table(
    "weights",
    metadata,
    _run_id(primary_key=True),
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("data", BLOB, nullable=False),
)

checkpoints = Table(
    "checkpoints",
    metadata,
    _run_id(primary_key=True),
    Column("step", Integer, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("data", BLOB, nullable=False),
)

commands = Table(
    "commands",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    _run_id(),
    Column("name", String(32), nullable=False),
    Column("value", Float(53)),
    Index("commands_of_run", "run", "id"),
    sqlite_autoincrement=True,
)

leases = Table(
    "leases",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("holder", String(32), nullable=False),
    Column("host", String(200), nullable=False),
    Column("pid", Integer, nullable=False),
    Column("beat", Float(53), nullable=False),
    Column("device", String(200), nullable=False, default=""),
    Column("precision", String(200), nullable=False, default=""),
)

notes = Table("notes", metadata, Column("name", String(32), primary_key=True), Column("text", Text, nullable=False))
DAMAGE = "damage"
"""The note about a damaged store that was moved aside: JSON with `at` (Unix seconds) and `sentence`."""
SCHEMA = "schema"
"""The note with the version of these tables, a whole number; version 1 did not write it."""
