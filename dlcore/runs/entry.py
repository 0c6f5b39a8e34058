"""What other processes are started with. No torch in here before it is called: the supervisor needs none."""

from dlcore.runs.job import Job


def work(job: Job) -> None:
    """Train one run to its end, or until it is told to leave; whatever happens to the run is told by the store."""
    from dlcore.runs.worker import work

    work(job)


def device_and_precision() -> tuple[str, str]:
    """Name of the device and the precision that is fast on it.

    Asked in a process of its own: CUDA must not be started in the parent of others.
    """
    from dlcore.machine import device

    about = device.describe()
    return about.name, "bf16" if about.bf16 else "fp32"
