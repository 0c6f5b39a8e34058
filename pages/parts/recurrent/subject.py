"""What is looked at inside of a network."""

from dataclasses import dataclass

from torch import Tensor

from dlcore.models.rnn import Recurrent
from dlcore.runs.run import Run
from pages.parts.recurrent import pictures


@dataclass(frozen=True)
class Subject:
    """A network, and one sequence that it reads.

    title: of the checkpoint; inputs, target: of one sequence, without a batch; labels: the classes, if any
    """

    run: Run
    model: Recurrent
    title: str
    inputs: Tensor
    target: Tensor
    number: int
    labels: tuple[str, ...] = ()

    @property
    def characters(self) -> list[str]:
        """Of a text, one a step; of other sequences none."""
        alphabet = self.model.alphabet
        return pictures.characters(alphabet.code_points(self.inputs).numpy()) if alphabet else []
