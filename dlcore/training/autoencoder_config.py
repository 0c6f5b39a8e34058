"""The settings of autoencoders. No torch in here."""

from dataclasses import dataclass

from dlcore.training.fields import Section


@dataclass(frozen=True)
class AutoencoderConfig(Section):
    """What an autoencoder is made of, besides its preset."""
