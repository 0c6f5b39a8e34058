"""Changes that a reader of images may not be prepared for, each with a strength; the same ones for the same values.

images: uint8 (N, 1, 28, 28), 0 = paper, 255 = ink; every function returns new ones of the same shape
"""

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from dlcore.errors import InvalidValue
from dlcore.formula.numbers import between, shortened

STRENGTHS: dict[str, tuple[float, ...]] = {
    "rotate": (-180, -150, -120, -90, -60, -45, -30, -15, 0, 15, 30, 45, 60, 90, 120, 150, 180),
    "shift_x": tuple(range(-12, 13, 2)),
    "shift_y": tuple(range(-12, 13, 2)),
    "thicken": (-2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 2.5, 3),
    "occlude": tuple(range(0, 21, 2)),
    "noise": (0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1),
    "invert": (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1),
}
"""Of each change, in the order in which they are made, from the least to the most that there is; 0 is none."""
WHOLE = ("shift_x", "shift_y", "occlude")
SEED = 20_240_229


@dataclass(frozen=True)
class Changes:
    """How strong each change is; InvalidValue names what is out of its limits.

    rotate: degrees, clockwise; shift_x, shift_y: whole pixels to the right and down; thicken: pixels that each edge of
    the ink moves outwards; occlude: side of a square of paper over the middle, whole pixels; noise: standard
    deviation of what is added to each pixel, 1 = from paper to ink; invert: 1 swaps ink and paper, ½ leaves only grey
    """

    rotate: float = 0.0
    shift_x: int = 0
    shift_y: int = 0
    thicken: float = 0.0
    occlude: int = 0
    noise: float = 0.0
    invert: float = 0.0

    def __post_init__(self) -> None:
        for name, (low, *_, high) in STRENGTHS.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise InvalidValue(f"{name} must be {between(low, high)}, got {shortened(value)}")
            if name in WHOLE and value != int(value):
                raise InvalidValue(f"{name} must be a whole number of pixels, got {shortened(value)}")

    @property
    def made(self) -> tuple[str, ...]:
        """Names of those that change anything."""
        return tuple(name for name in STRENGTHS if getattr(self, name))

    def only(self, name: str, strength: float | None = None) -> "Changes":
        """One of them alone, in its own strength or another."""
        value = getattr(self, name) if strength is None else strength
        values: dict[str, Any] = {name: int(value) if name in WHOLE else value}
        return Changes(**values)

    def apply(self, images: Tensor, seed: int = SEED) -> Tensor:
        """All of them, in the order of STRENGTHS. seed: of the noise"""
        images = rotated(images, self.rotate)
        images = shifted(images, int(self.shift_x), int(self.shift_y))
        images = thickened(images, self.thicken)
        images = occluded(images, int(self.occlude))
        images = noisy(images, self.noise, seed)
        return inverted(images, self.invert)


def rotated(images: Tensor, degrees: float) -> Tensor:
    """Clockwise around the middle, interpolated between four pixels; paper comes in from outside."""
    if degrees % 360 == 0:
        return images.clone()
    angle = math.radians(degrees)
    cos, sin = math.cos(angle), math.sin(angle)
    matrix = torch.tensor([[cos, sin, 0.0], [-sin, cos, 0.0]]).expand(len(images), 2, 3)
    grid = functional.affine_grid(matrix, list(images.shape), align_corners=False)
    turned = functional.grid_sample(images.float(), grid, padding_mode="zeros", align_corners=False)
    return _levels(turned)


def shifted(images: Tensor, right: int, down: int) -> Tensor:
    """What leaves the image is gone, and paper follows."""
    height, width = images.shape[2:]
    result = torch.zeros_like(images)
    rows, columns = max(0, height - abs(down)), max(0, width - abs(right))
    top, left = max(0, down), max(0, right)
    result[:, :, top : top + rows, left : left + columns] = images[
        :, :, max(0, -down) : max(0, -down) + rows, max(0, -right) : max(0, -right) + columns
    ]
    return result


def thickened(images: Tensor, pixels: float) -> Tensor:
    """Every edge of the ink moves outwards, or inwards if negative: grey dilation and erosion with a 3×3 square."""
    levels, thinner = images.float(), pixels < 0
    levels = 255 - levels if thinner else levels
    whole, rest = divmod(abs(pixels), 1)
    for _ in range(int(whole)):
        levels = functional.max_pool2d(levels, 3, stride=1, padding=1)
    if rest:
        levels = torch.lerp(levels, functional.max_pool2d(levels, 3, stride=1, padding=1), rest)
    return _levels(255 - levels if thinner else levels)


def occluded(images: Tensor, side: int) -> Tensor:
    """A square of paper over the middle."""
    result = images.clone()
    top, left = ((length - side) // 2 for length in images.shape[2:])
    result[:, :, top : top + side, left : left + side] = 0
    return result


def noisy(images: Tensor, strength: float, seed: int = SEED) -> Tensor:
    """Normal noise on every pixel, another for each image; what leaves the scale of greys is cut."""
    if not strength:
        return images.clone()
    noise = torch.randn(images.shape, generator=torch.Generator().manual_seed(seed))
    return _levels(images + 255 * strength * noise)


def inverted(images: Tensor, share: float = 1.0) -> Tensor:
    """Ink and paper swapped; a share in between mixes the image with its negative."""
    if not share:
        return images.clone()
    return _levels(torch.lerp(images.float(), 255 - images.float(), share))


def _levels(values: Tensor) -> Tensor:
    return values.round().clamp(0, 255).to(torch.uint8)
