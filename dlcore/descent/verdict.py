"""What became of a descent, and how one can tell: converged, diverged, or stuck, with the numbers that show it."""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from dlcore.descent.objective import Objective
from dlcore.descent.surroundings import Surroundings, look_around
from dlcore.formula.numbers import coordinates, number

CLOSE = 1e-3
"""A descent has arrived when it is this share of the landscape's width from the minimum, and stays there."""
WINDOW = 20
"""How many of the last steps are looked at, to see whether it still moves."""


@dataclass(frozen=True)
class Width:
    """Sizes of a landscape, to which others are compared: its largest width, and the mean slope on it."""

    length: float
    slope: float

    @classmethod
    def of(cls, objective: Objective, resolution: int = 21) -> "Width":
        """Measured on a grid."""
        axes = [torch.linspace(low, high, resolution, dtype=torch.float64) for low, high in objective.bounds]
        points = torch.cartesian_prod(*axes).reshape(-1, objective.dimensions)
        slopes = objective.gradient(points).norm(dim=-1)
        finite = slopes[torch.isfinite(slopes)]
        return cls(max(high - low for low, high in objective.bounds), finite.mean().item() if len(finite) else 0.0)


@dataclass(frozen=True)
class Verdict:
    """kind: a key of TITLES

    sentence: what happened and the numbers that show it; step: since when it stays there, None where that means nothing
    eigenvalues: of the Hessian at the end, ascending; moved: the length of the way of the last steps
    """

    kind: str
    sentence: str
    step: int | None = None
    eigenvalues: tuple[float, ...] = ()
    moved: float = field(default=math.nan)

    @property
    def title(self) -> str:
        """The verdict in a few words."""
        return TITLES[self.kind]


TITLES = {
    "minimum": "converged",
    "local": "converged to a local minimum",
    "valley": "converged to the floor of a valley",
    "saddle": "stuck at a saddle",
    "level": "stuck on a level spot that is no minimum",
    "plateau": "stuck on a plateau",
    "hopping": "hops to and fro",
    "diverged": "diverged",
    "outside": "left where the function has a value",
    "endless": "ran into an infinite value or slope",
    "moving": "still on its way",
}


def outside(step: int, place: np.ndarray) -> Verdict:
    """The verdict on a descent whose step number `step` led to `place` (d,), where the function has no value."""
    return Verdict(
        "outside",
        f"Left the region where the function has a value: step {step} leads to {coordinates(place)}. "
        "It is stopped before that.",
    )


def judge(
    objective: Objective, positions: np.ndarray, values: np.ndarray, gradients: np.ndarray, ended: str, width: Width
) -> Verdict:
    """The verdict on a descent over `positions` (n + 1, d) with exact `values` (n + 1,) and `gradients` (n + 1, d).

    ended: why it was stopped before its time; empty if it was not
    """
    steps = len(positions) - 1
    if not (np.isfinite(values[-1]) and np.isfinite(gradients[-1]).all()):
        return _endless(steps, positions[-1], values[-1])
    if ended:
        down = objective.lowest is None and values[-1] < values[:-1].min(initial=np.inf) and steps > 1
        advice = "It fell all the way: this function may have no minimum." if down else "A smaller learning rate helps."
        return Verdict("diverged", f"Diverged at step {steps}: {ended}. Its value is {number(values[-1], 3)}. {advice}")
    hessian = objective.hessian(torch.from_numpy(positions[-1].copy()))
    usable = bool(torch.isfinite(hessian).all()) and bool(np.isfinite(gradients[-1]).all())
    curvatures, vectors = torch.linalg.eigh(hessian) if usable else (torch.full((len(hessian),), math.nan), hessian)
    eigenvalues = tuple(curvatures.tolist())
    recent = positions[-min(WINDOW, steps) - 1 :]
    moves = np.diff(recent, axis=0)
    moved = float(np.linalg.norm(moves, axis=1).sum())
    estimate = _newton_step(curvatures, vectors, gradients[-1]) if usable else None
    found = {"eigenvalues": eigenvalues, "moved": moved}
    slope = float(np.linalg.norm(gradients[-1]))
    said = number(slope, 3)
    evidence = f"Slope {said}{_bends(eigenvalues)}."

    reach = CLOSE * width.length
    goal, around = _minimum(objective, positions[-1], curvatures, estimate, reach)
    if goal is not None and _stays(positions, goal, reach):
        return _arrived(objective, positions, values[-1], goal, around, evidence, found)
    if _hops(moves, moved):
        stride = moved / len(moves)
        return Verdict(
            "hopping",
            f"Hops to and fro by {number(stride, 3)} a step and gets no lower than "
            f"{number(values[-WINDOW:].min(), 3)}. A smaller or a falling learning rate helps.",
            **found,
        )
    rest = moved <= 2e-3 * width.length
    near = estimate is not None and float(torch.linalg.vector_norm(estimate)) <= 0.05 * width.length
    calm = moved <= 0.05 * width.length and slope <= 0.01 * width.slope and _flat(objective, values)
    if (rest or calm) and near and eigenvalues[0] < -0.5 * width.slope / width.length:
        top = look_around(objective, torch.from_numpy(positions[-1].copy()) + estimate, reach)
        kind = "" if not top.fall else "a maximum" if not top.rise else "a saddle" if len(hessian) > 1 else ""
        if kind:
            sentence = f"Stuck at {kind}: slope {said}{_bends(eigenvalues)}. A negative curvature is a way down."
            return Verdict("saddle", sentence, **found)
    if (rest or calm) and slope <= 0.01 * width.slope:
        around = look_around(objective, torch.from_numpy(positions[-1].copy()), reach)
        goal = around.lowest.numpy()
        floor = around.minimum or (len(hessian) > 1 and around.whole and around.rise > 0 and around.fall == 0)
        if objective.lowest is None and floor and _stays(positions, goal, 2 * reach):
            return _arrived(objective, positions, values[-1], goal, around, evidence, found)
        if slope * around.reach < 0.3 * around.fall:
            sentence = (
                f"Stuck on a level spot: slope {said}{_bends(eigenvalues)}. It is no minimum: the function falls by "
                f"{number(around.fall, 3)} within a distance of {number(around.reach, 2)}."
            )
            return Verdict("level", sentence, **found)
    if calm and not (near and _nowhere_down(curvatures)):
        above = ""
        if objective.lowest is not None:
            above = f", {number(values[-1] - objective.lowest, 3)} above the minimum"
        sentence = (
            f"On a plateau: slope {said} where {number(width.slope, 3)} is usual{above}. "
            f"The last {len(moves)} steps went {number(moved, 3)} together."
        )
        return Verdict("plateau", sentence, **found)
    sentence = f"Still on its way: the last {len(moves)} steps went {number(moved, 3)} together, slope {said}."
    return Verdict("moving", sentence, **found)


def _endless(step: int, place: np.ndarray, value: float) -> Verdict:
    what = "its slope is not finite" if np.isfinite(value) else f"its value is {number(value)}"
    what = "the function has no value" if np.isnan(value) else what
    sentence = f"Ran into {coordinates(place)} in step {step}, where {what}: no step leads on from there."
    return Verdict("endless", sentence)


def _stays(positions: np.ndarray, goal: np.ndarray, reach: float) -> bool:
    """Whether it does not only pass by `goal`."""
    last = positions[-min(3, len(positions) - 1) :]
    return bool(np.linalg.norm(last - goal, axis=1).max() <= reach)


def _arrived(
    objective: Objective,
    positions: np.ndarray,
    value: float,
    goal: np.ndarray,
    around: Surroundings | None,
    evidence: str,
    found: dict[str, Any],
) -> Verdict:
    """The verdict on a descent that ends at the minimum `goal`, around which it was looked, unless it is known."""
    away = np.linalg.norm(positions - goal, axis=1)
    outside = np.flatnonzero(away > max(CLOSE * _length(objective), 2 * away[-1]))
    since = int(outside[-1]) + 1 if len(outside) else 0
    local, lowest = _is_local(objective, goal), objective.lowest
    what = "a minimum that is not the lowest" if local else "a minimum" if lowest is None else "the minimum"
    valley = lowest is None and around is not None and not around.closed
    what = "the floor of a valley, level along its length," if valley else what
    height = f": {number(value, 3)} instead of {number(lowest, 3)}" if local and lowest is not None else ""
    sentence = f"Reached {what} at {_place(goal)} in step {since}{height}. {evidence}"
    return Verdict("valley" if valley else "local" if local else "minimum", sentence, since, **found)


def _length(objective: Objective) -> float:
    return max(high - low for low, high in objective.bounds)


def _newton_step(curvatures: torch.Tensor, vectors: torch.Tensor, gradient: np.ndarray) -> torch.Tensor | None:
    """To the nearest point without slope, as the Hessian sees it; None if it slopes where it does not bend."""
    slopes, level = vectors.T @ torch.from_numpy(gradient.copy()), _level(curvatures)
    if level.all() or bool((slopes[level].abs() > 1e-3 * slopes.abs().max()).any()):
        return None
    return -(vectors @ torch.where(level, 0.0, slopes / curvatures))


def _level(curvatures: torch.Tensor) -> torch.Tensor:
    """In which directions it does not bend, but for rounding."""
    return curvatures.abs() <= 1e-9 * curvatures.abs().max().clamp(min=1e-3)


def _nowhere_down(curvatures: torch.Tensor) -> bool:
    """Whether it bends up or not at all, in every direction."""
    return bool(((curvatures > 0) | _level(curvatures)).all())


def _minimum(
    objective: Objective, end: np.ndarray, curvatures: torch.Tensor, estimate: torch.Tensor | None, reach: float
) -> tuple[np.ndarray | None, Surroundings | None]:
    """The minimum within `reach` of `end`: one that is known, or one that slope and curvature give away.

    The second only where nothing around it is lower; with what was seen there.
    """
    for known in (*objective.minima, *objective.local):
        if np.linalg.norm(end - known) <= reach:
            return np.array(known), None
    if estimate is None or not _nowhere_down(curvatures):
        return None, None
    if objective.lowest is not None and _level(curvatures).any():
        return None, None
    if float(torch.linalg.vector_norm(estimate)) > reach:
        return None, None
    goal = torch.from_numpy(end.copy()) + estimate
    around = look_around(objective, goal, reach)
    down = around.fall > 0 or not around.whole or (not around.rise and not around.closed)
    return (None, None) if down else (around.lowest.numpy(), around)


def _is_local(objective: Objective, goal: np.ndarray) -> bool:
    if objective.lowest is None:
        return False
    value = objective.value(torch.from_numpy(goal)).item()
    return value > objective.lowest + 1e-6 * max(1.0, abs(objective.lowest))


def _flat(objective: Objective, values: np.ndarray) -> bool:
    """Whether the last steps brought next to nothing, compared with what is left or what was gained before."""
    recent = values[-min(WINDOW, len(values) - 1) - 1] - values[-1]
    rest = values.max() - values[-1] if objective.lowest is None else values[-1] - objective.lowest
    return bool(recent <= 0.05 * rest)


def _place(goal: np.ndarray) -> str:
    return coordinates(np.round(goal, 4))


def _hops(moves: np.ndarray, moved: float) -> bool:
    """Whether the last steps mostly undo each other and are not becoming shorter."""
    if len(moves) < WINDOW or moved == 0:
        return False
    lengths = np.linalg.norm(moves, axis=1)
    turns = (moves[1:] * moves[:-1]).sum(axis=1) < 0
    net = np.linalg.norm(moves.sum(axis=0))
    half = len(lengths) // 2
    return bool(turns.mean() > 0.6 and net < 0.2 * moved and lengths[half:].sum() > 0.8 * lengths[:half].sum())


def _bends(eigenvalues: tuple[float, ...]) -> str:
    if not eigenvalues or not all(map(math.isfinite, eigenvalues)):
        return ""
    many = len(eigenvalues) > 1
    return f", curvature{'s' * many} {' and '.join(number(each, 3) for each in eigenvalues)}"
