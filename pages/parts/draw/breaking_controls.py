"""The sliders by which a drawing is broken: how strong each change is, all of it in the link."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from pages.shared import link, present

if TYPE_CHECKING:
    from dlcore.data.changes import Changes

CURVE = "break_curve"
"""Key of the control that says which change is drawn as a curve."""


@dataclass(frozen=True)
class Control:
    """A slider. low, high and step: as dlcore.data.changes has the limits; axis: what its curve is drawn against"""

    title: str
    low: float
    high: float
    step: float
    axis: str
    help: str
    format: str | None = None


CONTROLS: Mapping[str, Control] = {
    "rotate": Control("Rotate", -180, 180, 5, "rotation, degrees clockwise", "Clockwise, around the middle.", "%d°"),
    "thicken": Control(
        "Thinner or thicker", -2.0, 3.0, 0.25, "pixels that the ink grows on each side",
        "By how many pixels each edge of the ink moves outwards; negative makes lines thinner.", "%.2f px",
    ),
    "shift_x": Control("Shift right", -12, 12, 1, "shift to the right, pixels", "Negative is to the left.", "%d px"),
    "shift_y": Control("Shift down", -12, 12, 1, "shift down, pixels", "Negative is up.", "%d px"),
    "noise": Control(
        "Noise", 0.0, 1.0, 0.05, "noise, standard deviation (1 = from paper to ink)",
        "The standard deviation of what is added to every pixel; 100 % is the way from paper to ink.", "percent",
    ),
    "occlude": Control(
        "Cover the middle", 0, 20, 1, "side of the covered square, pixels", "The side of a square of paper.", "%d px"
    ),
    "invert": Control(
        "Swap ink and paper", 0.0, 1.0, 0.1, "share of the negative",
        "100 % is the negative; at 50 % all is the same grey.", "percent",
    ),
}  # fmt: skip
TRIES: tuple[tuple[str, str, str, float], ...] = (
    ("Upside down", "Is a 6 on its head a 9?", "rotate", 180),
    ("Off centre", "Does it find a digit that is not in the middle?", "shift_x", 6),
    ("Hole in the middle", "Which digits live by their middle?", "occlude", 8),
    ("Snow", "You can still read it. Can the network?", "noise", 0.3),
    ("Negative", "Does it know light on dark from dark on light?", "invert", 1.0),
)


def controls() -> "Changes":
    """The sliders, and buttons that set them."""
    from dlcore.data.changes import Changes  # torch: whoever gets here has waited for it already

    values = {}
    columns = st.columns(2, gap="medium")
    for place, (name, each) in enumerate(CONTROLS.items()):
        with columns[place % 2]:
            values[name] = link.slider(
                _key(name), each.title, each.low, each.high, type(each.low)(0), each.step, help=each.help,
                format=each.format, on_change=_follow, args=(name,),
            )  # fmt: skip
    with present.aside("breaking_tries"), st.container(horizontal=True, gap="small"):
        for title, question, name, strength in TRIES:
            st.button(title, help=question, key=f"break_{title}", on_click=_set, args=(name, strength))
        st.button("Reset", icon=":material/restart_alt:", key="break_reset", on_click=_set)
    return Changes(**values)


def _key(name: str) -> str:
    return f"break_{name}"


def _follow(name: str) -> None:
    """Draw the curve of the change that was moved last."""
    st.session_state[CURVE] = name


def _set(chosen: str = "", strength: float = 0) -> None:
    """One change in this strength and no other."""
    for name, each in CONTROLS.items():
        st.session_state[_key(name)] = type(each.low)(strength if name == chosen else 0)
    if chosen:
        _follow(chosen)
