"""Which pixels the score of a class depends on: its gradient, integrated gradients and occlusion.

A model gives logits (N, C) of images float32 (N, 1, 28, 28) as `pixels.normalise` makes them. It is in eval mode, and
left as it is. Ink goes from 0, paper, to 1. The score of a class is its logit. Grad-CAM: dlcore.inspect.class_maps.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from dlcore.data.pixels import standardise
from dlcore.errors import InvalidValue
from dlcore.inspect.walk import IMAGE

AT_ONCE = 128
"""So many images go through a network together, which bounds the memory."""
FIRST_STEPS, MOST_STEPS, WITHIN = 60, 540, 1e-3
PATCHES = (1, 3, 5, 7, 9)
PATCH = 5


def ink_of(model: nn.Module, image: Tensor) -> Tensor:
    """Ink, float32 (1, 1, 28, 28), where the model is; InvalidValue for what is no image.

    image: uint8 (1, 28, 28), 0 = paper
    """
    if image.dtype != torch.uint8 or image.shape != IMAGE:
        raise InvalidValue(f"an image must be uint8 (1, 28, 28), got {image.dtype} {tuple(image.shape)}")
    return image[None].to(next(model.parameters()).device).float().div(255)


def scores(model: nn.Module, ink: Tensor) -> Tensor:
    """Logits (N, C) of ink (N, 1, 28, 28), a part at a time."""
    return torch.cat([model(standardise(part)) for part in ink.split(AT_ONCE)])


@contextmanager
def differentiable() -> Iterator[None]:
    """Gradients, also of recurrent layers on a GPU, which cuDNN has in training only."""
    with torch.enable_grad(), torch.backends.cudnn.flags(enabled=False):
        yield


def slopes(model: nn.Module, ink: Tensor, target: int) -> Tensor:
    """∂score/∂ink, the shape of ink (N, 1, 28, 28)."""
    found = []
    for part in ink.split(AT_ONCE):
        leaf = part.detach().clone().requires_grad_(True)
        with differentiable():
            score = _of(model(standardise(leaf)), target)
            found.append(torch.autograd.grad(score.sum(), leaf)[0])
    return torch.cat(found)


def gradient(model: nn.Module, image: Tensor, target: int) -> Tensor:
    """∂score/∂ink: by how much the score rises per unit of ink at each pixel, float32 (28, 28).

    Its absolute value is the saliency of Simonyan, Vedaldi and Zisserman 2013, arXiv:1312.6034.
    image: uint8 (1, 28, 28); target: a class
    """
    return slopes(model, ink_of(model, image), target)[0, 0].cpu()


@dataclass(frozen=True)
class Integrated:
    """How much of a score each pixel accounts for.

    values: float32 (28, 28); score, baseline: that of the image, and that of blank paper
    steps: points on the way from paper to image, whose slopes were averaged
    """

    values: Tensor
    score: float
    baseline: float
    steps: int

    @property
    def total(self) -> float:
        """What all pixels account for together."""
        return self.values.double().sum().item()

    @property
    def gap(self) -> float:
        """By how much `total` misses score − baseline: 0 for infinitely many steps, which is called completeness."""
        return self.total - (self.score - self.baseline)


def integrated_gradients(
    model: nn.Module, image: Tensor, target: int, *, most: int = MOST_STEPS, within: float = WITHIN
) -> Integrated:
    """ink · the mean slope on the straight way from blank paper to the image.

    Sundararajan, Taly and Yan, ICML 2017, arXiv:1703.01365. The midpoint rule, with three times the steps until the gap
    is `within` this share of score − baseline (of 1 if that is less), but at most `most`.
    image: uint8 (1, 28, 28); target: a class
    """
    ink = ink_of(model, image)
    with torch.no_grad():
        baseline, score = _of(scores(model, torch.cat((torch.zeros_like(ink), ink))), target).tolist()
    steps = min(FIRST_STEPS, most)
    total = _slopes_on_the_way(model, ink, target, torch.arange(steps), steps)
    while True:
        found = Integrated((total / steps * ink[0, 0]).cpu(), score, baseline, steps)
        if abs(found.gap) <= within * max(1.0, abs(score - baseline)) or 3 * steps > most:
            return found
        steps *= 3
        new = torch.arange(steps)
        total = total + _slopes_on_the_way(model, ink, target, new[new % 3 != 1], steps)  # the others are known


def _slopes_on_the_way(model: nn.Module, ink: Tensor, target: int, places: Tensor, steps: int) -> Tensor:
    """The sum of slopes (28, 28) in the middle of some of `steps` equal parts of the way from paper to ink."""
    shares = (places + 0.5).div(steps).to(ink)
    return slopes(model, shares[:, None, None, None] * ink, target).sum((0, 1))


@torch.no_grad()
def occlusion(model: nn.Module, image: Tensor, target: int, size: int = PATCH) -> Tensor:
    """By how much the score falls when a square of paper, `size` pixels wide, covers what is around a pixel: (28, 28).

    Zeiler and Fergus, ECCV 2014, arXiv:1311.2901. Squares that cover no ink change nothing and are not computed.
    image: uint8 (1, 28, 28); target: a class; size: odd
    """
    if size not in PATCHES:
        raise InvalidValue(f"size must be one of {', '.join(map(str, PATCHES))}, got {size}")
    ink = ink_of(model, image)
    rows = (torch.arange(28)[:, None] - torch.arange(28)).abs() <= size // 2
    covered = (rows[:, None, :, None] & rows[None, :, None, :]).reshape(784, 1, 28, 28).to(ink.device)
    some = (covered & (ink > 0)).flatten(1).any(1)
    falls = torch.zeros(784, device=ink.device)
    if some.any():
        left = torch.where(covered[some], 0.0, ink)
        falls[some] = _of(scores(model, ink), target) - _of(scores(model, left), target)
    return falls.view(28, 28).cpu()


def _of(logits: Tensor, target: int) -> Tensor:
    if isinstance(target, bool) or not 0 <= target < logits.shape[1]:
        raise InvalidValue(f"target must be a class from 0 to {logits.shape[1] - 1}, got {target!r}")
    return logits[:, target].float()
