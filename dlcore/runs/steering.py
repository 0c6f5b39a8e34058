"""What a person asked of a run, turned into wishes for `fit`. No torch in here."""

from dataclasses import dataclass

from dlcore.training.controls import CHANGEABLE, Controls


@dataclass(frozen=True)
class Order:
    """A command that waits for the worker."""

    id: int
    name: str
    value: float | None


class Steering:
    """Follows commands in their order, and knows which of them have taken effect."""

    def __init__(self, controls: Controls) -> None:
        self.controls = controls
        self.pausing = False
        """Whether the run is to stand still at the next checkpoint."""
        self.steps_wanted = 0
        """Steps to take before it does."""
        self.followed: list[int] = []
        """Commands that need not be kept any longer."""
        self._awaited: dict[str, list[int]] = {}

    @property
    def standing(self) -> bool:
        """Whether nothing more is to be done until the next command."""
        return self.pausing and not self.steps_wanted and not self.controls.stopped

    def follow(self, order: Order) -> None:
        """Pass a command on to the controls."""
        if order.name in CHANGEABLE and order.value is not None:
            self.controls.set(order.name, order.value)
            self.controls.checkpoint()
            self._awaited.setdefault(order.name, []).append(order.id)
            return
        self.followed.append(order.id)
        if order.name == "stop":
            self.controls.stop()
        elif order.name == "resume":
            self.pausing = self.controls.step_by_step = False
        else:
            self.pausing = self.controls.step_by_step = True
            self.steps_wanted += order.name == "step"
            if not self.steps_wanted:
                self.controls.checkpoint()

    def stepped(self) -> None:
        """One optimizer step is done."""
        if self.steps_wanted:
            self.steps_wanted -= 1
            if not self.steps_wanted:
                self.controls.checkpoint()

    def changed(self, setting: str) -> None:
        """A new value of `setting` is in use."""
        self.followed += self._awaited.pop(setting, [])
