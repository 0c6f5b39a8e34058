"""Questions on curves of losses, with answers from the losses that are shown."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch

from dlcore.formula.numbers import number, percent
from dlcore.functions.losses import LOSSES, loss
from pages.shared.experiments import Answer, Experiment


@dataclass(frozen=True)
class Shown:
    """The prediction and the target on the screen, and the parameters of each loss that is drawn, by its name."""

    prediction: float
    target: float
    losses: Mapping[str, Mapping[str, float]]

    def at(self, name: str, prediction: float) -> tuple[float, float]:
        """Loss and gradient of one prediction."""
        place, one, parameters = torch.tensor(prediction, dtype=torch.float64), loss(name), self.losses[name]
        charged, pull = one(place, self.target, **parameters), one.gradient(place, self.target, **parameters)
        return charged.item(), pull.item()


def _half(shown: Shown) -> Answer:
    far = shown.prediction - shown.target
    said = []
    for name in shown.losses:
        (before, hard), (after, soft) = (shown.at(name, shown.target + part * far) for part in (1.0, 0.5))
        said.append(
            f"**{LOSSES[name].short}**: {number(after)} instead of {number(before)}, pulled with {number(abs(soft))} "
            f"instead of {number(abs(hard))}"
        )
    return Answer(f"For a mistake of {number(abs(far) / 2)} instead of {number(abs(far))}: {'; '.join(said)}.", right=0)


def _wrong(shown: Shown) -> Answer:
    said = {name: shown.at(name, shown.prediction) for name in shown.losses}
    hardest = max(said, key=lambda name: abs(said[name][1]))
    each = "; ".join(
        f"{LOSSES[name].short} charges {number(value)} and pulls with {number(abs(pull))}"
        for name, (value, pull) in said.items()
    )
    return Answer(
        f"{each}. {LOSSES[hardest].short} pulls hardest. As p goes to 0 its gradient −1/p has no limit; that of the "
        "squared error never exceeds 2.",
        right=tuple(shown.losses).index(hardest),
    )


def _focal(shown: Shown) -> Answer:
    full, focal = (shown.at(name, shown.prediction)[0] for name in ("bce", "focal"))
    gamma = shown.losses["focal"]["gamma"]
    return Answer(
        f"At {percent(shown.prediction)} the cross-entropy is {number(full)} and the focal loss with γ = "
        f"{number(gamma)} is {number(focal)}: {percent(focal / full, 2)} of it is left. That is (1 − p)^γ = "
        f"{number((1 - shown.prediction) ** gamma, 2)}, times α = {number(shown.losses['focal']['alpha'])}."
    )


def _hinge(shown: Shown) -> Answer:
    margin = 1.0 if shown.target > 0.5 else -1.0
    inside, outside = (shown.at("hinge", part * margin)[1] for part in (0.99, 1.01))
    cross = {z: abs(shown.at("bce-logits", z * margin)[1]) for z in (1.0, 8.0)}
    return Answer(
        f"The hinge loss stops pulling at z = {number(margin)}: its gradient is {number(inside)} just before and "
        f"{number(outside)} just after. The cross-entropy never stops: it still pulls with {number(cross[1.0])} there, "
        f"and with {number(cross[8.0])} at z = {number(8 * margin)}.",
        right=0,
    )


EXPERIMENTS = (
    Experiment(
        "Half the mistake",
        "How much less does each loss charge for half a mistake, and how much weaker does it pull? Drag from 2 to 1.",
        {"loss_axis": "number", "loss_shown_number": ["mse", "mae", "huber"], "loss_at_number": 2.0,
         "loss_target_number": 0.0},
        answer=_half, free=("loss_at_number",),
        choices=("MSE pulls half as hard, MAE as hard as before", "All pull half as hard"),
    ),
    Experiment(
        "Sure and wrong",
        "The network says 2 %, the truth is yes. Which loss pulls hardest to put that right?",
        {"loss_axis": "probability", "loss_shown_probability": ["bce", "brier"], "loss_at_probability": 0.02,
         "loss_target_probability": 1.0},
        answer=_wrong, choices=("Cross-entropy", "Squared error"),
    ),
    Experiment(
        "Focus on the hard ones",
        "At 80 % for the right class, what is left of the loss when the focal γ is 5?",
        {"loss_axis": "probability", "loss_shown_probability": ["bce", "focal"], "loss_at_probability": 0.8,
         "loss_target_probability": 1.0, "loss_focal_gamma": 5.0},
        answer=_focal, free=("loss_at_probability", "loss_focal_gamma"),
    ),
    Experiment(
        "Right, and far enough",
        "At which logit does the hinge loss stop pulling? Does the cross-entropy ever stop?",
        {"loss_axis": "logit", "loss_shown_logit": ["bce-logits", "hinge"], "loss_at_logit": 1.5,
         "loss_target_logit": 1.0},
        answer=_hinge, free=("loss_at_logit",), choices=("It never stops", "It stops at the same logit"),
    ),
)  # fmt: skip
