"""Questions on a signal through many layers, with answers from what was measured in them."""

from collections.abc import Mapping
from dataclasses import dataclass

from dlcore.formula.numbers import number, percent
from dlcore.functions.activations import ACTIVATIONS
from dlcore.functions.propagation import INITIALISATIONS, Signal
from pages.shared.experiments import Answer, Experiment

SIDES = ("a", "b")
_MEASURED = "Measured with one draw of the weights: with another seed the numbers change a little, not their size."


@dataclass(frozen=True)
class Shown:
    """What was measured of both settings, by side."""

    signals: Mapping[str, Signal]

    def named(self, side: str) -> str:
        """A setting in words."""
        made = self.signals[side].setting
        return f"{side.upper()} ({ACTIVATIONS[made.activation].title}, {INITIALISATIONS[made.init].title})"

    def passed(self, side: str) -> float:
        """What is left at layer 1 of a gradient that enters the last layer with norm 1."""
        return self.signals[side].gradient[0].item()


def _curse(shown: Shown) -> Answer:
    first, second = (shown.passed(side) for side in SIDES)
    return Answer(
        f"In {shown.named('a')} {number(first, 3)} of it arrives, in {shown.named('b')} {number(second, 3)}: "
        f"{number(second / first, 2)} times as much. A sigmoid's slope is at most ¼, so each layer takes most of it.",
        _MEASURED,
        right=2 if first < 1e-6 else 1 if first < 1e-2 else 0,
    )


def _started(shown: Shown) -> Answer:
    said = []
    for side in SIDES:
        signal = shown.signals[side]
        per_layer = (signal.variance[-1] / signal.variance[0]).item() ** (1 / max(1, signal.setting.depth - 1))
        said.append(
            f"{shown.named(side)} has a variance of {number(signal.variance[-1].item(), 3)} in the last layer, "
            f"{number(per_layer, 3)} times that of the layer before on average"
        )
    return Answer(f"{'; '.join(said)}. ReLU loses half of the signal's square, and He's weights make up for it.",
                  _MEASURED)  # fmt: skip


def _chaos(shown: Shown) -> Answer:
    large = shown.signals["a"]
    return Answer(
        f"In {shown.named('a')} {percent(large.saturated.mean().item())} of the activations are saturated, and yet a "
        f"gradient of norm 1 arrives as {number(shown.passed('a'), 3)}; in {shown.named('b')} as "
        f"{number(shown.passed('b'), 3)}. The few units that are not saturated pass it on through large weights, "
        "and their number does not fall from layer to layer.",
        _MEASURED,
        right=0 if shown.passed("a") < 0.5 else 2 if shown.passed("a") > 2 else 1,
    )


def _normed(shown: Shown) -> Answer:
    left, right = (shown.signals[side].variance[-1].item() for side in SIDES)
    return Answer(
        f"The variance in the last layer is {number(left, 2)} in A and {number(right, 2)} in B: a sigmoid turns "
        "variance 1 into about 0.04, since its output lies between 0 and 1, and the norm of the next layer makes 1 of "
        f"it again. The gradient arrives at layer 1 as {number(shown.passed('a'), 2)} in A and "
        f"{number(shown.passed('b'), 2)} in B.",
        _MEASURED,
        right=0 if shown.passed("b") > 1e3 * shown.passed("a") else 1,
    )


def _sides(a: tuple, b: tuple, depth: int) -> dict[str, object]:
    """Values of the controls for two settings: activation, start, and optionally norm."""
    found: dict[str, object] = {"act_depth": depth, "act_width": 64, "act_seed": 0}
    for side, (function, start, *norm) in zip(SIDES, (a, b), strict=True):
        found |= {f"act_f_{side}": function, f"act_init_{side}": start, f"act_skip_{side}": False}
        found[f"act_norm_{side}"] = norm[0] if norm else "none"
    return found


_FREE = ("act_width", "act_seed")
EXPERIMENTS = (
    Experiment(
        "The sigmoid's curse",
        "20 layers of sigmoid against tanh with the same start. How much of the gradient is left at layer 1 of A?",
        _sides(("sigmoid", "xavier"), ("tanh", "xavier"), 20), answer=_curse, free=_FREE,
        choices=("More than 1 %", "Less than 1 %", "Less than a millionth"),
    ),
    Experiment(
        "What He changed",
        "ReLU throws half of the signal away. Xavier does not know that, He does: how much is left in layer 50?",
        _sides(("relu", "xavier"), ("relu", "he"), 50), answer=_started, free=_FREE,
    ),
    Experiment(
        "On the edge of chaos",
        "Weights too large: tanh saturates in every layer. Does the gradient vanish for it?",
        _sides(("tanh", "large"), ("tanh", "xavier"), 30), answer=_chaos, free=_FREE,
        choices=("It vanishes", "It stays about the same", "It explodes"),
    ),
    Experiment(
        "Saved by a norm",
        "The same hopeless start twice; in B a norm gives variance 1 to what enters a sigmoid. Does a gradient reach "
        "layer 1 there?",
        _sides(("sigmoid", "small"), ("sigmoid", "small", "batch"), 30), answer=_normed, free=_FREE,
        choices=("Far more than in A", "Hardly more than in A"),
    ),
)  # fmt: skip
