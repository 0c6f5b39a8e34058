"""How much the machine is asked to carry at once. No torch in here."""

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass

from dlcore.errors import InvalidValue
from dlcore.formula.numbers import plain
from dlcore.machine.cores import cores


@dataclass(frozen=True)
class Limits:
    """Bounds on the queue and on each run; see `from_environment` for the variables that set them."""

    max_running: int
    """Runs at once."""
    max_queued: int = 20
    """Runs that wait."""
    max_per_user: int = 3
    """Runs of one owner, running and waiting together."""
    max_epochs: int = 500
    max_seconds: float = 4 * 3600.0
    """Time that one run may train; it is stopped then and keeps what it learned."""
    pause_seconds: float = 600.0
    """A run that has been paused for so long gives its place to others; resuming queues it again."""
    min_free_bytes: int = 100_000_000
    """No run is accepted with less space on the store's disk."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Limits":
        """Read DLCORE_MAX_RUNNING, _MAX_QUEUED, _MAX_PER_USER, _MAX_EPOCHS, _MAX_SECONDS and DLCORE_PAUSE_SECONDS."""

        def setting(name: str, default: float, low: float) -> float:
            text = environment.get(name, "").strip()
            try:
                value = float(text) if text else float(default)
            except ValueError:
                value = math.nan
            if not (math.isfinite(value) and value >= low):
                raise InvalidValue(
                    f"{name} must be a number of at least {plain(low)}, got {text!r}: try {plain(default)}"
                )
            return value

        return cls(
            max_running=int(setting("DLCORE_MAX_RUNNING", cores(), 1)),
            max_queued=int(setting("DLCORE_MAX_QUEUED", cls.max_queued, 0)),
            max_per_user=int(setting("DLCORE_MAX_PER_USER", cls.max_per_user, 1)),
            max_epochs=int(setting("DLCORE_MAX_EPOCHS", cls.max_epochs, 1)),
            max_seconds=setting("DLCORE_MAX_SECONDS", cls.max_seconds, 1),
            pause_seconds=setting("DLCORE_PAUSE_SECONDS", cls.pause_seconds, 0),
        )

    def to_environment(self) -> dict[str, str]:
        """The variables from which `from_environment` reads these limits again."""
        return {
            "DLCORE_MAX_RUNNING": str(self.max_running),
            "DLCORE_MAX_QUEUED": str(self.max_queued),
            "DLCORE_MAX_PER_USER": str(self.max_per_user),
            "DLCORE_MAX_EPOCHS": str(self.max_epochs),
            "DLCORE_MAX_SECONDS": str(self.max_seconds),
            "DLCORE_PAUSE_SECONDS": str(self.pause_seconds),
        }
