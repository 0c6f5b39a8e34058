"""Random changes of training images, a whole batch at a time, on whatever device the images are."""

import math
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

from dlcore.data import drawn
from dlcore.data.sets import Progress

SIDE = 28
MIDDLE = 14.0
"""Where MNIST's centre of mass lies, as a pixel index."""

# Ends of ranges whose middle is drawn most often: radians, ratios, pixels.
ROTATION = math.radians(12)
SLANT = 0.35
STRETCH = 0.15
SIZE = (0.9, 1.04)
SHIFT = 1.3
ELASTIC = 0.9
ELASTIC_GRID = 6
THICKNESS = (-1.0, 2.0)

HABITS = 0.15
"""Share of a batch that gets a bar, a slash, a foot, a flag or a serif."""
DRAWN = 0.2
"""Share of a batch that makes room for drawn digits."""


class Augment:
    """Changes images at random, in ways that leave a handwritten digit what it is.

    kinds: "affine" (rotation, slant, stretch, shift), "elastic" (Simard, Steinkraus and Platt, 2003), "thickness"
        (thinner and thicker strokes), "pen" (other habits and other pens: crossed sevens, slashed zeros, ones with flag
        and foot, sharp and soft edges), "drawn" (some images make room for digits that are drawn by invented hands, see
        dlcore.data.hands)
    generator: source of every random number; its device is the images'
    progress: called with a sentence and a fraction while digits are drawn, which takes seconds
    """

    def __init__(self, kinds: tuple[str, ...], generator: torch.Generator, progress: Progress | None = None) -> None:
        self.kinds = kinds
        self.generator = generator
        steps = torch.arange(SIDE, device=generator.device, dtype=torch.float32)
        self.rows, self.columns = steps.view(1, SIDE, 1), steps.view(1, 1, SIDE)
        knots = torch.eye(ELASTIC_GRID, device=generator.device).view(1, ELASTIC_GRID, ELASTIC_GRID, 1)
        curves = functional.interpolate(knots, size=(SIDE, 1), mode="bicubic", align_corners=True)
        self.spread = curves[0, :, :, 0].T
        self.drawn = drawn.digits(progress).to(generator.device) if "drawn" in kinds else None

    def __call__(self, images: Tensor, labels: Tensor) -> Tensor:
        """images: float32 (B, 1, 28, 28) in 0…1; labels: int64 (B,). Returns new images of the same shape."""
        images = images[:, 0]
        if self.drawn is not None:
            images = self._replaced(images, labels, self.drawn)
        if "pen" in self.kinds:
            images = self._habits(images, labels)
        if "affine" in self.kinds or "elastic" in self.kinds:
            images = self._warped(images)
        if "thickness" in self.kinds:
            images = self._thickened(images)
        if "pen" in self.kinds:
            images = self._edges(images)
        return images.unsqueeze(1)

    def _uniform(self, low: float, high: float, *shape: int) -> Tensor:
        values = torch.rand(shape, generator=self.generator, device=self.generator.device)
        return values.mul_(high - low).add_(low)

    def _bell(self, low: float, high: float, *shape: int) -> Tensor:
        """Like `_uniform`, but the middle is likelier than the ends: most images change little, some a lot."""
        return self._uniform(low, high, 2, *shape).mean(0)

    def _replaced(self, images: Tensor, labels: Tensor, drawn: Tensor) -> Tensor:
        """Up to `DRAWN` of the batch gives way to drawings of the same digits. drawn: uint8 (10, n, 28, 28)"""
        able = (labels >= 0) & (labels < len(drawn))
        rank = self._uniform(0, 1, len(images)) + able
        chosen = rank.topk(math.ceil(DRAWN * len(images))).indices
        digits = labels[chosen].clamp(0, len(drawn) - 1)
        which = (self._uniform(0, 1, len(chosen)) * drawn.shape[1]).long().clamp(max=drawn.shape[1] - 1)
        new = torch.where(able[chosen].view(-1, 1, 1), drawn[digits, which].to(images.dtype) / 255, images[chosen])
        return images.index_copy(0, chosen, new)

    def _warped(self, images: Tensor) -> Tensor:
        """The affine map and the elastic field in one resampling. images: (B, 28, 28)."""
        shape = images.shape
        x, y = (self.columns - MIDDLE).expand(shape), (self.rows - MIDDLE).expand(shape)
        if "affine" in self.kinds:
            x, y = self._affine(images, x, y)
        if "elastic" in self.kinds:
            field = self._elastic(len(images))
            x, y = x + field[:, 0], y + field[:, 1]
        grid = torch.stack([x, y], dim=3).add_(MIDDLE + 0.5).mul_(2 / SIDE).sub_(1)
        return functional.grid_sample(images.unsqueeze(1), grid, padding_mode="zeros", align_corners=False)[:, 0]

    def _affine(self, images: Tensor, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """Where each pixel of the result comes from, relative to the middle.

        The longer side of the ink keeps its length up to `SIZE`, because a drawing is scaled to it before it is read.
        """
        count = len(images)
        angle = self._bell(-ROTATION, ROTATION, count, 1, 1)
        slant = self._bell(-SLANT, SLANT, count, 1, 1)
        stretch = torch.exp(self._bell(-STRETCH, STRETCH, count, 1, 1))
        cos, sin = torch.cos(angle), torch.sin(angle)
        xx, xy, yx, yy = cos * stretch, (cos * slant - sin) / stretch, sin * stretch, (sin * slant + cos) / stretch
        ink = (images > 0.2).to(images.dtype)
        before = torch.maximum(_extent(x, ink), _extent(y, ink))
        after = torch.maximum(_extent(xx * x + xy * y, ink), _extent(yx * x + yy * y, ink))
        size = (before + 1) / (after + 1) * self._uniform(*SIZE, count, 1, 1)
        shift = self._uniform(-SHIFT, SHIFT, 2, count, 1, 1)
        x, y = (x - shift[0]) / size, (y - shift[1]) / size
        determinant = xx * yy - xy * yx
        return (yy * x - xy * y) / determinant, (xx * y - yx * x) / determinant

    def _elastic(self, count: int) -> Tensor:
        """Smooth displacements in pixels (B, 2, 28, 28), of a strength drawn for each image."""
        shape = (count, 2, ELASTIC_GRID, ELASTIC_GRID)
        coarse = torch.randn(shape, generator=self.generator, device=self.generator.device)
        coarse = coarse * self._uniform(0, ELASTIC, count, 1, 1, 1)
        return self.spread @ coarse @ self.spread.T

    def _thickened(self, images: Tensor) -> Tensor:
        """Each stroke up to a pixel thinner or two pixels thicker; fine lines get no thinner than they are."""
        amount = self._bell(*THICKNESS, len(images), 1, 1)
        tall, wide = _over_rows(torch.maximum, images), _over_columns(torch.maximum, images)
        fat = torch.maximum(tall, wide)
        fattest = _over_rows(torch.maximum, _over_columns(torch.maximum, fat))
        thick = torch.lerp(fat, fattest, (amount - 1).clamp(0, 1))
        soft = _over_rows(torch.add, _over_columns(torch.add, images))
        crest = _over_rows(torch.maximum, _over_columns(torch.maximum, soft)).clamp_(min=2.0)
        ridge = (soft / crest).sub_(0.78).mul_(6).clamp_(0, 1).mul_(images)
        thin = torch.maximum(ridge, _over_rows(torch.minimum, _over_columns(torch.minimum, images)))
        return torch.lerp(images, torch.where(amount < 0, thin, thick), amount.abs().clamp(max=1))

    def _edges(self, images: Tensor) -> Tensor:
        """Edges sharper or softer, as other pens and other scanners leave them."""
        count = len(images)
        soft = _over_rows(torch.add, _over_columns(torch.add, images)).div_(9)
        images = torch.lerp(images, soft, self._uniform(-0.4, 0.4, count, 1, 1)).clamp_(0, 1)
        gain = torch.exp(self._uniform(-0.1, 1.0, count, 1, 1))
        sharp = images.sub(0.5).mul_(gain).add_(0.5).clamp_(0, 1)
        return torch.minimum(sharp, images.mul(4))

    def _habits(self, images: Tensor, labels: Tensor) -> Tensor:
        """Some sevens crossed, some zeros slashed, some ones with foot and flag, some sevens with a serif.

        Up to `HABITS` of the batch is changed, whatever its labels: a fixed count needs no look at the data.
        """
        able = (labels == 7) | (labels == 1) | (labels == 0)
        rank = self._uniform(0, 1, len(images)) + able
        chosen = rank.topk(math.ceil(HABITS * len(images))).indices
        digits, kinds = images[chosen], labels[chosen]
        width = _stroke_width(digits) * self._uniform(0.8, 1.1, len(chosen))
        first, second = self._first_strokes(digits, kinds), self._second_strokes(digits, kinds)
        choice = self._uniform(0, 1, len(chosen))
        drawn_first = able[chosen] & ((choice < 0.75) | (kinds == 0))
        drawn_second = able[chosen] & (choice > 0.35)
        drawn = torch.maximum(
            self._line(first, width) * drawn_first.view(-1, 1, 1),
            self._line(second, width) * drawn_second.view(-1, 1, 1),
        )
        return images.index_copy(0, chosen, torch.maximum(digits, drawn))

    def _first_strokes(self, images: Tensor, labels: Tensor) -> Tensor:
        """The bar of a seven, the slash of a zero, the foot of a one: (4, B) x0, y0, x1, y1."""
        top, bottom, left, right = _edges_of(images)
        count = len(images)
        seven, one = labels == 7, labels == 1
        y = torch.where(one, bottom - 0.5, torch.lerp(top, bottom, self._uniform(0.42, 0.62, count)))
        x = self._middle_of_row(images, y)
        length = self._uniform(2.2, 5, count) * torch.where(one, 1.5, 1.0)
        rise = length * torch.tan(torch.where(one, 0.3, 1.0) * self._uniform(-0.35, 0.45, count))
        across = torch.stack([x - length, y + rise, x + length, y - rise])
        reach = self._uniform(0.6, 1.35, 2, count)
        lean = torch.where(self._uniform(0, 1, count) < 0.85, 1.0, -1.0)
        wide, high = lean * (right - left) / 2, (bottom - top) / 2
        slash = torch.stack(
            [MIDDLE - wide * reach[0], MIDDLE + high * reach[0], MIDDLE + wide * reach[1], MIDDLE - high * reach[1]]
        )
        return torch.where(seven | one, across, slash)

    def _second_strokes(self, images: Tensor, labels: Tensor) -> Tensor:
        """The flag of a one, the serif of a seven; nothing for others: (4, B) x0, y0, x1, y1."""
        top, _, left, _ = _edges_of(images)
        count = len(images)
        flag = self._uniform(1.5, 6, count)
        drop = (flag * self._uniform(0.5, 1.8, count)).clamp(max=8)
        y = top + 0.7
        x = self._middle_of_row(images, y)
        ones = torch.stack([x, y, x - flag, y + drop])
        upper = images * (self.rows < MIDDLE)
        near = upper * torch.exp(-(self.columns - left.view(-1, 1, 1)).square())
        y = (near * self.rows).sum((1, 2)) / near.sum((1, 2)).clamp(min=1e-3)
        sevens = torch.stack([left + 0.5, y, left + self._uniform(-1.5, 1, count), y + self._uniform(1.5, 4, count)])
        return torch.where(labels == 1, ones, torch.where(labels == 7, sevens, torch.full_like(ones, -9.0)))

    def _middle_of_row(self, images: Tensor, y: Tensor) -> Tensor:
        """Where the ink is, on the mean, in the rows around y (B,)."""
        near = images * torch.exp(-(self.rows - y.view(-1, 1, 1)).square())
        return (near * self.columns).sum((1, 2)) / near.sum((1, 2)).clamp(min=1e-3)

    def _line(self, ends: Tensor, width: Tensor) -> Tensor:
        """Straight strokes with round caps. ends: (4, B); width: (B,) in pixels. Returns (B, 28, 28) in 0…1."""
        x0, y0, x1, y1 = ends.view(4, -1, 1, 1)
        dx, dy = x1 - x0, y1 - y0
        x, y = self.columns - x0, self.rows - y0
        along = ((x * dx + y * dy) / (dx * dx + dy * dy).clamp(min=1e-3)).clamp(0, 1)
        distance = torch.hypot(x - along * dx, y - along * dy)
        return (width.view(-1, 1, 1) / 2 + 0.5 - distance).clamp(0, 1)


def _extent(coordinate: Tensor, ink: Tensor) -> Tensor:
    """Distance between the outermost inked pixels along `coordinate`, which is 0 amid the ink; shape (B, 1, 1)."""
    reached = (coordinate * ink).flatten(1)
    return (reached.amax(1) - reached.amin(1)).view(-1, 1, 1)


def _stroke_width(images: Tensor) -> Tensor:
    """Mean width of the strokes in pixels (B,): twice the area over the length of the outline."""
    across = images.diff(dim=2)[:, 1:].square() + images.diff(dim=1)[:, :, 1:].square()
    return (2 * images.sum((1, 2)) / across.sqrt().sum((1, 2)).clamp(min=1)).clamp(1, 6)


def _edges_of(images: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Top and bottom row, left and right column with ink, as float32 (B,)."""
    ink = images > 0.3
    rows, columns = ink.any(2).float(), ink.any(1).float()
    top, left = rows.argmax(1), columns.argmax(1)
    bottom, right = SIDE - 1 - rows.flip(1).argmax(1), SIDE - 1 - columns.flip(1).argmax(1)
    return top.float(), bottom.float(), left.float(), right.float()


def _over_rows(reduce: Callable[[Tensor, Tensor], Tensor], images: Tensor) -> Tensor:
    """Each pixel of (B, 28, 28) reduced with the ones above and below it; zeros lie outside."""
    padded = functional.pad(images, (0, 0, 1, 1))
    return reduce(reduce(padded[:, :-2], images), padded[:, 2:])


def _over_columns(reduce: Callable[[Tensor, Tensor], Tensor], images: Tensor) -> Tensor:
    """Each pixel of (B, 28, 28) reduced with the ones left and right of it; zeros lie outside."""
    padded = functional.pad(images, (1, 1))
    return reduce(reduce(padded[:, :, :-2], images), padded[:, :, 2:])
