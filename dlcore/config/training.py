"""How a network is trained. No torch in here."""

from dataclasses import dataclass

from dlcore.config.fields import Section, choice, number
from dlcore.config.optimizers import OPTIMIZERS
from dlcore.config.schedules import SCHEDULES

PRECISIONS = ("auto", "fp32", "bf16")
LOWEST_RATE = 1e-6


@dataclass(frozen=True)
class TrainingConfig(Section):
    """How a network is trained."""

    optimizer: str = choice("adam", OPTIMIZERS, "The rule that turns gradients into steps.")
    learning_rate: float = number(1e-3, LOWEST_RATE, 10.0, "How far one step goes; the schedule multiplies it.")
    schedule: str = choice("constant", SCHEDULES, "How the learning rate changes over the run.")
    momentum: float = number(
        0.9, 0.0, 0.999, "Share of the last step that is kept (momentum, Nesterov), or beta 1 (Adam, AdamW)."
    )
    weight_decay: float = number(0.0, 0.0, 1.0, "How strongly every weight is pulled towards zero.")
    batch_size: int = number(64, 1, 4096, "Training samples per step.", integer=True)
    epochs: int = number(5, 1, 500, "Passes over the training data.", integer=True)
    dropout: float | None = number(
        None, 0.0, 0.9, "Share of hidden units that are switched off at random; empty: the preset's."
    )
    label_smoothing: float = number(0.0, 0.0, 0.9, "Share of each target that is spread over all classes.")
    gradient_clip: float = number(0.0, 0.0, 1000.0, "Longer gradients are shortened to this norm; 0: they are not.")
    early_stopping: int = number(
        0, 0, 100, "Epochs without a better validation loss before stopping; 0: off.", integer=True
    )
    seed: int = number(0, 0, 2**31 - 1, "The seed of all random numbers of the run.", integer=True)
    precision: str = choice("auto", PRECISIONS, "The number format of the forward and backward pass.")
