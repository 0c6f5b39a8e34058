"""Questions on learning from few labels, with answers from the curves that are shown."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dlcore.formula.numbers import fixed, percent
from pages.shared.experiments import Answer, Experiment, Reply


@dataclass(frozen=True)
class Shown:
    """Mean and deviation of the accuracy by name of what was learned from, and the place in both that is looked at.

    count: labels there; draws: of which images have them; tested: on how many images
    """

    curves: Mapping[str, tuple[np.ndarray, np.ndarray]]
    place: int
    count: int
    draws: int
    tested: int

    def said(self) -> str:
        """Both at this number of labels."""
        return ", ".join(
            f"{percent(mean[self.place])} ± {fixed(100 * off[self.place], 1)} {name}"
            for name, (mean, off) in self.curves.items()
        )

    def ahead(self) -> int | None:
        """Which of the two is better; None where their deviations overlap."""
        (first, second) = ((mean[self.place], off[self.place]) for mean, off in self.curves.values())
        if abs(first[0] - second[0]) <= first[1] + second[1]:
            return None
        return 0 if first[0] > second[0] else 1


def _verdict(shown: Shown) -> Reply:
    names, ahead = list(shown.curves), shown.ahead()
    better = "no clear difference: the error bars overlap" if ahead is None else f"better {names[ahead]}"
    return Answer(
        f"With {shown.count} labels, the accuracy is {shown.said()}: {better}.",
        f"± is the standard deviation over {shown.draws} choices of the labelled images, each tested on "
        f"{shown.tested} images.",
        right=2 if ahead is None else ahead,
    )


_CHOICES = ("The codes are ahead", "The pixels are ahead", "No clear difference")
EXPERIMENTS = (
    Experiment(
        "One of each", "What can be learned from one labelled image of each class?", {"ae_labels": 10},
        answer=_verdict, choices=_CHOICES, free=("ae_draws",),
    ),
    Experiment(
        "Plenty", "Do the pixels catch up when there are 500 labels?", {"ae_labels": 500},
        answer=_verdict, choices=_CHOICES, free=("ae_draws",),
    ),
    Experiment(
        "Was it luck?", "Ten repetitions instead of five: does the order stay the same?", {"ae_draws": 10},
        answer=_verdict, choices=_CHOICES, free=("ae_labels",),
    ),
)  # fmt: skip
