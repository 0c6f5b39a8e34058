"""Questions on two neurons that learn from one start, with answers from the race that is shown."""

from collections.abc import Mapping
from dataclasses import dataclass

from dlcore.formula.numbers import number, percent
from dlcore.functions.slow_start import RIGHT, Learning, learn
from pages.shared.experiments import Answer, Experiment

SQUARED, CROSS = "sigmoid-mse", "bce-logits"


@dataclass(frozen=True)
class Shown:
    """Both ways by the name of the loss, each of this many steps at this learning rate."""

    race: Mapping[str, Learning]
    steps: int
    rate: float

    def needed(self, name: str) -> str:
        """How many steps a neuron took until it was right, in words."""
        count = self.race[name].steps_until_right
        return f"more than {self.steps:,} steps" if count is None else f"{count:,} steps"


def _needed(shown: Shown) -> Answer:
    both = [shown.race[name].steps_until_right for name in (SQUARED, CROSS)]
    more = f" That is {both[0] - both[1]:,} more." if None not in both else ""
    return Answer(
        f"Until it is within {RIGHT:g} of the target, squared error needs {shown.needed(SQUARED)} and "
        f"cross-entropy {shown.needed(CROSS)}.{more}"
    )


def _still(shown: Shown) -> Answer:
    squared, cross = (abs(shown.race[name].gradients[0].item()) for name in (SQUARED, CROSS))
    return Answer(
        f"At the start it is {number(squared)}, against {number(cross)} for the cross-entropy, which pulls "
        f"{number(cross / squared, 3)} times as hard. After that squared error needs {shown.needed(SQUARED)}, "
        f"cross-entropy {shown.needed(CROSS)}."
    )


def _hopeless(shown: Shown) -> Answer:
    way = shown.race[SQUARED]
    arrived = way.steps_until_right is not None
    return Answer(
        f"After {shown.steps:,} steps its prediction is "
        f"{percent(way.predictions[-1].item(), 2)}, and the target is {percent(way.target)}. Its first gradient is "
        f"{number(abs(way.gradients[0].item()))}. Cross-entropy arrives after {shown.needed(CROSS)}.",
        right=0 if arrived else 1,
    )


def _harder(shown: Shown) -> Answer:
    now = shown.race[SQUARED]
    slower = learn(
        SQUARED, now.logits[0].item(), target=now.target, learning_rate=shown.rate / 4, steps=shown.steps
    ).steps_until_right  # fmt: skip
    before = f"more than {shown.steps:,} steps" if slower is None else f"{slower:,} steps"
    return Answer(
        f"At α = {number(shown.rate)} squared error needs {shown.needed(SQUARED)}, at a quarter of it "
        f"{before}. Cross-entropy needs {shown.needed(CROSS)} at α = {number(shown.rate)}. A larger step "
        "multiplies the gradient by four; the flat end of the sigmoid had divided it by far more "
        f"(its first gradient is {number(abs(now.gradients[0].item()))}).",
        right=0 if now.steps_until_right is not None and now.steps_until_right <= 2 * (
            shown.race[CROSS].steps_until_right or shown.steps) else 1,
    )  # fmt: skip


EXPERIMENTS = (
    Experiment(
        "A little wrong",
        "From a start of 0 (p = 50 %): how many more steps does squared error need?",
        {"loss_start": 0.0, "loss_goal": "0", "loss_rate": 0.5}, answer=_needed,
    ),
    Experiment(
        "Badly wrong",
        "From z = 5 (p = 99.3 %) with target 0, the squared error's point hardly moves. What is its gradient?",
        {"loss_start": 5.0, "loss_goal": "0", "loss_rate": 0.5}, answer=_still,
    ),
    Experiment(
        "Hopeless",
        "From z = −8 with target 1: does squared error arrive at all within 200 steps?",
        {"loss_start": -8.0, "loss_goal": "1", "loss_rate": 0.5}, answer=_hopeless, choices=("Yes", "No"),
    ),
    Experiment(
        "Just step harder?",
        "With a learning rate four times as large: does that make up for a gradient of nearly 0?",
        {"loss_start": 6.0, "loss_goal": "0", "loss_rate": 2.0}, answer=_harder, choices=("Yes", "No"),
    ),
)  # fmt: skip
