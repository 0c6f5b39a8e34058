"""Questions on softmax, with answers from the logits that are shown."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from dlcore.formula.numbers import number, percent
from dlcore.functions.activations import entropy, softmax
from pages.shared.experiments import Answer, Experiment

LABELS = ("cat", "dog", "fox", "owl", "bee")
DEFAULTS = (2.0, 1.0, 0.0, -1.0, -2.0)
LOGITS = tuple(f"act_z{place + 1}" for place in range(len(LABELS)))
_ADDED = 3.0


@dataclass(frozen=True)
class Shown:
    """Logits (5,) and the temperature."""

    logits: Tensor
    temperature: float

    @property
    def shares(self) -> Tensor:
        return softmax(self.logits, self.temperature)


def _differences(shown: Shown) -> Answer:
    off = (shown.shares - softmax(shown.logits - _ADDED, shown.temperature)).abs().max().item()
    best = int(shown.shares.argmax())
    return Answer(
        f"With and without the {number(_ADDED)} the probabilities differ by {number(off, 1)}. The {LABELS[best]} has "
        f"{percent(shown.shares[best].item())} either way: the factor e³ cancels.",
        right=0,
    )


def _cold(shown: Shown) -> Answer:
    first, second = shown.logits.topk(2).values.tolist()
    top = shown.shares.max().item()
    return Answer(
        f"{percent(top)}, against {percent(softmax(shown.logits).max().item())} at T = 1. The lead of "
        f"{number(first - second, 3)} counts as {number((first - second) / shown.temperature, 3)} after dividing by "
        f"T = {number(shown.temperature)}.",
        right=2 if top > 0.9 else 1 if top > 0.5 else 0,
    )


def _hot(shown: Shown) -> Answer:
    bits, most = entropy(shown.shares), math.log2(len(LABELS))
    return Answer(
        f"{number(bits, 3)} of {number(most, 3)} bits, {percent(bits / most)}. The probabilities still go from "
        f"{percent(shown.shares.min().item())} to {percent(shown.shares.max().item())}; all alike would be "
        f"{percent(1 / len(LABELS))}."
    )


def _lead(shown: Shown) -> Answer:
    first, second = shown.logits[:2].tolist()
    raised = shown.logits if abs(first - second) > 1e-9 else shown.logits + torch.eye(len(LABELS))[0]
    p = softmax(raised.double(), shown.temperature)
    ahead, factor = (raised[0] - raised[1]).item(), (p[0] / p[1]).item()
    return Answer(
        f"With {LABELS[0]} {number(ahead, 3)} ahead of {LABELS[1]} it gets {percent(p[0].item())} against "
        f"{percent(p[1].item())}: {number(factor, 4)} times as much, which is e^({number(ahead, 3)}/T).",
        right=1 if 2.5 < factor < 3 else None,
    )


def _logits(*values: float, temperature: float) -> dict[str, float]:
    return {**dict(zip(LOGITS, values, strict=True)), "act_t": temperature}


EXPERIMENTS = (
    Experiment(
        "Only differences count",
        "These are the standard logits, each with 3 added. Which probabilities change?",
        _logits(5.0, 4.0, 3.0, 2.0, 1.0, temperature=1.0), answer=_differences, choices=("None", "All of them"),
    ),
    Experiment(
        "Freeze it",
        "The largest logit leads by 0.2 only. How much does it get at a temperature of 0.05?",
        _logits(1.2, 1.0, 0.8, 0.0, -1.0, temperature=0.05), answer=_cold,
        choices=("Less than half", "50 to 90 %", "More than 90 %"), free=("act_t",),
    ),
    Experiment(
        "Boil it",
        "At a high temperature every class gets nearly the same. How many bits is that?",
        _logits(*DEFAULTS, temperature=20.0), answer=_hot, free=("act_t",),
    ),
    Experiment(
        "A tie",
        "Two classes are level. Raise the cat by 1: how many times as much as the dog does it get?",
        _logits(3.0, 3.0, -2.0, -2.0, -2.0, temperature=1.0), answer=_lead, free=("act_z1", "act_t"),
        choices=("Twice", "2.72 times", "10 times"),
    ),
)  # fmt: skip
