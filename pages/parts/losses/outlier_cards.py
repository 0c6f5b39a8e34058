"""Questions on lines with an outlier, with answers from the lines that are shown."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dlcore.formula.numbers import fixed, number, percent, signed
from dlcore.functions.line_fit import Line, fit, shares_of_pull
from dlcore.functions.losses import LOSSES
from pages.shared.experiments import Answer, Experiment

POINTS = "loss_points"
_TWELVE = "0.5,1.6; 1.2,1.9; 2,1.8; 2.8,3; 3.5,2.7; 4.2,3.9; 5,3.6; 5.8,4.8; 6.5,4.4; 7.3,5.5; 8,5.3; 8.8,6.3"
ON_A_LINE = f"{_TWELVE}; 9.5,6*"
WITH_OUTLIER = f"{_TWELVE}; 9.5,-1*"
_SEVEN = "0.5,1.6; 1.2,1.9; 2,1.8; 2.8,3; 3.5,2.7; 4.2,3.9; 5,3.6"


@dataclass(frozen=True)
class Shown:
    """Points (N, 2), the index of the ringed one, δ, and each loss's best line with and without that point."""

    points: np.ndarray
    held: int
    delta: float
    lines: Mapping[str, tuple[str, Line, Line]]

    def share(self, name: str) -> float:
        """Of the pull of all points on the line of a loss, the part of the ringed one."""
        return shares_of_pull(name, self.lines[name][1], self.points, delta=self.delta)[self.held]


def _slopes(shown: Shown) -> str:
    return ", ".join(f"{title} {fixed(line.slope, 3)}" for title, line, _ in shown.lines.values())


def _alike(shown: Shown) -> Answer:
    x, y = shown.points[shown.held]
    moved = ", ".join(f"{title} {signed(line(x) - without(x), 2)}" for title, line, without in shown.lines.values())
    return Answer(
        f"The slopes are: {_slopes(shown)}. With the ringed point at y = {number(y)}, it moves each line at its own x "
        f"by: {moved}. The further down it is dragged, the further it takes the squared error's line with it.",
    )


def _pull(shown: Shown) -> Answer:
    squared, absolute = shown.share("mse"), shown.share("mae")
    return Answer(
        f"{percent(squared)} of the squared error's pull comes from the one ringed point of {len(shown.points)}, and "
        f"{percent(absolute)} of the absolute error's: there all points that are off the line pull alike.",
        right=2 if squared >= 0.4 else 1 if squared >= 0.2 else 0,
    )


def _widened(shown: Shown) -> Answer:
    lines = {name: line for name, (_, line, _) in shown.lines.items()}
    far = {name: abs(lines[name].slope - lines["huber"].slope) for name in ("mse", "mae")}
    near = min(far, key=far.get)
    largest = max(abs(y - lines["huber"](x)) for x, y in shown.points)
    return Answer(
        f"On that of {LOSSES[near].short}: its slope differs by {number(far[near], 2)}. The largest error is "
        f"{number(largest, 3)}, {'below' if largest < shown.delta else 'above'} δ = {number(shown.delta)}, and up to δ "
        "Huber's loss is the squared error, halved.",
        right=0 if near == "mse" else 1,
    )


def _seven(shown: Shown) -> Answer:
    x, y = np.array([[float(part) for part in each.split(",")] for each in _SEVEN.split(";")]).T
    alone = fit("mae", x, y)
    least = np.abs(alone(x) - y).mean()
    off = {title: np.abs(line(x) - y).mean() for title, line, _ in shown.lines.values()}
    best = min(off, key=off.get)
    holds = off[best] <= 2 * least
    said = ", ".join(f"{title} {number(each, 3)}" for title, each in off.items())
    return Answer(
        f"{f'{best} does' if holds else 'None does'}. Mean distance from the seven points: {said}; a line for these "
        f"alone has {number(least, 3)}. Points at one end have leverage: a line that turns to them gives up little "
        "elsewhere, so that an absolute error helps less there than in the middle.",
        right=1 if holds else 0,
    )


EXPERIMENTS = (
    Experiment(
        "Nothing wrong",
        "Without an outlier, do the three lines differ at all? Drag the ringed point slowly down and look again.",
        {POINTS: ON_A_LINE, "loss_fit_delta": 1.0}, answer=_alike, free=(POINTS, "loss_fit_delta"),
    ),
    Experiment(
        "One against twelve",
        "How much of the squared error's pull belongs to one point of thirteen? And of the absolute error's?",
        {POINTS: WITH_OUTLIER, "loss_fit_delta": 1.0},
        answer=_pull, choices=("Less than 20 %", "20 to 40 %", "More than 40 %"),
    ),
    Experiment(
        "From Huber to MSE",
        "With δ = 10 no error is large any more. Which line does the Huber line lie on now?",
        {POINTS: WITH_OUTLIER, "loss_fit_delta": 10.0}, answer=_widened, choices=("That of MSE", "That of MAE"),
    ),
    Experiment(
        "Almost half is wrong",
        "Five points of twelve are off together, at one end. Does any of the lines hold on to the other seven?",
        {POINTS: f"{_SEVEN}; 7,10.5; 7.6,10; 8.3,11; 9,10.2; 9.6,10.8*", "loss_fit_delta": 1.0},
        answer=_seven, choices=("None does", "At least one does"),
    ),
)  # fmt: skip
