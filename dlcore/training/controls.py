"""What can be changed while a run goes on."""

from dlcore.config.fields import checked
from dlcore.config.training import TrainingConfig
from dlcore.errors import InvalidValue

CHANGEABLE = ("learning_rate", "momentum", "weight_decay")


class Controls:
    """Wishes for a running `fit`, which looks here before every step.

    There is no pause in here: not asking the generator for the next record is one.
    """

    def __init__(self) -> None:
        self.stopped = False
        self.checkpoint_wanted = False
        self.step_by_step = False
        """Whether each step's metrics are wanted at once; on a GPU several steps are else read together."""
        self._changes: dict[str, float] = {}

    def set(self, name: str, value: float) -> None:
        """Use `value` for learning_rate, momentum or weight_decay from the next step on; InvalidValue otherwise."""
        if name not in CHANGEABLE:
            raise InvalidValue(f"only {', '.join(CHANGEABLE)} can be changed during a run, got {name!r}")
        self._changes[name] = checked(TrainingConfig, name, value)

    def stop(self) -> None:
        """End the run before the next step, keeping what it learned."""
        self.stopped = True

    def checkpoint(self) -> None:
        """Ask for a Checkpoint record before the next step."""
        self.checkpoint_wanted = True

    def take_changes(self) -> dict[str, float]:
        """The changes since the last call."""
        changes, self._changes = self._changes, {}
        return changes
