"""The settings of autoencoders. No torch in here."""

from dataclasses import dataclass

from dlcore.errors import InvalidValue
from dlcore.training.fields import Section, choice, number, text

CORRUPTIONS = ("none", "noise", "masking")
RECONSTRUCTIONS = ("bce", "mse")
ACTIVATIONS = ("relu", "silu", "tanh")
MOST_LAYERS, WIDEST = 3, 512


@dataclass(frozen=True)
class AutoencoderConfig(Section):
    """What an autoencoder is made of, and what it is asked to do, besides its preset."""

    code_size: int = number(32, 2, 128, "Numbers that each image is squeezed into.", integer=True)
    hidden: str = text(
        "",
        40,
        "Units of the layers between image and code, such as 128, 64; the decoder has them in reverse order. "
        "Empty: none. For ae-conv: channels of its two convolutions.",
    )
    activation: str = choice("relu", ACTIVATIONS, "The bend after each hidden layer; silu and tanh have no corners.")
    reconstruction: str = choice(
        "bce", RECONSTRUCTIONS, "What is descended: cross-entropy of the pixels (bce) or their squared error (mse)."
    )
    corruption: str = choice(
        "none", CORRUPTIONS, "What is done to an image before it is read; it has to be drawn clean all the same."
    )
    corruption_amount: float = number(
        0.3, 0.0, 1.0, "Deviation of the noise, where white is 1; or the share of the pixels that are masked."
    )
    sparsity: float = number(
        0.0, 0.0, 1.0, "Pull of every number of the code towards zero (L1): weight of its mean size in the loss."
    )
    beta: float = number(1.0, 0.0, 100.0, "Variational ones: weight of the KL divergence in the loss (beta-VAE).")

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "hidden", ", ".join(map(str, _layers(self.hidden))))

    @property
    def layers(self) -> tuple[int, ...]:
        """`hidden` as numbers, from the image to the code."""
        return _layers(self.hidden)


def _layers(hidden: str) -> tuple[int, ...]:
    parts = [part.strip() for part in hidden.split(",")] if hidden.strip() else []
    usable = all(part.isascii() and part.isdecimal() and 1 <= int(part) <= WIDEST for part in parts)
    if not usable or len(parts) > MOST_LAYERS:
        raise InvalidValue(
            f"hidden must be at most {MOST_LAYERS} numbers between 1 and {WIDEST}, separated by commas, "
            f"got {hidden!r}: try 128, 64"
        )
    return tuple(map(int, parts))
