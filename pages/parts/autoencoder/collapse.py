"""Posterior collapse: a variational autoencoder whose code, or a part of it, says nothing of the image."""

import numpy as np
import torch

from dlcore.config.autoencoders import AutoencoderConfig
from dlcore.formula.numbers import number
from dlcore.inspect import latent


def used(codes: np.ndarray) -> int:
    """How many of the numbers of the codes (N, k) change from image to image."""
    return latent.active(torch.from_numpy(codes))


def said(model: AutoencoderConfig, codes: np.ndarray, kl: float) -> str:
    """What is to be said of codes (N, k), the means of a variational autoencoder, and their KL divergence in nats.

    Empty for one that is not variational, and where the whole code is in use.
    """
    count, size = used(codes), model.code_size
    if not model.variational or count == size:
        return ""
    cost, verb = f"{number(kl, 3)} nats per image", "is" if count == 1 else "are"
    if count:
        return (
            f"**{count} of the {size} numbers of the code {verb} in use**, with a KL divergence "
            f"of {cost}. The other {size - count} have collapsed to the prior: they are the same for every image."
        )
    blob = "the same blob for every image of a class" if model.conditional else "the same blob for every image"
    why = "More epochs or different layers may help."
    if model.beta > 1:
        why = f"At β = {number(model.beta)}, using the code costs more than it saves in drawing: try a smaller β."
    return (
        f"**Posterior collapse**: the KL divergence is {cost}, and none of the {size} numbers of the code tells one "
        f"image from another. The decoder learns nothing from it and draws {blob}: their mean. {why}"
    )
