"""A small change of an image after which a network reads another class.

Counterfactual explanations (Wachter, Mittelstadt and Russell 2018, arXiv:1711.00399), guided by prototypes as in Van
Looveren and Klaise 2019, arXiv:1907.02584. The search begins at known images of the other class that the network reads
as such, and takes back all that is not needed. To climb along gradients from the image itself would often lead nowhere:
where a network sees nothing that it knows, they are 0.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from dlcore.data.pixels import standardise
from dlcore.inspect.attributions import differentiable, ink_of, scores

NEAREST, STARTS, STEPS = 256, 3, 60
FIRST_STEP, LAST_STEP = 0.12, 0.02
"""By how much the mask changes at most in the first and in the last step."""
STROKE = 1.0
"""Standard deviation, in pixels, of what the mask is blurred with, so that whole strokes change."""
MARGIN = 0.02
"""More lead, in logits, than is asked for, which rounding to grey levels may cost."""
LEVELS = (0, 1, 2, 4, 8, 16, 32, 64)


@dataclass(frozen=True)
class Change:
    """An image that is read as another class.

    image: uint8 (1, 28, 28); example: the place of the known image at which the search began
    added, erased: ink, in fully black pixels; pixels: how many are changed
    """

    image: Tensor
    example: int
    added: float
    erased: float
    pixels: int

    @property
    def ink(self) -> float:
        """All ink that is added or erased, in fully black pixels."""
        return self.added + self.erased


def change(
    model: nn.Module, image: Tensor, target: int, examples: Tensor, *, least: float = -math.inf, strokes: bool = True
) -> Change | None:
    """The least ink with which the search makes an image one of another class; None if no example is read as one.

    The image becomes image + mask · (example − image), with a mask from 0 to 1 for every pixel. Where the class holds,
    the mask shrinks, fastest where that costs least of its lead for the ink; where not, it grows back.
    model: in eval mode; image: uint8 (1, 28, 28), 0 = paper; target: the other class
    examples: uint8 (N, 1, 28, 28), known images of it; least: log-odds that it must have besides being the likeliest
    strokes: whether the mask is blurred, so that whole strokes change; else single pixels do, and fewer of them
    """
    ink = ink_of(model, image)
    known = examples.to(ink.device).float().div(255)
    near = (known - ink).abs().flatten(1).sum(1).argsort(stable=True)[:NEAREST]
    with torch.no_grad():
        read = lead(scores(model, known[near]), target, least) >= MARGIN
    begun = near[read][:STARTS]
    if not len(begun):
        return None
    found = _searched(model, ink, target, known[begun], least, STROKE if strokes else 0.0)
    return min(
        (
            _finished(model, image, target, each, int(at), examples[at], least)
            for each, at in zip(found, begun, strict=True)
        ),
        key=lambda each: each.ink,
    )


def lead(logits: Tensor, target: int, least: float) -> Tensor:
    """How far a class is ahead of the likeliest other one, and its log-odds of `least`: the smaller of both, (N,).

    logits: (N, C)
    """
    own, others = logits[:, target], torch.cat((logits[:, :target], logits[:, target + 1 :]), 1)
    return torch.minimum(own - others.amax(1), own - others.logsumexp(1) - least)


def _searched(model: nn.Module, ink: Tensor, target: int, examples: Tensor, least: float, width: float) -> Tensor:
    """For each example (N, 1, 28, 28) the image with the least change that holds."""
    way = examples - ink
    blur = _blur(width).to(ink)
    cost = blur @ way.abs() @ blur + 0.05  # no place is for free, for the sake of stability
    mask, best, lowest = torch.ones_like(way), examples.clone(), torch.full((len(way),), math.inf, device=ink.device)
    for size in torch.logspace(math.log10(FIRST_STEP), math.log10(LAST_STEP), STEPS).tolist():
        changed = ink + (blur @ mask @ blur).clamp(0, 1) * way
        ahead, slope = _lead_and_slopes(model, changed, target, least)
        amount = (changed - ink).abs().sum((1, 2, 3))
        holds = ahead >= MARGIN
        better = holds & (amount < lowest)
        best[better], lowest[better] = changed[better], amount[better]
        worth = (blur @ (slope * way) @ blur) / cost
        share = (worth / worth.flatten(1).amax(1).clamp(min=1e-9).view(-1, 1, 1, 1)).clamp(min=0)
        moved = torch.where(holds.view(-1, 1, 1, 1), -size * (1 - share), 2 * size * share)
        mask = (mask + moved).clamp(0, 1)
    return best


def _blur(width: float) -> Tensor:
    """(28, 28), from both sides of an image: a Gaussian of this standard deviation, in pixels; 0 blurs nothing."""
    if not width:
        return torch.eye(28)
    apart = torch.arange(28.0)[:, None] - torch.arange(28.0)
    return torch.exp(-apart.square() / (2 * width**2)) / (width * math.sqrt(2 * math.pi))


def _lead_and_slopes(model: nn.Module, ink: Tensor, target: int, least: float) -> tuple[Tensor, Tensor]:
    leaf = ink.detach().clone().requires_grad_(True)
    with differentiable():
        ahead = lead(model(standardise(leaf)), target, least)
        (slope,) = torch.autograd.grad(ahead.sum(), leaf)
    return ahead.detach(), slope


@torch.no_grad()
def _finished(
    model: nn.Module, image: Tensor, target: int, found: Tensor, place: int, example: Tensor, least: float
) -> Change:
    """In whole grey levels, and without as many of the smallest changes as are not needed."""
    grey = found.mul(255).round().to(torch.uint8).to(image.device)
    apart = grey.int() - image.int()
    tries = torch.stack([torch.where(apart.abs() > level, grey, image) for level in LEVELS])
    ink = tries.to(found.device).float().div(255)
    holds = (lead(scores(model, ink), target, least) > 0).nonzero().flatten()
    result = tries[int(holds[-1])] if len(holds) else example
    moved = (result.double() - image.double()) / 255
    return Change(
        result, place, moved.clamp(min=0).sum().item(), -moved.clamp(max=0).sum().item(), int((moved != 0).sum())
    )
