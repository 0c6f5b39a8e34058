"""Which runs are taken in: their size, what they bring along, and room in the queue. No torch in here."""

from sqlalchemy import Connection, select

from dlcore.config.run import RunConfig
from dlcore.data.own.examples import MOST_BYTES as EXAMPLES_BYTES
from dlcore.data.own.examples import check_named
from dlcore.errors import InvalidValue, LimitReached
from dlcore.runs import schema
from dlcore.runs.limits import Limits
from dlcore.runs.turns import holding


def check_size(config: RunConfig, limits: Limits, free_bytes: int | None) -> None:
    """LimitReached for more epochs than a run may take, or with too little space on the store's disk."""
    if config.training.epochs > limits.max_epochs:
        raise LimitReached(
            f"A run may take up to {limits.max_epochs} epochs here, got {config.training.epochs}: try fewer."
        )
    if free_bytes is not None and free_bytes < limits.min_free_bytes:
        raise LimitReached(
            f"Only {free_bytes // 1_000_000} MB are free on the disk that holds the runs: "
            "delete old runs, or free space."
        )


def check_examples(config: RunConfig, examples: bytes | None) -> None:
    """InvalidValue unless these are the examples that the config names, and no more than can be kept."""
    check_named(config.examples, examples)
    if examples is not None and len(examples) > EXAMPLES_BYTES:
        raise InvalidValue(f"a run may bring at most {EXAMPLES_BYTES:,} bytes of examples, got {len(examples):,}")


def check_share(connection: Connection, owner: str, limits: Limits) -> None:
    """LimitReached unless the queue and this owner's share have room; inside of a writing transaction."""
    queued = list(connection.scalars(select(schema.runs.c.owner).where(schema.runs.c.state == "queued")))
    held = holding(connection)
    if queued.count(owner) + held.count(owner) >= limits.max_per_user:
        raise LimitReached(
            f"You already have {limits.max_per_user} runs that are running or waiting: let one finish or stop one, "
            f"then start the next."
        )
    room = max(0, limits.max_running - len(held))
    if len(queued) >= limits.max_queued + room:
        raise LimitReached(f"The queue is full with {len(queued)} waiting runs: try again in a few minutes.")
