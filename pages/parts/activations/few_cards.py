"""Questions on how many neurons a function needs, with answers from real fits."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch

from dlcore.formula.numbers import number, percent
from dlcore.functions.approximation import Fit, Task
from pages.shared.experiments import Answer, Experiment

OWN = "own"
_COUNTS = (1, 2, 3, 4, 6, 8, 12, 16)
_ONE_START = "One start only: from other random weights (the seed) a fit can end better or worse."


@dataclass(frozen=True)
class Shown:
    """The fit on the screen, and how others are fitted."""

    fit: Fit
    again: Callable[[Task], Fit]

    def error(self, **changes: object) -> float:
        """The typical error at the end, of the same task with some things changed."""
        return _error(self.again(replace(self.fit.task, **changes)))


def _error(fit: Fit) -> float:
    return fit.loss[-1].item() ** 0.5


def _row(shown: Shown, counts: tuple[int, ...], **changes: object) -> dict[int, float]:
    return {n: shown.error(neurons=n, **changes) for n in counts}


def _written(errors: dict[int, float]) -> str:
    return ", ".join(f"{n}: {number(error, 2)}" for n, error in errors.items())


def _corner(shown: Shown) -> Answer:
    errors = _row(shown, (2, 4, 8, 16), activation="tanh")
    return Answer(
        f"The {shown.fit.task.neurons} ReLUs on the screen end with a typical error of {number(_error(shown.fit), 2)}. "
        f"Tanh, by neurons: {_written(errors)}. Smooth bends come close to a corner, and never reach it.",
        _ONE_START,
    )


def _wave(shown: Shown) -> Answer:
    errors = _row(shown, _COUNTS)
    enough = next((n for n, error in errors.items() if error < 0.05), None)
    said = f"{enough} are enough" if enough else f"{_COUNTS[-1]} are not enough"
    return Answer(
        f"For a typical error below 0.05 of a wave of height 1, {said}. By neurons: {_written(errors)}.",
        _ONE_START,
        right=None if enough is None else 0 if enough <= 2 else 1 if enough <= 6 else 2,
    )


def _line(shown: Shown) -> Answer:
    x, y = shown.fit.x, shown.fit.target
    design = torch.stack([x, torch.ones_like(x)], dim=1)
    best = (design @ torch.linalg.lstsq(design, y[:, None]).solution)[:, 0]
    least = (best - y).square().mean().sqrt().item()
    bent = (shown.fit.outputs()[-1].diff(n=2)).abs().max().item()
    return Answer(
        f"Straight lines add up to a straight line: it bends by {number(bent, 1)} at most. The "
        f"typical error is {number(_error(shown.fit), 4)}; that of the best straight line is {number(least, 4)}.",
        right=1,
    )


def _own(shown: Shown) -> Answer:
    spread = shown.fit.target.std(correction=0).item()
    left = shown.fit.loss[-1].item() / spread**2 if spread else 0.0
    more = shown.error(neurons=32)
    return Answer(
        f"With {shown.fit.task.neurons} neurons the typical error is {number(_error(shown.fit), 3)}: {percent(left)} "
        f"of the function's variance is missing. With 32 it is {number(more, 3)}. Every turn of a curve takes about "
        "one neuron, so that functions with many turns are hard.",
        _ONE_START,
    )


_FIT = {"act_fit": "lbfgs", "act_start": 0}
EXPERIMENTS = (
    Experiment(
        "Two ReLUs, one corner",
        "|x| is two straight lines, and two ReLUs can make it. How close do 2, 4, 8 or 16 soft tanh come?",
        {"act_target": "corner", "act_few": "relu", "act_n": 2, **_FIT}, answer=_corner, free=("act_start",),
    ),
    Experiment(
        "How many for a wave?",
        "Start with 2 and add neurons, one by one: how many does the wave need?",
        {"act_target": "sine", "act_few": "tanh", "act_n": 2, **_FIT}, answer=_wave, free=("act_n", "act_start"),
        choices=("1 or 2", "3 to 6", "More than 6"),
    ),
    Experiment(
        "Lines stay a line",
        "32 neurons without a nonlinearity: what can they make of a cubic?",
        {"act_target": "cubic", "act_few": "linear", "act_n": 32, **_FIT}, answer=_line, free=("act_n", "act_start"),
        choices=("A curve of 32 bends", "One straight line"),
    ),
    Experiment(
        "Your own function",
        "A slow wave with a fast one on it. How much of it do 16 neurons miss? Type others: which are hard?",
        {"act_target": OWN, "act_typed": "sin(x) + 0.3*sin(8*x)", "act_few": "tanh", "act_n": 16, **_FIT},
        answer=_own, free=("act_typed", "act_n", "act_start"),
    ),
)  # fmt: skip
