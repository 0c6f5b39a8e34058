"""Which optimizers, with which settings, for how many steps: controls, and the race that follows from them."""

from dataclasses import dataclass

import streamlit as st

from dlcore.config.schedules import SCHEDULES
from dlcore.descent.objective import Objective
from dlcore.descent.objectives import objective, typed
from dlcore.descent.optimizers import OPTIMIZERS, Racer, optimizer
from dlcore.descent.trace import Noise, Trace, race
from dlcore.formula.numbers import plain
from pages.parts.descent import landscape
from pages.shared import link, page

MOST = 10
USUAL = ("sgd", "momentum", "rmsprop", "adam")
RATES = (0.0, *(float(f"{digit}e{power}") for power in range(-4, 1) for digit in (1, 2, 3, 5, 7)), 10.0)
SCHEDULE_NAMES = {
    "constant": "Constant", "step": "A tenth after half, a hundredth after three quarters", "cosine": "Cosine to zero",
    "one-cycle": "One cycle: up, then down",
}  # fmt: skip


@dataclass(frozen=True)
class Setup:
    """All that a race depends on."""

    objective: Objective
    racers: tuple[Racer, ...]
    start: tuple[float, ...]
    steps: int
    schedule: str
    noise: Noise | None

    @property
    def key(self) -> tuple:
        """Plain values that tell this race from others."""
        racers = tuple((each.rule.name, *each.settings.items()) for each in self.racers)
        return (source(self.objective), racers, self.start, self.steps, self.schedule, self.noise)

    def run(self) -> tuple[Trace, ...]:
        """The race, or the same one from before."""
        return _race(*self.key)


def titles() -> dict[str, str]:
    """Every optimizer by its name, with its title."""
    return {name: rule.title for name, rule in OPTIMIZERS.items()}


def source(chosen: Objective) -> tuple:
    """What the objective is made from: its name and parameters, or the text that was typed."""
    if chosen.name == landscape.TYPED:
        return (chosen.name, chosen.formula.text)
    return (chosen.name, *chosen.parameters.items())


@st.cache_resource(max_entries=48, show_spinner=False)
def _race(source: tuple, racers: tuple, start: tuple, steps: int, schedule: str, noise: Noise | None):
    name, *rest = source
    chosen = typed(rest[0]) if name == landscape.TYPED else objective(name, **dict(rest))
    made = [optimizer(each[0], **dict(each[1:])) for each in racers]
    return race(chosen, made, start, steps, schedule, noise)


def choose_one(key: str) -> list[str]:
    """One optimizer, to be looked at closely."""
    return [link.choice(key, "Optimizer", tuple(OPTIMIZERS), "adam", names=titles(), look="select")]


def choose_many() -> list[str]:
    """Up to MOST optimizers that race."""
    return link.many("gd_optimizers", "Optimizers", tuple(OPTIMIZERS), USUAL, names=titles(), most=MOST)


def choose_rate() -> float:
    """One learning rate for all; 0 where each gets the one that suits it."""
    return link.stops(
        "gd_rate", "Learning rate", RATES, 0.0, form=lambda value: plain(value) if value else "suited",
        help="One for all; with “suited” each gets its own, from the curvature or the size of the landscape.",
    )  # fmt: skip


def settings(
    chosen: Objective, names: list[str], rate: float, most_steps: int, usual_steps: int, steps_key: str
) -> Setup:
    """What matters less, in expanders, and all of it together."""
    with page.expander("Start, steps, schedule, noise", ":material/timeline:", "gd_more"):
        start = landscape.start(chosen)
        steps = link.slider(steps_key, "Steps", 5, most_steps, usual_steps, 5)
        schedule = link.choice(
            "gd_schedule", "Schedule of the learning rate", tuple(SCHEDULES), "constant", names=SCHEDULE_NAMES
        )
        noise = _noise(chosen)
    with page.expander("Settings of each optimizer", ":material/tune:", "gd_tuned"):
        racers = _tuned(chosen, names, rate)
    return Setup(chosen, racers, start, steps, schedule, noise)


def _noise(chosen: Objective) -> Noise | None:
    real = chosen.samples is not None
    if not link.toggle(
        "gd_noise", "Mini-batches" if real else "Noisy gradients",
        help="Each step sees only a few of the samples." if real else "Normal noise, as a mini-batch would have it.",
    ):  # fmt: skip
        return None
    batch = link.stops("gd_batch", "Batch size", (1, 2, 4, 8, 16, 32, 64), 4)
    amount = 1.0
    if not real:
        amount = link.stops(
            "gd_amount", "Noise of one sample", (0.01, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0), 3.0,
            help="Its standard deviation; a batch of B has 1/√B of it.",
        )  # fmt: skip
    seed = link.number("gd_seed", "Seed", 0, 9999, 0, 1)
    return Noise(batch, amount, seed)


def _tuned(chosen: Objective, names: list[str], rate: float) -> tuple[Racer, ...]:
    racers = []
    for place, name in zip(st.tabs([OPTIMIZERS[each].title for each in names]) if names else (), names, strict=True):
        rule = OPTIMIZERS[name]
        with place:
            st.caption(f"{rule.about}  \n{rule.source}")
            values = {
                each.name: landscape.dial(f"gd_{name}_{each.name}", each, low_stop=0.0, low_name="as above")
                if each.name == "lr" else landscape.dial(f"gd_{name}_{each.name}", each)
                for each in rule.settings
            }  # fmt: skip
        values["lr"] = values["lr"] or rate or rule.suited(chosen)
        racers.append(optimizer(name, **values))
    return tuple(racers)
