"""Optimizers racing down one landscape, with everything that went on inside of them.

The optimizers are torch.optim's own, one for each racer. They only share the evaluation of the gradient: all take
step t together, and the landscape is asked once for all. Each trace equals that of a plain loop to the last bit.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import torch
from torch import Tensor

from dlcore.descent.objectives import Objective
from dlcore.descent.optimizers import Racer
from dlcore.descent.verdict import Verdict, Width, judge
from dlcore.errors import InvalidValue
from dlcore.training.schedules import SCHEDULES

MOST_STEPS, MOST_RACERS = 1000, 16
Noisy = Callable[[Tensor, int], Tensor]
FAR = 100.0
"""A racer has diverged when it is this many widths of the landscape away from its middle."""


@dataclass(frozen=True)
class Noise:
    """Gradients that are only right on average: of mini-batches where there are samples, else with normal noise."""

    batch_size: int = 1
    amount: float = 1.0
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Trace:
    """What one racer did in n steps. Arrays are float64 and read-only; d is 1 or 2.

    positions: (n + 1, d), from the start on; values: (n + 1,); gradients: (n + 1, d), exact
    seen: (n, d), the gradient that each step used: with noise it is not the exact one
    rates: (n,), the learning rate of each step
    state: name in torch's optimizer state → (n, d) or (n,), as it was after each step
    evaluations: (n,), how many gradients each step asked for: more than one with a line search
    """

    objective: Objective
    racer: Racer
    positions: np.ndarray
    values: np.ndarray
    gradients: np.ndarray
    seen: np.ndarray
    rates: np.ndarray
    state: Mapping[str, np.ndarray]
    evaluations: np.ndarray
    verdict: Verdict | None = None

    @property
    def steps(self) -> int:
        """How many steps were taken: fewer than asked for if it diverged."""
        return len(self.seen)

    @property
    def moves(self) -> np.ndarray:
        """(n, d): the step that was really made each time."""
        return np.diff(self.positions, axis=0)

    @property
    def slopes(self) -> np.ndarray:
        """(n + 1,): the length of the exact gradient at each position."""
        return np.linalg.norm(self.gradients, axis=1)

    @property
    def distances(self) -> np.ndarray | None:
        """(n + 1,): the distance to the nearest lowest point; None where no minimum is known."""
        if not self.objective.minima:
            return None
        away = self.positions[:, None] - np.array(self.objective.minima)[None]
        return np.linalg.norm(away, axis=2).min(axis=1)


def trace(
    objective: Objective,
    racer: Racer,
    start: Sequence[float] | None = None,
    steps: int = 100,
    schedule: str = "constant",
    noise: Noise | None = None,
) -> Trace:
    """What one optimizer does. See `race`."""
    return race(objective, [racer], start, steps, schedule, noise)[0]


def race(
    objective: Objective,
    racers: Sequence[Racer],
    start: Sequence[float] | None = None,
    steps: int = 100,
    schedule: str = "constant",
    noise: Noise | None = None,
) -> tuple[Trace, ...]:
    """Let optimizers take `steps` steps from one start, and record all of it.

    start: (d,), by default the objective's own; schedule: a name in `dlcore.training.schedules`
    A racer that runs away is stopped at its last finite position. Raises InvalidValue for what is not allowed.
    """
    at = _checked_start(objective, start)
    if isinstance(steps, bool) or not isinstance(steps, int) or not 1 <= steps <= MOST_STEPS:
        raise InvalidValue(f"steps must be a whole number between 1 and {MOST_STEPS:,}, got {steps!r}: try 100")
    if not 1 <= len(racers) <= MOST_RACERS:
        raise InvalidValue(f"Between 1 and {MOST_RACERS} optimizers can race, got {len(racers)}: choose one")
    if schedule not in SCHEDULES:
        raise InvalidValue(f"schedule must be one of {', '.join(SCHEDULES)}, got {schedule!r}")
    noisy = None if noise is None else objective.noisy(steps, noise.batch_size, noise.amount, noise.seed)
    theta = at.repeat(len(racers), 1)
    slopes = torch.zeros_like(theta)
    lanes = [_Lane(objective, each, theta[i], slopes[i], steps, noisy) for i, each in enumerate(racers)]
    factor = SCHEDULES[schedule]
    far = FAR * max(high - low for low, high in objective.bounds)
    for step in range(steps):
        running = [lane for lane in lanes if not lane.ended]
        if not running:
            break
        values, exact = _measured(objective, theta)
        slopes.copy_(exact if noisy is None else noisy(theta, step))
        for lane, value, gradient in zip(lanes, values.tolist(), exact.numpy(), strict=True):
            if not lane.ended:
                lane.step(step, value, gradient, None if schedule == "constant" else factor(step / steps))
        if not torch.linalg.vector_norm(theta, dim=1).max() < far:
            for lane in running:
                lane.stop_beyond(far)
    values, exact = _measured(objective, theta)
    width = Width.of(objective)
    return tuple(
        lane.trace(value, gradient, width)
        for lane, value, gradient in zip(lanes, values.tolist(), exact.numpy(), strict=True)
    )


def _measured(objective: Objective, theta: Tensor) -> tuple[Tensor, ...]:
    """Values and gradients, a few points at once: from eight on, torch's kernels may differ in the last bit."""
    parts = [objective.value_and_gradient(part) for part in theta.split(7)]
    return tuple(map(torch.cat, zip(*parts, strict=True)))


def _checked_start(objective: Objective, start: Sequence[float] | None) -> Tensor:
    at = torch.tensor(objective.start if start is None else tuple(start), dtype=torch.float64)
    if at.shape != (objective.dimensions,) or not torch.isfinite(at).all():
        raise InvalidValue(f"start must be {objective.dimensions} finite numbers, got {start!r}: try {objective.start}")
    value, slope = objective.value_and_gradient(at)
    if not (torch.isfinite(value) and torch.isfinite(slope).all()):
        place = ", ".join(f"{each:g}" for each in at.tolist())
        raise InvalidValue(f"The function has no finite value and slope at ({place}): start somewhere else")
    return at


class _Lane:
    """One racer: torch's optimizer on one row of the positions of all, and the record of what it does."""

    def __init__(
        self, objective: Objective, racer: Racer, theta: Tensor, slope: Tensor, steps: int, noisy: Noisy | None
    ) -> None:
        self.objective, self.racer, self.theta, self.noisy = objective, racer, theta, noisy
        theta.grad = slope
        self.optimizer = racer.rule.build(theta, racer.settings, objective)
        self.group = self.optimizer.param_groups[0]
        self.needs_closure = isinstance(self.optimizer, torch.optim.LBFGS)
        self.length, self.ended = 0, ""
        self.at, self.slope = theta.numpy(), slope.numpy()  # views: they follow the tensors
        self.positions = np.empty((steps + 1, len(theta)))
        self.values, self.gradients = np.empty(steps + 1), np.empty((steps + 1, len(theta)))
        self.seen, self.rates = np.empty((steps, len(theta))), np.empty(steps)
        self.evaluations = np.ones(steps, dtype=int)
        self.state: dict[str, np.ndarray] = {}
        self.positions[0] = self.at

    def step(self, step: int, value: float, gradient: np.ndarray, factor: float | None) -> None:
        """Take one step with the gradient that is in place, and write down what happened."""
        if factor is not None:
            self.group["lr"] = self.racer.rate * factor
        self.values[step], self.gradients[step] = value, gradient
        self.seen[step], self.rates[step] = self.slope, self.group["lr"]
        try:
            self._step_with_closure(step, value) if self.needs_closure else self.optimizer.step()
        except IndexError:  # torch's line search, when every place that it tries is undefined
            self._end("its line search found only places where the function is not defined")
            return
        if not np.isfinite(self.at).all():
            self._end("the next step is not finite")
            return
        self.length = step + 1
        self.positions[step + 1] = self.at
        self._keep_state(step)

    def stop_beyond(self, far: float) -> None:
        """End the race for this one if it has left the landscape behind."""
        if not self.ended and np.linalg.norm(self.at) >= far:
            self._end(f"it is more than {FAR:g} landscapes away")

    def _end(self, why: str) -> None:
        self.ended = why
        with torch.no_grad():
            self.theta.copy_(torch.from_numpy(self.positions[self.length]))

    def _step_with_closure(self, step: int, value: float) -> None:
        """For an optimizer that asks for gradients itself: the first one that it asks for is there already."""
        calls = 0

        def closure() -> Tensor:
            nonlocal calls, value
            calls += 1
            if calls > 1:
                loss, exact = self.objective.value_and_gradient(self.theta)
                self.theta.grad.copy_(exact if self.noisy is None else self.noisy(self.theta, step))
                value = loss.item()
            return torch.tensor(value, dtype=torch.float64)

        self.optimizer.step(closure)
        self.evaluations[step] = calls

    def _keep_state(self, step: int) -> None:
        inner = self.optimizer.state[self.theta]
        for name in self.racer.rule.state:
            value = inner.get(name)
            if value is None:
                continue
            value = value.numpy() if isinstance(value, Tensor) else value
            if name not in self.state:
                self.state[name] = np.full((len(self.rates), *np.shape(value)), np.nan)
            self.state[name][step] = value

    def trace(self, value: float, gradient: np.ndarray, width: Width) -> Trace:
        """The record, cut to the steps that were taken; `value` and `gradient` are those of the last position."""
        n = self.length
        self.values[n], self.gradients[n] = value, gradient
        made = Trace(
            objective=self.objective,
            racer=self.racer,
            positions=_frozen(self.positions[: n + 1]),
            values=_frozen(self.values[: n + 1]),
            gradients=_frozen(self.gradients[: n + 1]),
            seen=_frozen(self.seen[:n]),
            rates=_frozen(self.rates[:n]),
            state=MappingProxyType({name: _frozen(each[:n]) for name, each in self.state.items()}),
            evaluations=_frozen(self.evaluations[:n]),
        )
        verdict = judge(self.objective, made.positions, made.values, made.gradients, self.ended, width)
        return replace(made, verdict=verdict)


def _frozen(array: np.ndarray) -> np.ndarray:
    array = array.copy()
    array.flags.writeable = False
    return array
