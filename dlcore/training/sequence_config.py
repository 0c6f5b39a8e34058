"""The settings of recurrent networks and of their data. No torch in here."""

from dataclasses import dataclass

from dlcore.training.fields import Section, choice


@dataclass(frozen=True)
class SequenceConfig(Section):
    """Which sequences, and how hard they are."""

    name: str = choice("signals", ("signals",), "The task.")


@dataclass(frozen=True)
class RecurrentConfig(Section):
    """What a recurrent network is made of, besides its preset."""
