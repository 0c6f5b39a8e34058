"""What travels to a worker's process. No torch in here."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Job:
    """What a worker needs to know."""

    url: str
    run: str
    worker: str
    """The token under which the run was given to this worker."""
    max_seconds: float
    pause_seconds: float
