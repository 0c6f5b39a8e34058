"""Autoencoders: an encoder squeezes an image into a code of a few numbers, a decoder draws it again from them.

images: float32 (N, 1, 28, 28), 0 = background, 1 = full ink; `pixels` makes them from uint8
code: float32 (N, code size)
labels: int64 (N,), wanted by the class-conditional ones only
"""

from collections.abc import Callable, Iterable
from functools import partial
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from dlcore.errors import InvalidValue
from dlcore.training.config import RunConfig

SHAPE = (1, 28, 28)
PIXELS = 28 * 28
CLASSES = 10
VARIATIONAL = ("vae", "cvae")
CONDITIONAL = ("cvae",)
BENDS = {"relu": nn.ReLU, "silu": nn.SiLU, "tanh": nn.Tanh}


class Autoencoder(nn.Module):
    """Encoder and decoder.

    code_size: numbers in a code
    variational: the encoder gives a normal distribution of codes (Kingma and Welling, 2013, arXiv:1312.6114)
    classes: how many classes encoder and decoder are told apart from, 0 if they are told none (Sohn et al., 2015)
    """

    def __init__(
        self,
        encoder: nn.Sequential,
        decoder: nn.Sequential,
        code_size: int,
        variational: bool = False,
        classes: int = 0,
    ) -> None:
        super().__init__()
        self.encoder, self.decoder = encoder, decoder
        self.code_size, self.variational, self.classes = code_size, variational, classes

    @property
    def conditional(self) -> bool:
        """Whether `labels` are wanted."""
        return self.classes > 0

    def distribution(self, images: Tensor, labels: Tensor | None = None) -> tuple[Tensor, Tensor | None]:
        """Mean of the code (N, k), and the logarithm of its variance (N, k) where it is variational, else None."""
        if images.ndim != 4 or images.shape[1:] != SHAPE:
            raise InvalidValue(f"images must have the shape (N, 1, 28, 28), got {tuple(images.shape)}")
        inputs = self._with_class(images.flatten(1), labels) if self.conditional else images
        code = self.encoder(inputs)
        return tuple(code.chunk(2, dim=1)) if self.variational else (code, None)

    def encode(self, images: Tensor, labels: Tensor | None = None) -> Tensor:
        """The code (N, k); of a variational one its mean."""
        return self.distribution(images, labels)[0]

    def logits(self, code: Tensor, labels: Tensor | None = None) -> Tensor:
        """What the decoder draws from codes (N, k), before the sigmoid: (N, 1, 28, 28)."""
        if code.ndim != 2 or code.shape[1] != self.code_size:
            raise InvalidValue(f"a code must have the shape (N, {self.code_size}), got {tuple(code.shape)}")
        return self.decoder(self._with_class(code, labels) if self.conditional else code)

    def decode(self, code: Tensor, labels: Tensor | None = None) -> Tensor:
        """Images (N, 1, 28, 28), 0 to 1, drawn from codes (N, k)."""
        return self.logits(code, labels).sigmoid()

    def forward(self, images: Tensor, labels: Tensor | None = None) -> Tensor:
        """The reconstruction (N, 1, 28, 28), 0 to 1."""
        return self.decode(self.encode(images, labels), labels)

    def _with_class(self, values: Tensor, labels: Tensor | None) -> Tensor:
        if labels is None or labels.shape != values.shape[:1]:
            got = "none" if labels is None else tuple(labels.shape)
            raise InvalidValue(
                f"this autoencoder is told the class: labels must have the shape ({len(values)},), got {got}"
            )
        return torch.cat((values, functional.one_hot(labels, self.classes).to(values.dtype)), dim=1)


def build(config: RunConfig) -> Autoencoder:
    """The autoencoder of `config`; InvalidValue if its layers do not fit its preset."""
    model = config.model
    variational = config.preset in VARIATIONAL
    classes = CLASSES if config.preset in CONDITIONAL else 0
    bend = partial(_bend, model.activation, config.dropout)
    if config.preset == "ae-conv":
        encoder, decoder = _convolutional(model.layers, model.code_size, bend)
    else:
        given = model.code_size * (2 if variational else 1)
        encoder = _dense((PIXELS + classes, *model.layers, given), bend)
        encoder.insert(0, nn.Flatten())
        if config.preset == "autoencoder":
            encoder.append(nn.ReLU())
        decoder = _dense((model.code_size + classes, *reversed(model.layers), PIXELS), bend)
        decoder.append(nn.Unflatten(1, SHAPE))
    return Autoencoder(encoder, decoder, model.code_size, variational, classes)


def size(config: RunConfig) -> int:
    """Number of parameters of `build(config)`, without drawing them."""
    with torch.device("meta"):
        return sum(each.numel() for each in build(config).parameters())


def pixels(images: Tensor) -> Tensor:
    """uint8 images, 0 to 255 → float32, 0 to 1, as autoencoders read them."""
    return images.float().div_(255)


def kl(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL divergence, in nats, of N(mean, exp(log_variance)) from the standard normal: (N, k) → (N,).

    Closed form: ½ Σ (μ² + σ² − 1 − ln σ²), Kingma and Welling, 2013, appendix B.
    """
    return 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum(1)


def _bend(activation: str, dropout: float) -> list[nn.Module]:
    """What follows a hidden layer."""
    return [BENDS[activation](), *([nn.Dropout(dropout)] if dropout else [])]


def _dense(sizes: Iterable[int], bend: Callable[[], list[nn.Module]]) -> nn.Sequential:
    """Linear layers, bent after all but the last."""
    *hidden, last = pairwise(sizes)
    return nn.Sequential(*(each for pair in hidden for each in (nn.Linear(*pair), *bend())), nn.Linear(*last))


def _convolutional(
    channels: tuple[int, ...], code_size: int, bend: Callable[[], list[nn.Module]]
) -> tuple[nn.Sequential, nn.Sequential]:
    """Two convolutions that halve the side, 28 → 14 → 7, and back by transposed ones.

    Their kernels of 4×4 overlap evenly at a stride of 2, so that no checkerboard appears (Odena et al., 2016).
    """
    if len(channels) != 2:
        raise InvalidValue(
            f"hidden must be the channels of two convolutions for ae-conv, got {len(channels)}: try 16, 32"
        )
    first, second = channels
    flat = second * 7 * 7
    encoder = nn.Sequential(
        nn.Conv2d(1, first, 4, stride=2, padding=1), *bend(),
        nn.Conv2d(first, second, 4, stride=2, padding=1), *bend(),
        nn.Flatten(), nn.Linear(flat, code_size),
    )  # fmt: skip
    decoder = nn.Sequential(
        nn.Linear(code_size, flat), *bend(), nn.Unflatten(1, (second, 7, 7)),
        nn.ConvTranspose2d(second, first, 4, stride=2, padding=1), *bend(),
        nn.ConvTranspose2d(first, 1, 4, stride=2, padding=1),
    )  # fmt: skip
    return encoder, decoder
