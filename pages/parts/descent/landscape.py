"""Which landscape, and where on it a descent starts: controls that all sections of the page share."""

from collections.abc import Sequence

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dlcore.descent.objective import Objective
from dlcore.descent.objectives import OBJECTIVES, objective, parameters, typed
from dlcore.errors import DlcoreError
from dlcore.formula.expression import MAX_LENGTH
from dlcore.formula.numbers import plain
from dlcore.formula.parameter import Parameter
from pages.shared import link, page

LANDSCAPE, FUNCTION, START = "gd_landscape", "gd_function", ("gd_x", "gd_y")
TYPED = "typed"
EXAMPLE = "x**2 + 3*y**2 + 2*sin(3*x)*cos(2*y)"
NAMES = {**{name: each.title for name, each in OBJECTIVES.items()}, TYPED: "Your own function …"}


def choose_above() -> Objective | None:
    """The controls in a row, for sections that have none of their own beside the picture."""
    left, right = st.columns([5, 7], vertical_alignment="bottom")
    return choose(left, right)


def choose(first: DeltaGenerator, second: DeltaGenerator) -> Objective | None:
    """The landscape that the controls describe; None, with a sentence on the page, if it cannot be read.

    first, second: where the list goes, and where what belongs to the one that is chosen
    """
    with first:
        name = link.choice(
            LANDSCAPE, "Landscape", tuple(NAMES), "ravine", names=NAMES, look="select", on_change=_forget_start
        )
    with second:
        if name == TYPED:
            return _typed()
        return objective(name, **{each.name: dial(f"gd_{name}_{each.name}", each) for each in parameters(name)})


def _typed() -> Objective | None:
    text = link.text(
        FUNCTION, "Function of x and y", EXAMPLE, MAX_LENGTH, on_change=_forget_start,
        help="Numbers, + - * / **, sin cos exp log sqrt abs tanh sigmoid min max where …, or as in books: 2x², √x. "
        "With x alone it is a curve.",
    )  # fmt: skip
    with page.sentences():
        return typed(text)
    return None


def dial(key: str, setting: Parameter, *, low_stop: float | None = None, low_name: str = "") -> float | bool:
    """The control of a setting: a switch, a slider, or stops over powers of ten.

    low_stop, low_name: a value below all others with a name of its own, which becomes the default
    """
    if setting.switch:
        return link.toggle(key, setting.title, setting.default, help=setting.help)
    if setting.log:
        values = _decades(setting)
        if low_stop is not None:
            values = [low_stop, *values]
        default = setting.default if low_stop is None else low_stop
        return link.stops(
            key, setting.title, values, default, help=setting.help,
            form=lambda value: low_name if value == low_stop else plain(value),
        )  # fmt: skip
    if setting.integer:
        return link.slider(key, setting.title, int(setting.low), int(setting.high), setting.default, 1,
                           help=setting.help)  # fmt: skip
    step = setting.step or (0.01 if setting.high <= 1 else 0.1)
    return link.number(
        key, setting.title, float(setting.low), float(setting.high), float(setting.default), step,
        format="%.4g", help=setting.help,
    )  # fmt: skip


def _decades(setting: Parameter) -> list[float]:
    low, high = np.floor(np.log10(setting.low)), np.ceil(np.log10(setting.high))
    digits = (1, 2, 3, 5, 7) if high - low <= 8 else (1,)
    stops = {float(f"{digit}e{power:.0f}") for power in np.arange(low, high + 1) for digit in digits}
    return sorted(each for each in {*stops, float(setting.default)} if setting.low <= each <= setting.high)


def start(chosen: Objective) -> tuple[float, ...]:
    """Where the descent starts: fields to type into, which a click on the map fills in too."""
    found = []
    places = st.columns(len(chosen.bounds))
    for place, key, name, (low, high), usual in zip(places, START, "xy", chosen.bounds, chosen.start, strict=False):
        with place:
            value = link.number(
                key, f"Start {name}", float(low), float(high), float(usual), (high - low) / 100, format="%.4g",
                help="Or click on the picture.",
            )  # fmt: skip
        found.append(value)
    return tuple(found)


def set_start(chosen: Objective, point: Sequence[float]) -> None:
    """A callback: start here."""
    for key, value, (low, high) in zip(START, point, chosen.bounds, strict=False):
        st.session_state[key] = float(f"{min(max(value, low), high):.4g}")


def _forget_start() -> None:
    """A callback: another landscape begins at its own start."""
    name = st.session_state.get(LANDSCAPE)
    if name in OBJECTIVES:
        set_start(OBJECTIVES[name], OBJECTIVES[name].start)
        return
    try:
        chosen = typed(st.session_state.get(FUNCTION, EXAMPLE))
    except DlcoreError:
        return
    set_start(chosen, chosen.start)
