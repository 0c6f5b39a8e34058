"""Basins of attraction: which start ends in which minimum, for many starts at once."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from dlcore.descent.batched import Batch, batch_of
from dlcore.descent.objective import Objective
from dlcore.descent.optimizers import Racer
from dlcore.descent.surroundings import look_around
from dlcore.errors import InvalidValue
from dlcore.formula.numbers import plain

DIVERGED, ON_THE_WAY, FLAT, OUTSIDE = -1, -2, -3, -4
"""Starts that reached no end: it flew off, it needs more steps, it came to rest on flat ground, or it left the region
where the function has a value."""

HIGHEST_RESOLUTION, MOST_STEPS, MOST_ENDS = 201, 2_000, 1_000
MOST_WORK = 500_000_000
"""Starts × steps × operations of the formula: about three seconds of one core where nothing comes to rest."""
LOOK_EVERY = 10
FAR = 100.0
"""A run has diverged when it is this many widths of the picture away."""
NEAR = 0.02
"""A run has reached a minimum when it ends closer to it than this share of the picture's width: with a fixed learning
rate some optimizers circle for ever."""
CLOSE = 1e-3
"""How far is looked around an end that does not bend, as a share of the picture's width."""
SLOPE, MOVE = 1e-4, 1e-6
"""A run is at rest when its gradient is this small beside the usual one, and its step beside the picture's width."""


@dataclass(frozen=True)
class End:
    """A point without slope where runs end.

    kind: minimum, saddle or maximum, by the signs of the Hessian's eigenvalues
    count: how many starts end here
    """

    point: tuple[float, ...]
    value: float
    kind: str
    count: int


@dataclass(frozen=True, eq=False)
class Basins:
    """Where each start ended.

    x: float64 (nx,), starts along x
    y: float64 (ny,), starts along y; for an objective of x alone, the learning rates
    outcome: int64 (ny, nx), an index into `ends`, or DIVERGED, ON_THE_WAY, FLAT or OUTSIDE
    steps: int64 (ny, nx), steps after which the run was at rest, gone, or given up; a multiple of LOOK_EVERY
    ends: what was reached, the lowest value first
    """

    x: Tensor
    y: Tensor
    outcome: Tensor
    steps: Tensor
    ends: tuple[End, ...]

    def count(self, outcome: int) -> int:
        """How many starts became `outcome`."""
        return int((self.outcome == outcome).sum())

    @property
    def mixed(self) -> float:
        """Of all pairs of starts that are neighbours along x or y, the share that end differently."""
        pairs = [self.outcome.diff(dim=each) != 0 for each in (0, 1)]
        return sum(int(each.sum()) for each in pairs) / sum(each.numel() for each in pairs)


def basins(
    objective: Objective,
    racer: Racer,
    *,
    resolution: int = 121,
    steps: int = 500,
    rates: tuple[float, float] = (1e-3, 10.0),
) -> Basins:
    """Send a run from every point of a grid and see where it ends.

    racer: the optimizer with its settings; any but L-BFGS
    resolution: starts along each axis
    rates: for an objective of x alone, the lowest and highest learning rate: the picture's second axis
    Raises InvalidValue for what lies outside of the limits.
    """
    if not 11 <= resolution <= HIGHEST_RESOLUTION:
        raise InvalidValue(f"resolution must be between 11 and {HIGHEST_RESOLUTION}, got {resolution}: try 121")
    if not 1 <= steps <= MOST_STEPS:
        raise InvalidValue(f"steps must be between 1 and {MOST_STEPS:,}, got {steps}: try 500")
    operations = sum(1 for _ in objective.formula.nodes())
    if resolution**2 * steps * operations > MOST_WORK:
        fitting = int(math.sqrt(MOST_WORK / steps / operations))
        raise InvalidValue(
            f"resolution must be at most {fitting} for {steps:,} steps of this function, got {resolution}: "
            "try fewer steps"
        )
    axes = [torch.linspace(low, high, resolution, dtype=torch.float64) for low, high in objective.bounds]
    if objective.dimensions == 1:
        if not 0 < rates[0] < rates[1]:
            given = " to ".join(map(plain, rates))
            raise InvalidValue(f"rates must go from a small to a larger one, got {given}")
        axes.append(torch.logspace(math.log10(rates[0]), math.log10(rates[1]), resolution, dtype=torch.float64))
    x, y = axes
    second, first = (each.ravel() for each in torch.meshgrid(y, x, indexing="ij"))
    if objective.dimensions == 1:
        batch = batch_of(objective, racer, first[:, None], second)
    else:
        batch = batch_of(objective, racer, torch.stack([first, second], dim=1))
    usual = float(objective.gradient(batch.parameters).norm(dim=1).nan_to_num(0, 0, 0).median())
    places, fate, taken = _travel(objective, batch, steps, usual)
    outcome, ends = _named(objective, places, fate, usual)
    shape = (resolution, resolution)
    return Basins(x, y, outcome.view(shape), taken.view(shape), ends)


def _width(objective: Objective) -> float:
    return max(high - low for low, high in objective.bounds)


def _travel(objective: Objective, batch: Batch, steps: int, usual: float) -> tuple[Tensor, Tensor, Tensor]:
    """Of each run: where it ended (N, d), whether it is DIVERGED, ON_THE_WAY, OUTSIDE or at rest (FLAT), its steps."""
    width = _width(objective)
    centre = torch.tensor(objective.bounds, dtype=torch.float64).mean(dim=1)
    places = batch.parameters.clone()
    fate = torch.full((len(places),), ON_THE_WAY)
    taken = torch.full((len(places),), steps)
    running = torch.arange(len(places))
    outside = torch.zeros(len(places), dtype=torch.bool)
    small = SLOPE * usual
    for step in range(1, steps + 1):
        before = batch.parameters
        values, gradient = objective.value_and_gradient(before)
        outside |= values.isnan()
        after = batch.step(gradient)
        if step % LOOK_EVERY and step != steps:
            continue
        gone = ~((after - centre).abs().amax(dim=1) < FAR * width)
        still = (gradient.norm(dim=1) <= small) & ((after - before).norm(dim=1) <= MOVE * width)
        places[running] = after
        fate[running[gone]], fate[running[still]], fate[running[outside]] = DIVERGED, FLAT, OUTSIDE
        over = gone | still | outside
        if over.any():
            taken[running[over]] = step
            running, outside = running[~over], outside[~over]
            batch.keep(~over)
            if not len(running):
                break
    return places, fate, taken


def _named(objective: Objective, places: Tensor, fate: Tensor, usual: float) -> tuple[Tensor, tuple[End, ...]]:
    """The outcome of each run, and the ends that were reached."""
    near = NEAR * _width(objective)
    points, known = _ends(objective, places[(fate != DIVERGED) & (fate != OUTSIDE)], near, usual)
    kinds = ["minimum" if listed else _kind(objective, each) for each, listed in zip(points, known, strict=True)]
    points, kinds = points[[kind != "flat" for kind in kinds]], [kind for kind in kinds if kind != "flat"]
    outcome = fate.clone()
    if not kinds:
        return outcome, ()
    distance, nearest = _nearest(places, points)
    is_minimum = torch.tensor([kind == "minimum" for kind in kinds])
    reached = (distance <= near) & ((fate == FLAT) | ((fate == ON_THE_WAY) & is_minimum[nearest]))
    counts = nearest[reached].bincount(minlength=len(points))
    values = objective.value(points)
    order = [each for each in values.argsort(stable=True).tolist() if counts[each]]
    rank = torch.zeros(len(points), dtype=torch.long)
    rank[order] = torch.arange(len(order))
    outcome[reached] = rank[nearest[reached]]
    return outcome, tuple(
        End(tuple(_rounded(points[each], near)), float(values[each]), kinds[each], int(counts[each])) for each in order
    )


def _rounded(point: Tensor, near: float) -> list[float]:
    """The coordinates, with 0 for what is only not 0 because numbers are finite."""
    return torch.where(point.abs() < 1e-9 * near, 0.0, point).tolist()


def _ends(objective: Objective, places: Tensor, near: float, usual: float) -> tuple[Tensor, list[bool]]:
    """Points (M, d) where runs can have ended, and whether the objective lists each as a minimum.

    What it does not list is found by Newton's method from where the runs are.
    """
    listed = torch.tensor((*objective.minima, *objective.local), dtype=torch.float64).view(-1, objective.dimensions)
    found = listed[:0]
    if len(places):
        polished = _polished(objective, places[_first_of_each(places, near)[:MOST_ENDS]], near, usual)
        found = polished[_first_of_each(polished, near / 100)[:MOST_ENDS]]
    points = torch.cat([listed, found])
    kept = _distinct(points, near / 2)
    return points[kept], (kept < len(listed)).tolist()


def _nearest(places: Tensor, points: Tensor) -> tuple[Tensor, Tensor]:
    """Distance and index of the nearest of `points` (M, d) for each of `places` (N, d); a few MB at a time."""
    rows = max(1, 200_000 // len(points))
    parts = [torch.cdist(part, points).min(dim=1) for part in places.nan_to_num(torch.inf).split(rows)]
    return torch.cat([each.values for each in parts]), torch.cat([each.indices for each in parts])


def _distinct(points: Tensor, apart: float) -> Tensor:
    """Indices of the points (M, d) that have no earlier one closer than `apart`."""
    close = torch.cdist(points, points) < apart
    return (~close.tril(-1).any(dim=1)).nonzero()[:, 0]


def _first_of_each(points: Tensor, cell: float) -> Tensor:
    """Index of one of the points (M, d) from each cell of a grid, the most crowded cells first."""
    if not len(points):
        return torch.empty(0, dtype=torch.long)
    _, place, counts = (points / cell).round().unique(dim=0, return_inverse=True, return_counts=True)
    one = torch.empty(len(counts), dtype=torch.long).scatter_(0, place, torch.arange(len(points)))
    return one[counts.argsort(descending=True)]


def _polished(objective: Objective, points: Tensor, near: float, usual: float) -> Tensor:
    """The points without slope that Newton's method reaches from `points` (M, d) within a distance of `near`."""
    at = points
    for _ in range(12):
        hessian, gradient = objective.hessian(at), objective.gradient(at)
        step = (torch.linalg.pinv(hessian.nan_to_num(0, 0, 0)) @ gradient.nan_to_num(0, 0, 0)[..., None])[..., 0]
        at = at - step * (near / step.norm(dim=1, keepdim=True).clamp(min=near))
    found = ((at - points).norm(dim=1) <= 2 * near) & (objective.gradient(at).norm(dim=1) <= 1e-6 * usual)
    return at[found]


def _kind(objective: Objective, point: Tensor) -> str:
    """What a point (d,) without slope is, by how it bends, and where it does not, by what is around it."""
    hessian = objective.hessian(point)
    if not hessian.isfinite().all():
        return "flat"
    curvatures = torch.linalg.eigvalsh(hessian)
    flat = 1e-9 * curvatures.abs().max().clamp(min=1e-9)
    if curvatures[0] > 1e-3 * curvatures[-1]:
        return "minimum"
    if (curvatures < -flat).all():
        return "maximum"
    if curvatures[0] < -flat:
        return "saddle"
    return "minimum" if look_around(objective, point, CLOSE * _width(objective)).minimum else "flat"
