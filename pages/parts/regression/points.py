"""The points: how they are made, and those that a person moved or added."""

from dataclasses import fields
from math import isfinite

import numpy as np
import streamlit as st

from dlcore.config.fields import setting
from dlcore.descent.regression import Recipe
from dlcore.errors import InvalidValue
from dlcore.formula.numbers import typed
from pages.shared import link, page

EDITS = "reg_edits"
MOST_EDITS = 25
_FORM = "A moved or added point is written number:x,y such as 3:0.5,2.1"


def controls() -> None:
    """Sliders for the recipe, and the edits as text."""
    link.slider("reg_noise", "Noise", 0.0, 3.0, 0.33, 0.01, help=_help("noise"))
    left, right = st.columns(2)
    with left:
        link.number("reg_slope", "True slope", -10.0, 10.0, 2.0, 0.5, help=_help("slope"))
        link.number("reg_low", "Smallest x", -20.0, 20.0, -1.0, 0.5)
        link.number("reg_count", "Points", 2, 500, 100, 10)
    with right:
        link.number("reg_intercept", "True intercept", -10.0, 10.0, 1.0, 0.5, help=_help("intercept"))
        link.number("reg_high", "Largest x", -20.0, 20.0, 1.0, 0.5)
        link.number("reg_seed", "Seed", 0, 9999, 0, 1)
    link.slider("reg_outliers", "Outliers", 0.0, 0.5, 0.0, 0.01, help=_help("outliers"), format="percent")
    link.text(EDITS, "Points moved and added by hand", "", 600, help=f"Part of the link. {_FORM}.")


def recipe() -> Recipe:
    """What the sliders say; the article's example, and a sentence, where it cannot be used."""
    names = [each.name for each in fields(Recipe)]
    said = {name: st.session_state[f"reg_{name}"] for name in names if f"reg_{name}" in st.session_state}
    try:
        return Recipe(**said)
    except InvalidValue as error:
        page.problem(f"{error}. The usual points are shown instead.")
        return Recipe()


def points(made: Recipe) -> tuple[np.ndarray, np.ndarray]:
    """x and y with the edits applied: points of the recipe that were moved, then those that were added."""
    x, y = made.points()
    try:
        edits = _read(_text(), len(x))
    except InvalidValue as error:
        page.problem(f"{error}. All points are shown where they were instead.")
        edits = {}
    for index, (new_x, new_y) in sorted(edits.items()):
        if index < len(x):
            x[index], y[index] = new_x, new_y
        else:
            x, y = np.append(x, new_x), np.append(y, new_y)
    return x, y


def move(made: Recipe, index: int, x: float, y: float) -> None:
    """A callback: the point with this index was dragged to (x, y)."""
    edits = _safe(made)
    if index in edits or (index < made.count and len(edits) < MOST_EDITS):
        edits[index] = (x, y)
        _write(edits)


def add(made: Recipe, x: float, y: float) -> None:
    """A callback: a click at (x, y)."""
    edits = _safe(made)
    if len(edits) < MOST_EDITS:
        edits[max([made.count - 1, *edits]) + 1] = (x, y)
        _write(edits)


def forget() -> None:
    """A callback: back to the points of the recipe."""
    st.session_state[EDITS] = ""


def edited() -> bool:
    """Whether any point was moved or added."""
    return bool(_text().strip())


def _text() -> str:
    return str(st.session_state.get(EDITS) or "")


def _safe(made: Recipe) -> dict[int, tuple[float, float]]:
    try:
        return _read(_text(), made.count)
    except InvalidValue:
        return {}


def _read(text: str, count: int) -> dict[int, tuple[float, float]]:
    """Index → place. Indices from `count` on are added points, without gaps."""
    found = {}
    for part in filter(None, (each.strip() for each in text.split(";"))):
        try:
            index, _, place = part.partition(":")
            x, y = (typed(each) for each in place.split(","))
            found[int(index)] = (x, y)
        except ValueError:
            raise InvalidValue(f"{_FORM}, got {part[:20]!r}") from None
        if not (0 <= int(index) <= 1000 and isfinite(x) and isfinite(y) and max(abs(x), abs(y)) <= 100):
            raise InvalidValue(f"{_FORM}, with x and y between -100 and 100, got {part[:20]!r}")
    if len(found) > MOST_EDITS:
        raise InvalidValue(f"At most {MOST_EDITS} points can be moved or added, got {len(found)}")
    moved = {index: place for index, place in found.items() if index < count}
    added = [place for index, place in sorted(found.items()) if index >= count]
    return {**moved, **{count + i: place for i, place in enumerate(added)}}


def _write(edits: dict[int, tuple[float, float]]) -> None:
    near = {index: np.clip(place, -100, 100) for index, place in sorted(edits.items())}
    st.session_state[EDITS] = "; ".join(f"{index}:{x:.3g},{y:.3g}" for index, (x, y) in near.items())


def _help(name: str) -> str:
    return setting(Recipe, name)["help"]
