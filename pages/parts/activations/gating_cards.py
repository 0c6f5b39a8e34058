"""Questions on gated units, with answers from the point that is shown."""

from dataclasses import dataclass

import torch

from dlcore.formula.numbers import number, percent
from dlcore.functions.gates import GATES, Gate
from pages.shared.experiments import Answer, Experiment


@dataclass(frozen=True)
class Shown:
    """The unit and its two inputs."""

    unit: Gate
    value: float
    gate: float

    def gradients(self, unit: Gate, gate: float) -> tuple[float, float]:
        """To the value and to the gate."""
        given = (torch.tensor(each, dtype=torch.float64) for each in (self.value, gate))
        first, second = unit.gradient(*given)
        return first.item(), second.item()


def _shut(shown: Shown) -> Answer:
    (to_a, to_b), (open_a, open_b) = (shown.gradients(shown.unit, b) for b in (shown.gate, 3.5))
    return Answer(
        f"At b = {number(shown.gate, 3)} the gradient to a is {number(to_a, 3)} and the one to b {number(to_b, 3)}; at "
        f"b = 3.5 they are {number(open_a, 3)} and {number(open_b, 3)}. A shut gate stops both. An open one lets that "
        "to a through, while that to b fades at both ends of the sigmoid.",
        right=0,
    )


def _through(shown: Shown) -> Answer:
    found = {name: shown.gradients(GATES[name], shown.gate)[0] for name in ("reglu", "glu")}
    return Answer(
        f"With b = {number(shown.gate, 3)}: {number(found['reglu'], 3)} in a ReGLU, where it is b itself and has no "
        f"limit, and {number(found['glu'], 3)} in a GLU, where it is σ(b) and at most 1. It does not depend on a.",
        right=1 if found["reglu"] > found["glu"] else 0,
    )


def _negative(shown: Shown) -> Answer:
    axis = torch.linspace(-4, 4, 401, dtype=torch.float64)
    grid = torch.cartesian_prod(axis, axis)
    part = (shown.unit(*grid.T) < 0).double().mean().item()
    here = shown.unit(*(torch.tensor(each, dtype=torch.float64) for each in (shown.value, shown.gate))).item()
    return Answer(
        f"Where exactly one of a and b is negative: {percent(part, 0)} of this square. SiLU has the sign of b, and a "
        f"multiplies it. At the point, ({number(shown.value, 3)}, {number(shown.gate, 3)}), it is {number(here, 3)}.",
        sure="The signs are exact; the share is counted at 160,801 points.",
        right=1,
    )


EXPERIMENTS = (
    Experiment(
        "Open and shut",
        "The gate σ(b) of a GLU is nearly 0 where b is far below 0. What happens to both gradients there?",
        {"act_gate": "glu", "act_a": 2.0, "act_g": -3.5}, answer=_shut, free=("act_a", "act_g"),
        choices=("Both nearly vanish", "Only that to b does"),
    ),
    Experiment(
        "Straight through",
        "With b = 3, where does more of the gradient reach the value a: in a GLU, or in a ReGLU?",
        {"act_gate": "reglu", "act_a": 1.0, "act_g": 3.0}, answer=_through, free=("act_gate", "act_a"),
        choices=("GLU", "ReGLU"),
    ),
    Experiment(
        "Inside a language model",
        "SwiGLU has replaced ReLU in most large language models. Where is its output negative?",
        {"act_gate": "swiglu", "act_a": 2.0, "act_g": -1.3}, answer=_negative, free=("act_a", "act_g"),
        choices=("Where a and b are both negative", "Where one of them is"),
    ),
)  # fmt: skip
