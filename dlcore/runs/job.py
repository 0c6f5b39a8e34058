"""What travels to a worker's process. No torch in here: the supervisor, which sends it, needs none."""

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


def work(job: Job) -> None:
    """Train one run to its end, or until it is told to leave; whatever happens to the run is told by the store."""
    from dlcore.runs.worker import work

    work(job)


def device_and_precision() -> tuple[str, str]:
    """Name of the device and the precision that is fast on it.

    Asked in a process of its own: CUDA must not be started in the parent of others.
    """
    from dlcore import device

    about = device.describe()
    return about.name, "bf16" if about.bf16 else "fp32"
