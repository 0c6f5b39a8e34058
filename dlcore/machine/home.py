"""Where dlcore keeps what it writes: downloads, the store of runs. No torch in here."""

import os
from pathlib import Path


def folder() -> Path:
    """DLCORE_HOME if it is set, else the user's data folder (XDG base directories)."""
    if os.environ.get("DLCORE_HOME"):
        return Path(os.environ["DLCORE_HOME"])
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "dlcore"


def store() -> str:
    """The address of the store of runs, for SQLAlchemy: DLCORE_STORE if it is set, else the file runs.db in here."""
    return os.environ.get("DLCORE_STORE", "").strip() or f"sqlite:///{folder() / 'runs.db'}"
