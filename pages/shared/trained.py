"""Which weights of a run are meant: its id stands for the model, the best weights, and `ID.last` for the last ones."""

from pages.shared import session

_LAST = ".last"


def last_of(run_id: str) -> str:
    """The name of a run's last weights, for lists and links."""
    return f"{run_id}{_LAST}"


def parted(name: str) -> tuple[str, bool]:
    """The id of the run, and whether its last weights are meant."""
    return name.removesuffix(_LAST), name.endswith(_LAST)


def weights(name: str) -> bytes:
    """These weights, as one safetensors file; WeightsUnreadable or RunNotFound if there are none."""
    run_id, last = parted(name)
    return session.store().weights(run_id, last=last)


def source(name: str) -> str:
    """The same as Python, for the code view."""
    run_id, last = parted(name)
    return f"Store().weights({run_id!r}{', last=True' if last else ''})"
