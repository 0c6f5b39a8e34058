"""Optimizers racing down one landscape, with everything that went on inside of them.

The optimizers are torch.optim's own, one for each racer. They only share the evaluation of the gradient: all take
step t together, and the landscape is asked once for all. Each trace equals that of a plain loop to the last bit.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import torch
from torch import Tensor

from dlcore.config.schedules import SCHEDULES
from dlcore.descent.objective import Objective
from dlcore.descent.optimizers import Racer
from dlcore.descent.verdict import Verdict, Width, judge, outside
from dlcore.errors import InvalidValue
from dlcore.formula.numbers import coordinates, number

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
    verdict: Verdict

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

    start: (d,), by default the objective's own; schedule: a name in `dlcore.config.schedules`
    A racer that runs away is stopped at its last finite position, one that leaves the region where the function has a
    value at its last place in it. Raises InvalidValue for what is not allowed.
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
    tape = _Tape(steps, *theta.shape)
    lanes = [_Lane(objective, each, theta[i], slopes[i], steps, noisy) for i, each in enumerate(racers)]
    factor = None if schedule == "constant" else SCHEDULES[schedule]
    far = FAR * max(high - low for low, high in objective.bounds)
    measured = _prober(objective, len(racers))
    with torch.no_grad():
        for step in range(steps):
            if all(lane.ended for lane in lanes):
                break
            values, exact = measured(theta)
            slopes.copy_(exact if noisy is None else noisy(theta, step))
            tape.note(step, theta, values, exact, slopes)
            _stop_outside(lanes, tape, theta, step, values)
            running = [(i, lane) for i, lane in enumerate(lanes) if not lane.ended]
            for i, lane in running:
                lane.step(step, values, i, None if factor is None else factor(step, steps))
            if not torch.linalg.vector_norm(theta, dim=1).max() < far:
                for _, lane in running:
                    lane.end_unless_near(far)
            for i, lane in running:
                if lane.length == step:
                    theta[i] = torch.from_numpy(tape.positions[step, i])
    values, exact = measured(theta)
    last = max(lane.length for lane in lanes)
    tape.note(last, theta, values, exact)
    _stop_outside(lanes, tape, theta, last, values)
    width = Width.of(objective)
    return tuple(lane.trace(tape, i, width) for i, lane in enumerate(lanes))


def _stop_outside(lanes: "list[_Lane]", tape: "_Tape", theta: Tensor, step: int, values: Tensor) -> None:
    """End the race for those whose last step led to where the function has no value, before that step."""
    missing = values.isnan()
    if missing.any():
        for i, lane in enumerate(lanes):
            if missing[i] and lane.length == step:
                lane.stop_before(tape.positions[step, i])
                theta[i] = torch.from_numpy(tape.positions[step - 1, i])


_AT_ONCE = 15 if torch.backends.cpu.get_cpu_capability() == "AVX512" else 7
"""Beyond that torch's kernels fill vector registers, and may differ in the last bit from those for one number."""


def _prober(objective: Objective, count: int) -> Callable[[Tensor], tuple[Tensor, ...]]:
    """Values and gradients at `count` points, at as many at once as leaves each as it would be alone."""
    sizes = [min(_AT_ONCE, count - first) for first in range(0, count, _AT_ONCE)]
    probes = [objective.prober(size) for size in sizes]
    if len(probes) == 1:
        return probes[0]

    def measured(theta: Tensor) -> tuple[Tensor, ...]:
        parts = [probe(part) for probe, part in zip(probes, theta.split(sizes), strict=True)]
        return tuple(map(torch.cat, zip(*parts, strict=True)))

    return measured


def _checked_start(objective: Objective, start: Sequence[float] | None) -> Tensor:
    at = torch.tensor(objective.start if start is None else tuple(start), dtype=torch.float64)
    if at.shape != (objective.dimensions,) or not torch.isfinite(at).all():
        raise InvalidValue(f"start must be {objective.dimensions} finite numbers, got {start!r}: try {objective.start}")
    value, slope = objective.value_and_gradient(at)
    if not (torch.isfinite(value) and torch.isfinite(slope).all()):
        own = tuple(at.tolist()) == objective.start
        advice = (
            "nor anywhere else that was tried: change it" if own else f"start somewhere else, like {objective.start}"
        )
        place = f"{coordinates(at.tolist(), 6)}{', ' if own else ': '}"
        raise InvalidValue(f"The function has no finite value and slope at {place}{advice}")
    return at


class _Tape:
    """What is written down of all n racers at once, at each of up to `steps` + 1 positions."""

    def __init__(self, steps: int, n: int, d: int) -> None:
        self.positions, self.gradients = np.empty((steps + 1, n, d)), np.empty((steps + 1, n, d))
        self.values, self.seen = np.empty((steps + 1, n)), np.empty((steps, n, d))

    def note(self, step: int, theta: Tensor, values: Tensor, exact: Tensor, seen: Tensor | None = None) -> None:
        self.positions[step], self.values[step], self.gradients[step] = theta.numpy(), values.numpy(), exact.numpy()
        if seen is not None:
            self.seen[step] = seen.numpy()


class _Lane:
    """One racer: torch's optimizer on one row of the positions of all, and the record of its inner state."""

    def __init__(
        self, objective: Objective, racer: Racer, theta: Tensor, slope: Tensor, steps: int, noisy: Noisy | None
    ) -> None:
        self.objective, self.racer, self.theta, self.noisy = objective, racer, theta, noisy
        theta.grad = self.slope = slope
        self.optimizer = racer.rule.build(theta, racer.settings, objective)
        self.group = self.optimizer.param_groups[0]
        if "foreach" in self.group:
            self.group["foreach"] = False  # what torch chooses here at every step, after a long look around
        self.take_step = inspect.unwrap(type(self.optimizer).step)  # without the hooks for profilers and compilers
        self.needs_closure = isinstance(self.optimizer, torch.optim.LBFGS)
        self.length, self.ended = 0, ""
        self.outside: Verdict | None = None
        self.rates, self.evaluations = np.empty(steps), np.ones(steps, dtype=int)
        self.state: dict[str, np.ndarray] = {}
        self.views: dict[str, tuple[Tensor, np.ndarray]] = {}

    def step(self, step: int, values: Tensor, i: int, factor: float | None) -> None:
        """Take one step with the gradient that is in place, and write down what happened. Needs torch.no_grad().

        values: of all racers, of which this is number i
        """
        if factor is not None:
            self.group["lr"] = self.racer.rate * factor
        self.rates[step] = self.group["lr"]
        try:
            if self.needs_closure:
                self._step_with_closure(step, values[i])
            else:
                self.take_step(self.optimizer)
        except IndexError:  # torch's line search, when every place that it tries is undefined
            self.ended = "its line search found only places where the function is not defined"
            return
        self.length = step + 1
        self._keep_state(step)

    def end_unless_near(self, far: float) -> None:
        """End the race for this one if it has left the landscape behind, or the numbers."""
        if not torch.isfinite(self.theta).all():
            self.length -= 1
            self.ended = "the next step is not finite"
        elif torch.linalg.vector_norm(self.theta) >= far:
            self.ended = f"it is more than {number(FAR)} landscapes away"

    def stop_before(self, place: np.ndarray) -> None:
        """End the race before the last step, which led to `place`, where the function has no value."""
        self.outside = outside(self.length, place)
        self.length, self.ended = self.length - 1, self.outside.title

    def _step_with_closure(self, step: int, value: Tensor) -> None:
        """For an optimizer that asks for gradients itself: the first one that it asks for is there already."""
        calls = 0

        def closure() -> Tensor:
            nonlocal calls
            calls += 1
            if calls == 1:
                return value
            loss, exact = self.objective.value_and_gradient(self.theta)
            self.slope.copy_(exact if self.noisy is None else self.noisy(self.theta, step))
            return loss

        self.take_step(self.optimizer, closure)
        self.evaluations[step] = calls

    def _keep_state(self, step: int) -> None:
        inner = self.optimizer.state[self.theta]
        for name in self.racer.rule.state:
            value = inner.get(name)
            if value is None:
                continue
            if isinstance(value, Tensor):
                tensor, view = self.views.get(name, (None, None))
                if tensor is not value:  # most are changed in place
                    view = value.numpy()
                    self.views[name] = value, view
                value = view
            if name not in self.state:
                self.state[name] = np.full((len(self.rates), *np.shape(value)), np.nan)
            self.state[name][step] = value

    def trace(self, tape: _Tape, i: int, width: Width) -> Trace:
        """The record, cut to the steps that were taken."""
        n = self.length
        positions, values, gradients = (
            _frozen(each[: n + 1, i]) for each in (tape.positions, tape.values, tape.gradients)
        )
        return Trace(
            objective=self.objective,
            racer=self.racer,
            positions=positions,
            values=values,
            gradients=gradients,
            seen=_frozen(tape.seen[:n, i]),
            rates=_frozen(self.rates[:n]),
            state=MappingProxyType({name: _frozen(each[:n]) for name, each in self.state.items()}),
            evaluations=_frozen(self.evaluations[:n]),
            verdict=self.outside or judge(self.objective, positions, values, gradients, self.ended, width),
        )


def _frozen(array: np.ndarray) -> np.ndarray:
    array = array.copy()
    array.flags.writeable = False
    return array
