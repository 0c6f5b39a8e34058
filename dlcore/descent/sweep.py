"""How good is which learning rate? Every optimizer at many rates, all in one go."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from dlcore.descent.batched import batch_of
from dlcore.descent.objective import Objective
from dlcore.descent.optimizers import Racer
from dlcore.descent.trace import MOST_RACERS, race
from dlcore.errors import InvalidValue
from dlcore.formula.numbers import plain

MOST_RATES, MOST_STEPS, MOST_OPTIMIZERS = 121, 1_000, 20
FAR = 1e3
"""A run has diverged when it is this many widths of the landscape away from its middle."""


@dataclass(frozen=True, eq=False)
class Sweep:
    """What became of every optimizer at every rate.

    racers: the optimizers, O of them
    rates: float64 (R,), the learning rates
    losses: float64 (O, R), the objective at the end; infinite where the run diverged. At the best rate of each
        optimizer it is that of a race to the last digit; elsewhere rounding decides where a run ends that never settles
    arrived: int64 (O, R), steps until the loss was within `tolerance` of the lowest value for good; -1: never
    places: float64 (O, R, d), where each run ended
    tolerance: a thousandth of the loss at the start, above `lowest`; NaN where the lowest value is not known
    """

    racers: tuple[Racer, ...]
    rates: Tensor
    losses: Tensor
    arrived: Tensor
    places: Tensor
    tolerance: float

    def best(self, racer: int) -> tuple[float, float] | None:
        """The rate with the lowest loss (of equal ones the first to arrive) and that loss; None if all diverged."""
        losses = self.losses[racer]
        if not losses.isfinite().any():
            return None
        place = _best(losses, self.arrived[racer])
        return float(self.rates[place]), float(losses[place])


@dataclass(frozen=True)
class Bound:
    """What the curvature says about learning rates of plain gradient descent.

    steepest, flattest: λmax and λmin, the largest and smallest eigenvalue of the Hessian at the place in question
    everywhere: whether the Hessian is the same everywhere, so that 2/λmax holds for the whole way
    """

    steepest: float
    flattest: float
    everywhere: bool

    @property
    def rate(self) -> float | None:
        """2/λmax; None where the landscape bends down or not at all, so that no rate is stable or unstable by it."""
        return 2 / self.steepest if self.steepest > 0 else None

    @property
    def bowl(self) -> bool:
        """Whether the place lies in a bowl: every curvature is above zero."""
        return self.flattest > 0


def bound(objective: Objective, place: Sequence[float]) -> Bound | None:
    """The curvature at `place`; None where the Hessian is not finite."""
    hessian = objective.hessian(torch.tensor([list(place)], dtype=torch.float64))[0]
    if not hessian.isfinite().all():
        return None
    curvatures = torch.linalg.eigvalsh(hessian)
    return Bound(float(curvatures[-1]), float(curvatures[0]), objective.quadratic)


def sweep(
    objective: Objective,
    racers: Sequence[Racer],
    start: Sequence[float] | None = None,
    *,
    steps: int = 300,
    lowest_rate: float = 1e-4,
    highest_rate: float = 10.0,
    count: int = 81,
) -> Sweep:
    """Run every optimizer at `count` learning rates from one start: one gradient for all of them at every step.

    start: (d,), by default the objective's
    Raises InvalidValue for what lies outside of the limits.
    """
    start = objective.start if start is None else tuple(start)
    _check(objective, racers, start, steps, lowest_rate, highest_rate, count)
    rates = torch.logspace(math.log10(lowest_rate), math.log10(highest_rate), count, dtype=torch.float64)
    first = torch.tensor([start], dtype=torch.float64)
    batches = [batch_of(objective, each, first.repeat(count, 1), rates) for each in racers]
    middle = torch.tensor(objective.bounds, dtype=torch.float64).mean(dim=1)
    reach = FAR * max(high - low for low, high in objective.bounds)
    begin = float(objective.value(first)[0])
    lowest = objective.lowest
    tolerance = math.nan if lowest is None else 1e-3 * abs(begin - lowest)
    goal = -math.inf if lowest is None else lowest + tolerance
    points = first.repeat(count * len(racers), 1)
    left = torch.zeros(len(points), dtype=torch.bool)
    since = torch.full((len(points),), -1)
    values = torch.full((len(points),), math.inf, dtype=points.dtype)
    for step in range(steps + 1):
        values, gradient = objective.value_and_gradient(points)
        left |= ~((points - middle).abs().amax(dim=1) < reach) | ~values.isfinite()
        near = (values <= goal) & ~left
        since = torch.where(near, torch.where(since < 0, step, since), -1)
        if step < steps:
            slopes = torch.where(left[:, None], 0.0, gradient).split(count)
            points = torch.cat([batch.step(slope) for batch, slope in zip(batches, slopes, strict=True)])
    shape = (len(racers), count)
    losses = torch.where(left, math.inf, values).view(shape)
    places = points.view(*shape, len(start))
    found = Sweep(tuple(racers), rates, losses, since.view(shape), places, tolerance)
    _confirm(objective, found, start, steps)
    return found


def _best(losses: Tensor, arrived: Tensor) -> int:
    """Where the lowest of `losses` (R,) is; of several equal ones that which arrived first."""
    equal = losses == losses.min()
    return int(torch.where(equal, torch.where(arrived < 0, MOST_STEPS + 1, arrived), MOST_STEPS + 2).argmin())


def _confirm(objective: Objective, found: Sweep, start: Sequence[float], steps: int) -> None:
    """Race the best rate of each optimizer and put down what the race gives, until the best of each has been raced.

    The arithmetic of many runs at once is rounded otherwise than that of one. Where a run hops about for ever, that
    decides where it stands in the end.
    """
    raced = torch.zeros(found.losses.shape, dtype=torch.bool)
    while True:
        best = [_best(losses, arrived) for losses, arrived in zip(found.losses, found.arrived, strict=True)]
        rows = [row for row, at in enumerate(best) if found.losses[row, at].isfinite() and not raced[row, at]]
        if not rows:
            return
        for group in (rows[first : first + MOST_RACERS] for first in range(0, len(rows), MOST_RACERS)):
            racers = [found.racers[row].at(float(found.rates[best[row]])) for row in group]
            for row, ran in zip(group, race(objective, racers, start, steps), strict=True):
                at = best[row]
                raced[row, at] = True
                found.losses[row, at] = float(ran.values[-1]) if ran.steps == steps else math.inf
                found.places[row, at] = torch.from_numpy(ran.positions[-1].copy())


def _check(
    objective: Objective,
    racers: Sequence[Racer],
    start: Sequence[float],
    steps: int,
    lowest_rate: float,
    highest_rate: float,
    count: int,
) -> None:
    if not 1 <= len(racers) <= MOST_OPTIMIZERS:
        raise InvalidValue(f"a sweep takes 1 to {MOST_OPTIMIZERS} optimizers, got {len(racers)}")
    if len(start) != objective.dimensions or not all(math.isfinite(each) for each in start):
        raise InvalidValue(f"start must be {objective.dimensions} numbers, got {start}: try {objective.start}")
    if not 1 <= steps <= MOST_STEPS:
        raise InvalidValue(f"steps must be between 1 and {MOST_STEPS:,}, got {steps}: try 300")
    if not 5 <= count <= MOST_RATES:
        raise InvalidValue(f"count must be between 5 and {MOST_RATES}, got {count}: try 81")
    if not 1e-8 <= lowest_rate < highest_rate <= 1e3:
        raise InvalidValue(
            f"rates must go up, between 1e-8 and 1,000, got {plain(lowest_rate)} to {plain(highest_rate)}: "
            "try 1e-4 to 10"
        )
