"""From the bytes of images to the numbers that networks read."""

from torch import Tensor

MEAN, STD = 0.1307, 0.3081
"""Of MNIST's training images as numbers from 0 to 1; used for every image set, so that one network reads them all."""


def normalise(images: Tensor) -> Tensor:
    """uint8 images, 0 to 255 → float32 with MNIST's mean 0 and deviation 1."""
    return standardise(images.float().div_(255))


def standardise(images: Tensor) -> Tensor:
    """float32 images, 0 to 1 → MNIST's mean 0 and deviation 1."""
    return images.sub(MEAN).div_(STD)
