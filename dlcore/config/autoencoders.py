"""The settings of autoencoders. No torch in here."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from dlcore.config.fields import ModelSection, choice, flag, number, text
from dlcore.config.image_sets import SHAPE
from dlcore.config.images import DataConfig
from dlcore.config.run import RunConfig
from dlcore.errors import InvalidValue
from dlcore.formula.calls import Call

CORRUPTIONS = ("none", "noise", "masking")
RECONSTRUCTIONS = ("bce", "mse")
BENDS = {"relu": Call("nn.ReLU"), "silu": Call("nn.SiLU"), "tanh": Call("nn.Tanh")}
LAYERS = ("dense", "convolutional")
MOST_LAYERS, WIDEST = 3, 512
PIXELS, CLASSES = 28 * 28, 10
KERNEL, SMALLEST = 4, 7
"""Of convolutional ones: the side of a kernel, and that of the image after two of them, each with a stride of 2."""


@dataclass(frozen=True)
class AutoencoderConfig(ModelSection):
    """What an autoencoder is made of, and what it is asked to do."""

    layers: str = choice("dense", LAYERS, "Layers between image and code.", structure=True)
    variational: bool = flag(
        False, "The encoder gives a distribution of codes (Kingma and Welling, 2013).", structure=True
    )
    conditional: bool = flag(False, "Encoder and decoder are also given the class (Sohn et al., 2015).", structure=True)
    rectified: bool = flag(False, "The numbers of the code are never negative.", structure=True)

    code_size: int = number(32, 2, 128, "How many numbers each image is squeezed into.", integer=True)
    hidden: str = text(
        "",
        40,
        "Units of the layers between image and code, such as 128, 64; the decoder has them in reverse order. "
        "Empty: none. For ae-conv: channels of its two convolutions.",
    )
    activation: str = choice(
        "relu", tuple(BENDS), "The nonlinearity after each hidden layer; silu and tanh are smooth."
    )
    reconstruction: str = choice(
        "bce",
        RECONSTRUCTIONS,
        "What training minimises: the cross-entropy of the pixels (bce) or their squared error (mse).",
    )
    corruption: str = choice(
        "none", CORRUPTIONS, "How an image is corrupted before it is read; the clean image is still the target."
    )
    corruption_amount: float = number(
        0.3, 0.0, 1.0, "Standard deviation of the noise, where white is 1; or the share of pixels that are masked."
    )
    sparsity: float = number(
        0.0, 0.0, 1.0, "How strongly the code is pulled towards zero (L1): the weight of its mean size in the loss."
    )
    beta: float = number(
        1.0, 0.0, 100.0, "For variational autoencoders: the weight of the KL divergence in the loss (beta-VAE)."
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "hidden", ", ".join(map(str, _sizes(self.hidden))))
        if self.conditional and not self.variational:
            raise InvalidValue("conditional autoencoders are variational: set variational, or leave out conditional")
        if self.layers == "convolutional" and self.variational:
            raise InvalidValue("convolutional autoencoders are not variational here: choose dense layers")
        if self.layers == "convolutional" and len(self.sizes) != 2:
            raise InvalidValue(
                f"hidden must be the channels of two convolutions for ae-conv, got {len(self.sizes)}: try 16, 32"
            )

    @property
    def sizes(self) -> tuple[int, ...]:
        """`hidden` as numbers, from the image to the code."""
        return _sizes(self.hidden)

    @property
    def told(self) -> int:
        """Numbers that tell it the class: one for each, or none."""
        return CLASSES if self.conditional else 0

    def encoder(self, dropout: float) -> tuple[Call, ...]:
        """The layers from the image to the code.

        Convolutions halve the side twice, 28 → 14 → 7, and transposed ones double it again; their kernels of 4×4
        overlap evenly at a stride of 2, so that no checkerboard appears (Odena et al., 2016).
        """
        bend = _bend(self.activation, dropout)
        if self.layers == "convolutional":
            first, second = self.sizes
            layers = (
                _strided("nn.Conv2d", 1, first), *bend,
                _strided("nn.Conv2d", first, second), *bend,
                Call("nn.Flatten"), Call("nn.Linear", second * SMALLEST**2, self.code_size),
            )  # fmt: skip
        else:
            given = self.code_size * (2 if self.variational else 1)
            layers = (Call("nn.Flatten"), *_dense((PIXELS + self.told, *self.sizes, given), bend))
        return (*layers, Call("nn.ReLU")) if self.rectified else layers

    def decoder(self, dropout: float) -> tuple[Call, ...]:
        """The layers from the code to the image, before the sigmoid."""
        bend = _bend(self.activation, dropout)
        if self.layers == "convolutional":
            first, second = self.sizes
            return (
                Call("nn.Linear", self.code_size, second * SMALLEST**2), *bend,
                Call("nn.Unflatten", 1, (second, SMALLEST, SMALLEST)),
                _strided("nn.ConvTranspose2d", second, first), *bend,
                _strided("nn.ConvTranspose2d", first, 1),
            )  # fmt: skip
        sizes = (self.code_size + self.told, *reversed(self.sizes), PIXELS)
        return (*_dense(sizes, bend), Call("nn.Unflatten", 1, SHAPE))

    @property
    def summary(self) -> str:
        """From the image to the code and back: 784 → 128 → code of 2 → 128 → 784."""
        there = list(map(str, self.sizes))
        if self.layers == "convolutional":
            ends, there = ("", "conv 1"), [f"conv {each}" for each in there]
        else:
            ends = (f"{PIXELS} and class" if self.conditional else f"{PIXELS}", f"{PIXELS}")
        code = f"{'distribution over codes' if self.variational else 'code'} of {self.code_size}"
        code += ", ReLU" if self.rectified else ", and class" if self.conditional else ""
        back = there[::-1][1:] if self.layers == "convolutional" else there[::-1]
        return " → ".join(filter(None, (ends[0], *there, code, *back, f"{ends[1]} sigmoid")))

    @property
    def parameters(self) -> int:
        """Numbers that it learns."""
        given = self.code_size * (2 if self.variational else 1)
        if self.layers == "convolutional":
            first, second = self.sizes
            flat = second * SMALLEST**2
            kernels = KERNEL**2 * (first + 2 * first * second + first)
            return kernels + first + second + first + 1 + (flat + 1) * given + (given + 1) * flat
        there = (PIXELS + self.told, *self.sizes, given)
        back = (self.code_size + self.told, *reversed(self.sizes), PIXELS)
        return sum((before + 1) * after for sizes in (there, back) for before, after in pairwise(sizes))


def _bend(activation: str, dropout: float) -> tuple[Call, ...]:
    """What follows a hidden layer."""
    return (BENDS[activation], *([Call("nn.Dropout", dropout)] if dropout else []))


def _dense(sizes: Sequence[int], bend: Sequence[Call]) -> tuple[Call, ...]:
    """Linear layers, bent after all but the last."""
    *hidden, last = (Call("nn.Linear", *pair) for pair in pairwise(sizes))
    return (*(each for layer in hidden for each in (layer, *bend)), last)


def _strided(name: str, before: int, after: int) -> Call:
    return Call(name, before, after, KERNEL, stride=2, padding=1)


def _sizes(hidden: str) -> tuple[int, ...]:
    parts = [part.strip() for part in hidden.split(",")] if hidden.strip() else []
    usable = all(part.isascii() and part.isdecimal() and 1 <= int(part) <= WIDEST for part in parts)
    if not usable or len(parts) > MOST_LAYERS:
        raise InvalidValue(
            f"hidden must be at most {MOST_LAYERS} numbers between 1 and {WIDEST}, separated by commas, "
            f"got {hidden!r}: try 128, 64"
        )
    return tuple(map(int, parts))


AutoencoderRun = RunConfig[DataConfig, AutoencoderConfig]
