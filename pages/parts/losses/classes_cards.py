"""Questions on losses of classes, with answers from the logits that are shown."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from dlcore.formula.numbers import number, percent, signed
from dlcore.functions.losses import loss
from pages.shared.experiments import Answer, Experiment

CLASSES = ("cat", "dog", "fox", "owl")
START = (1.0, 2.5, 0.5, -1.0)
LOGITS = tuple(f"loss_z{index}" for index in range(len(CLASSES)))
WEIGHTS = tuple(f"loss_w{index}" for index in range(len(CLASSES)))
_EVEN = dict.fromkeys(WEIGHTS, 1.0)


@dataclass(frozen=True)
class Shown:
    """Logits (4,), the index of the true class, and the chosen loss with its parameters."""

    logits: Tensor
    true: int
    name: str
    parameters: Mapping[str, float | Tensor]

    def value(self, name: str) -> float:
        """The loss of this name, with the parameters on the screen if it is the chosen one."""
        return loss(name)(self.logits, torch.tensor(self.true), **self._of(name)).item()

    def gradient(self, name: str) -> Tensor:
        """By the logits (4,), likewise."""
        return loss(name).gradient(self.logits, torch.tensor(self.true), **self._of(name))

    def _of(self, name: str) -> Mapping[str, float | Tensor]:
        return self.parameters if name == self.name else {}


def _difference(shown: Shown) -> Answer:
    p = shown.logits.softmax(-1)
    missing = p - torch.nn.functional.one_hot(torch.tensor(shown.true), len(CLASSES))
    off = (missing - shown.gradient(shown.name)).abs().max().item()
    wrong = ", ".join(f"{label} with {number(p[k].item(), 3)}" for k, label in enumerate(CLASSES) if k != shown.true)
    return Answer(
        f"Its own probability: {wrong}. Together they weigh {number(1 - p[shown.true].item(), 3)}, exactly as much as "
        f"the right class {CLASSES[shown.true]} is pulled up. p − y and autograd's gradient differ by at most "
        f"{number(off, 1)}."
    )


def _smoothed(shown: Shown) -> Answer:
    pull = shown.gradient(shown.name)[shown.true].item()
    way = "down" if pull > 0 else "up"
    return Answer(
        f"The gradient by the right logit is {signed(pull, 4)}, so a step against it pushes that logit {way}: with "
        f"smoothing the target is {percent(1 - shown.parameters['epsilon'] * (1 - 1 / len(CLASSES)))}, and the network "
        f"says {percent(shown.logits.softmax(-1)[shown.true].item())}.",
        right=0 if pull > 0 else 1,
    )


def _stuck(shown: Shown) -> Answer:
    squared, cross = (shown.gradient(name).norm().item() for name in ("brier-classes", "cross-entropy"))
    return Answer(
        f"The squared error's gradient has length {number(squared)}, the cross-entropy's {number(cross)}: "
        f"{number(cross / squared, 3)} times as long, for the same logits. The right class has "
        f"{percent(shown.logits.softmax(-1)[shown.true].item(), 2)}."
    )


def _easy(shown: Shown) -> Answer:
    focal, full = shown.value("focal-classes"), shown.value("cross-entropy")
    return Answer(
        f"The focal loss is {number(focal)}, the cross-entropy {number(full)}: {percent(focal / full)} of it still "
        f"counts, at {percent(shown.logits.softmax(-1)[shown.true].item())} for the right class."
    )


def _set(name: str, *logits: float, **parameters: float) -> dict[str, object]:
    """Values of the controls: a loss, the logits, and the parameters that this loss has."""
    return {"loss_of_classes": name, "loss_true": "cat", **dict(zip(LOGITS, logits, strict=True)), **parameters}


EXPERIMENTS = (
    Experiment(
        "Prediction minus target",
        "Compare p − y with the gradient, class by class. What pulls the three wrong logits down, and how hard?",
        _set("cross-entropy", *START, loss_smoothing=0.0, **_EVEN), answer=_difference, free=LOGITS,
    ),
    Experiment(
        "Sure and right is not enough",
        "With label smoothing 0.2 the network is 99.9 % sure, and right. Which way is the right logit pushed now?",
        _set("cross-entropy", 6.0, -2.0, -2.0, -2.0, loss_smoothing=0.2, **_EVEN),
        answer=_smoothed, choices=("Down", "Up"),
    ),
    Experiment(
        "Sure, wrong and stuck",
        "The squared error of a sure mistake: how large is the gradient? And that of the cross-entropy?",
        _set("brier-classes", -4.0, 6.0, 0.0, -1.0),
        answer=_stuck, free=("loss_of_classes",),
    ),
    Experiment(
        "The easy one",
        "80 % on the right class. How much of its cross-entropy does the focal loss still count?",
        _set("focal-classes", 3.0, 1.0, 0.5, -0.5, loss_gamma=2.0, **_EVEN),
        answer=_easy,
    ),
)  # fmt: skip
