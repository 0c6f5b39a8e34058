"""Questions on what is odd, with answers from the errors that are shown."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from dlcore.formula.numbers import fixed, number, percent
from dlcore.inspect import latent
from dlcore.inspect.certainty import Interval, wilson
from pages.shared.experiments import Answer, Experiment, Reply

MOST, STEP = 0.3, 0.0005
"""Of the threshold."""


@dataclass(frozen=True)
class Shown:
    """Errors (N,) of usual and odd images, the threshold between them, and what is odd."""

    usual: Tensor
    odd: Tensor
    threshold: float
    what: str

    def found(self, threshold: float | None = None) -> tuple[float, Interval]:
        """The share of odd images above the threshold, or another, and its interval."""
        return _share(self.odd, self.threshold if threshold is None else threshold)

    def alarms(self) -> tuple[float, Interval]:
        """The same for usual images."""
        return _share(self.usual, self.threshold)


def _share(errors: Tensor, threshold: float) -> tuple[float, Interval]:
    above = int((errors >= threshold).sum())
    return above / len(errors), wilson(above, len(errors))


def _sure(shown: Shown) -> str:
    return (
        f"95 % intervals: found {shown.found()[1].said} of {len(shown.odd)} images, false alarms "
        f"{shown.alarms()[1].said} of {len(shown.usual)}."
    )


def _few(shown: Shown) -> Reply:
    return Answer(
        f"{percent(shown.found()[0])} of the {shown.what} are found, with {percent(shown.alarms()[0])} false alarms.",
        _sure(shown),
        right=0 if shown.found()[0] >= 0.5 else 1,
    )


def _nervous(shown: Shown) -> Reply:
    calm = threshold_for(shown.usual, 0.95)
    before, now = shown.found(calm)[0], shown.found()[0]
    return Answer(
        f"{percent(now)} instead of {percent(before)} of the {shown.what} are found: {fixed(100 * (now - before), 1)} "
        f"percentage points more, but with {percent(shown.alarms()[0])} false alarms instead of about 5 %.",
        _sure(shown),
    )


def _turned(shown: Shown) -> Reply:
    area = latent.roc(shown.usual, shown.odd).area
    return Answer(
        f"{percent(shown.found()[0])} of the {shown.what} are called odd at this threshold, with "
        f"{percent(shown.alarms()[0])} false alarms. The area under the curve is {number(area, 3)}; guessing gives "
        f"0.5. Some digits are still digits when turned, such as 0, 1 and 8.",
        _sure(shown),
        right=0 if shown.found()[0] >= 0.5 else 1,
    )


def threshold_for(errors: Tensor, share: float) -> float:
    """The threshold below which a share of the errors lies, on the control's grid."""
    return round(min(MOST, round(torch.quantile(errors, share).item() / STEP) * STEP), 4)


def experiments(usual: Tensor, kinds: Sequence[str]) -> list[Experiment]:
    """Questions, with the controls that answer them for this model. usual: errors (N,); kinds: of what is odd"""
    half, few = (threshold_for(usual, share) for share in (0.5, 0.95))
    majority = ("At least half", "Less than half")
    return [
        Experiment(
            "One alarm in twenty", "How many odd images are found if 5 % of the usual ones may be called odd?",
            {"ae_threshold": few}, answer=_few, choices=majority,
        ),
        Experiment(
            "Nervous", "How many more are found if every second usual image may be called odd?",
            {"ae_threshold": half}, answer=_nervous,
        ),
        Experiment(
            "Upside down", "Are upside-down digits odd? How many of them are found?",
            {"ae_odd": kinds[-1], "ae_threshold": few}, answer=_turned, choices=majority,
        ),
    ]  # fmt: skip
