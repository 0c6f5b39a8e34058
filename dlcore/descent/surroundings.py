"""What a function does just around a place: whether it is a minimum cannot be read off slope and curvature alone.

The cubic x³ has neither at 0, and neither has x⁴. So values are looked up on a grid within a given reach, fine in the
middle and along the curvatures, so that the floor of a narrow valley is met.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from dlcore.descent.objective import Objective

HALVINGS = 8
LOOKS = 3
"""How often the lowest place that was seen becomes the middle."""


@dataclass(frozen=True, eq=False)
class Surroundings:
    """lowest: float64 (d,), the lowest place that was seen

    reach: how far was looked
    fall, rise: by how much the rim goes below and above the lowest and the middle of what lies within; 0 where that is
        within rounding. So a minimum has no fall, a maximum no rise, and level ground neither.
    closed: the rim is above the lowest place all around: False for the floor of a valley
    whole: the function has a finite value everywhere around
    """

    lowest: Tensor
    reach: float
    fall: float
    rise: float
    closed: bool
    whole: bool

    @property
    def minimum(self) -> bool:
        """Whether it goes up in every direction."""
        return self.whole and self.closed and self.fall == 0


def look_around(objective: Objective, place: Tensor, reach: float) -> Surroundings:
    """Look within `reach` of `place` (d,), and ten times as far where a direction is level so near."""
    near = _within(objective, place, reach)
    for _ in range(LOOKS):
        if not near.minimum or torch.equal(near.lowest, place):
            break
        place = near.lowest
        near = _within(objective, place, reach)
    if not near.whole or near.fall or near.closed:
        return near
    far = _within(objective, place, 10 * reach)
    return far if far.whole else near


def _within(objective: Objective, place: Tensor, reach: float) -> Surroundings:
    lengths = reach * torch.tensor([0.5**each for each in range(HALVINGS + 1)], dtype=torch.float64)
    steps = torch.cat([-lengths, lengths.new_zeros(1), lengths])
    offsets = torch.cartesian_prod(*[steps] * objective.dimensions).reshape(-1, objective.dimensions)
    rim = offsets.abs().amax(dim=1) == reach
    inner = offsets.abs().amax(dim=1) <= reach / 2
    points = place + offsets @ _axes(objective, place).T
    values = objective.value(points)
    if not values.isfinite().all():
        lowest = points[values.nan_to_num(torch.inf).argmin()]
        return Surroundings(lowest, reach, fall=0.0, rise=0.0, closed=False, whole=False)
    middle, bottom, edge = objective.value(place), values[inner].min(), values[rim]
    tolerance = max(1e-9 * float(values.max() - values.min()), 1e-14 * float(values.abs().max()))

    def beyond(height: Tensor) -> float:
        return float(height) if height > tolerance else 0.0

    return Surroundings(
        points[inner][values[inner].argmin()] if beyond(middle - bottom) else place,
        reach,
        fall=beyond(bottom - edge.min()),
        rise=beyond(edge.max() - middle),
        closed=beyond(_floor(objective, points[rim][edge.argmin()]) - bottom) > 0,
        whole=True,
    )


def _floor(objective: Objective, place: Tensor) -> Tensor:
    """The value below `place` (d,) along the direction that bends most: on the floor of a valley that turns."""
    lowest = objective.value(place)
    for _ in range(3 if len(place) > 1 else 0):
        curvatures, vectors = torch.linalg.eigh(objective.hessian(place).nan_to_num(0, 0, 0))
        slope = vectors[:, -1] @ objective.gradient(place)
        if not curvatures[-1] > 1e-6 * slope.abs():
            break
        place = place - vectors[:, -1] * (slope / curvatures[-1])
        lowest = torch.minimum(lowest, objective.value(place))
    return lowest


def _axes(objective: Objective, place: Tensor) -> Tensor:
    """The directions (d, d) in which it bends, as columns; those of the coordinates where it has none."""
    hessian = objective.hessian(place)
    if not hessian.isfinite().all():
        return torch.eye(len(hessian), dtype=hessian.dtype)
    return torch.linalg.eigh(hessian).eigenvectors
