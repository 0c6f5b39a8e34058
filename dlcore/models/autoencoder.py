"""Autoencoders: an encoder squeezes an image into a code of a few numbers, a decoder draws it again from them.

images: float32 (N, 1, 28, 28), 0 = background, 1 = full ink; `pixels` makes them from uint8
code: float32 (N, code size)
labels: int64 (N,), wanted by the class-conditional ones only
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from dlcore.config.autoencoders import AutoencoderRun
from dlcore.config.image_sets import SHAPE
from dlcore.errors import InvalidValue


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
                f"this autoencoder is given the class: labels must have the shape ({len(values)},), got {got}"
            )
        return torch.cat((values, functional.one_hot(labels, self.classes).to(values.dtype)), dim=1)


def build(config: AutoencoderRun) -> Autoencoder:
    """The autoencoder of `config`."""
    model, dropout = config.model, config.dropout
    encoder, decoder = (
        nn.Sequential(*(each.make() for each in layers)) for layers in (model.encoder(dropout), model.decoder(dropout))
    )
    return Autoencoder(encoder, decoder, model.code_size, model.variational, model.told)


def pixels(images: Tensor) -> Tensor:
    """uint8 images, 0 to 255 → float32, 0 to 1, as autoencoders read them."""
    return images.float().div_(255)


def kl(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL divergence, in nats, of N(mean, exp(log_variance)) from the standard normal: (N, k) → (N,).

    Closed form: ½ Σ (μ² + σ² − 1 − ln σ²), Kingma and Welling, 2013, appendix B.
    """
    return 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum(1)
