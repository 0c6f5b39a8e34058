"""The picture: a component that plays the course of a training, draws every unit, and lets weights be changed."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st

from dlcore.errors import DlcoreError
from dlcore.playground import layers, own
from dlcore.playground.course import Course, Stretch
from dlcore.playground.features import FEATURES
from dlcore.playground.setup import Setup, weights
from pages.parts.playground import extras, sent
from pages.parts.playground.controls import AT, IN_THE_PICTURE, NETWORK, START, key
from pages.shared import address, link, page, present
from pages.shared.plot import PLAYER, PLAYER_CSS

_HERE = Path(__file__).parent
_COURSE, _ASKED, _CHANGED, _COUNT = "_pg_course", "_pg_asked", "_pg_changed", "_pg_count"
_SPEED, _CARD = "pg_speed", "pg_card"
_CARD_NAME = re.compile(r"\d\.\d{1,2}(\.\d{1,2})?")
SPEEDS, USUAL_SPEED = (1, 5, 20, 100, 500, 2000), 500
"""Updates a second that can be chosen."""
PLAY = "_pg_play"
"""How often the page was asked to begin to play."""
SECONDS = 1.2
"""What the browser waits for at most when it asks for moments."""
FIRST_EVERY, FIRST_COUNT = 25, 24
_PARTS = (
    "formulas",
    "forward",
    "colours",
    "places",
    "charts",
    "facts",
    "card",
    "tools",
    "map",
    "timeline",
    "build",
    "network",
)

_component = st.components.v2.component(
    "dlcore_playground",
    html='<div class="playground"></div>',
    css=PLAYER_CSS + (_HERE / "playground.css").read_text(encoding="utf-8"),
    js=PLAYER + "".join((_HERE / f"{part}.js").read_text(encoding="utf-8") for part in _PARTS),
)


@st.fragment
def show(setup: Setup) -> None:
    """Draw the picture of a setup; DlcoreError becomes a sentence in its place."""
    if st.session_state.pop(_CHANGED, False):
        st.rerun()
    with page.sentences():
        setup = _fitting(setup)
        course = _course(setup)
        _remember_start()
        name = sent.token(setup)
        _component(
            key="pg_picture",
            data={
                "token": name,
                **sent.network(setup, course.training.points),
                "stretch": {**sent.stretch(_stretch(course, name), setup), "answer": st.session_state.get(_COUNT, 0)},
                "at": _at(),
                "opens_at": extras.OPENS_AT,
                "hide": [each for each in st.session_state.get(key("hide"), []) if each in IN_THE_PICTURE],
                "speed": _speed(),
                "speeds": SPEEDS,
                "card": _card(),
                "play": st.session_state.get(PLAY, 0),
                "present": present.on(),
                "own": list(course.training.points.order),
                "keep": st.session_state.get(key("keep"), False),
                "stop": [st.session_state.get(key("stop"), "never"), st.session_state.get(key("stop_at"), 0.0)],
                "discrete": st.session_state.get(key("discrete"), False),
                "test": st.session_state.get(key("test"), True),
                "started": bool(setup.start),
            },
            on_more_change=_told("more", _asked),
            on_act_change=_told("act", _act),
        )
        with present.aside("extras"):
            page.on_demand("The loss around here", ":material/terrain:", "pg_open_surface",
                           lambda: extras.show_surface(setup))  # fmt: skip
            page.on_demand("Code and weights", ":material/code:", "pg_open_code",
                           lambda: extras.show_code_and_weights(setup))  # fmt: skip


def _course(setup: Setup) -> Course:
    kept = st.session_state.get(_COURSE)
    if not isinstance(kept, Course) or kept.setup != setup:
        if isinstance(kept, Course) and st.session_state.get(AT) is not None:
            st.session_state[AT] = 0
        kept = st.session_state[_COURSE] = Course(setup)
        st.session_state.pop(_ASKED, None)
    return kept


def _fitting(setup: Setup) -> Setup:
    """The setup without the weights to begin with where the network has another size now."""
    if not setup.start:
        return setup
    count = setup.described(setup.points()).parameters((len(setup.features),))
    try:
        if len(weights(setup.start)) == count:
            return setup
    except DlcoreError as error:
        page.problem(f"{error}. They are used instead.")
    st.session_state[START] = ""
    return replace(setup, start="")


def _stretch(course: Course, name: str) -> Stretch:
    """The first moment, and what was asked for; until then the beginning of the course."""
    asked = st.session_state.get(_ASKED)
    if asked and asked["token"] == name:
        found = course.after(asked["after"], asked["every"], asked["count"], SECONDS, asked["to"])
    else:
        found = course.after(0, FIRST_EVERY, FIRST_COUNT, SECONDS / 2)
    return Stretch((course.first, *found.moments), found.ended)


def _told(event: str, act: Callable[[Mapping[str, Any]], None]) -> Callable[[], None]:
    """A callback for what the browser tells; what is not as our own script sends it is left alone."""

    def tell() -> None:
        said = st.session_state["pg_picture"].get(event)
        if isinstance(said, Mapping):
            try:
                act(said)
            except (DlcoreError, KeyError, TypeError, ValueError):
                return

    return tell


def _whole(said: Mapping[str, Any], name: str, low: int, high: int) -> int:
    value = said[name]
    if not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(name)
    return max(low, min(high, round(value)))


def _asked(said: Mapping[str, Any]) -> None:
    st.session_state[_ASKED] = {
        "token": str(said["token"]),
        "after": _whole(said, "after", 0, 10**6),
        "every": _whole(said, "every", 1, 10_000),
        "count": _whole(said, "count", 1, 120),
        "to": _whole(said, "to", 0, 10**6),
    }
    st.session_state[_COUNT] = _whole(said, "number", 0, 10**9)


def _act(said: Mapping[str, Any]) -> None:
    """What was done in the picture, as values of the controls."""
    state, kind = st.session_state, said["kind"]
    if kind == "at":
        state[AT] = _whole(said, "update", 0, 10**6)
        return
    if kind == "speed" and said["speed"] in SPEEDS:
        state[_SPEED] = said["speed"]
        return
    if kind == "card":
        state[_CARD] = said["card"] if _CARD_NAME.fullmatch(said["card"]) else ""
        return
    if kind == "units":
        state[NETWORK] = layers.with_units(state[NETWORK], _whole(said, "layer", 0, 20), _whole(said, "units", 1, 64))
    elif kind == "layers":
        state[NETWORK] = (layers.deeper if said["more"] else layers.shallower)(state[NETWORK])
    elif kind == "feature" and said["name"] in FEATURES:
        now = list(state[key("features")])
        name = said["name"]
        state[key("features")] = [each for each in FEATURES if (each in now) != (each == name)] or now
    elif kind == "points":
        state[key("data_seed")] = (state[key("data_seed")] + 1) % 100_000
    elif kind == "own":
        state[key("problem")], state[key("own")] = "own", str(said["points"])[: own.MOST_TEXT]
    if kind in ("own", "start"):
        state[START] = str(said["weights"])[:40_000]
        state[AT] = 0
    state[_CHANGED] = True


def _at() -> int | None:
    """The update at which the link stops; None where it says nothing."""
    return _linked(AT, lambda text: int(text) if text.isdecimal() and len(text) < 8 else None, None,
                   "it must be the number of an update. The film begins at its start.")  # fmt: skip


def _speed() -> int:
    """Updates a second."""
    speeds = {str(each): each for each in SPEEDS}
    return _linked(
        _SPEED, speeds.get, USUAL_SPEED, f"it must be one of {', '.join(speeds)}. {USUAL_SPEED} is used instead."
    )


def _card() -> str:
    """The open card: the numbers of a layer and a unit, and of what it is given if a weight is looked at."""
    return _linked(_CARD, lambda text: text if _CARD_NAME.fullmatch(text) else None, "",
                   "it must be numbers of a layer and a unit, such as 0.1. No card is opened.")  # fmt: skip


def _linked(name: str, read: Callable[[str], Any], usual: Any, why: str) -> Any:
    """What the visitor or the link says for a key without a control; a sentence where that cannot be used.

    The link keeps it unless it is the `usual`.
    """
    if (linked := address.once(name)) is not None:
        found = read(linked[0]) if linked else None
        if linked and found is None:
            link.unusable(name, linked[0], why)
        st.session_state[name] = usual if found is None else found
    value = st.session_state.get(name, usual)
    address.write(name, [] if value == usual else [str(value)])
    return value


def read_start() -> None:
    """Take the weights to begin with from the link. To be called before the setup is read."""
    if (linked := address.once(START)) is not None:
        st.session_state[START] = linked[0] if linked else ""


def _remember_start() -> None:
    start = st.session_state.get(START, "")
    address.write(START, [start] if start else [])
