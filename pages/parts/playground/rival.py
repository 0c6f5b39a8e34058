"""The race of two networks: the one on the screen against a rival on the same points, from the same seeds."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from dlcore.config.optimizers import OPTIMIZERS
from dlcore.config.schedules import SCHEDULES
from dlcore.formula.numbers import number, percent
from dlcore.playground import race
from dlcore.playground.features import FEATURES
from dlcore.playground.problems import Points
from dlcore.playground.setup import LOSSES, PENALTIES, Setup
from pages.figures import theme
from pages.figures.answers import answer
from pages.parts.playground.controls import LOSS_NAMES, PENALTY_NAMES, PENALTY_RATES, RATES
from pages.shared import address, link, page
from pages.shared.live_chart import live_chart
from pages.shared.svg import svg

OPEN = "pg_open_race"
"""Key of the box that holds all of this."""
_RACED, _RACE, _AGAIN = "pg_raced", "_pg_race", "_pg_race_again"
_MAP = 300  # px
_NAMES = ("This network", "The rival")
_FEATURE_NAMES = {each.name: each.title for each in FEATURES.values()}


def _text() -> str:
    return link.text("pg_rival_network", "Rival's hidden layers", "dense 8, relu, dense 8, relu", 2000)


def _features() -> tuple[str, ...]:
    return tuple(
        link.many("pg_rival_features", "Rival's features", tuple(FEATURES), ["x1", "x2"], names=_FEATURE_NAMES)
    )


def _penalty_rate() -> float:
    return link.stops("pg_rival_penalty_rate", "Rival's rate of regularisation", PENALTY_RATES, 0.001)


_CONTROLS: dict[str, tuple[str, Callable[[], Any]]] = {
    "network": ("Hidden layers", _text),
    "features": ("Features", _features),
    "loss": ("Loss", lambda: link.choice("pg_rival_loss", "Rival's loss", LOSSES, "squared", names=LOSS_NAMES)),
    "optimizer": (
        "Optimizer",
        lambda: link.choice("pg_rival_optimizer", "Rival's optimizer", tuple(OPTIMIZERS), "adam"),
    ),
    "learning_rate": (
        "Learning rate",
        lambda: link.stops("pg_rival_rate", "Rival's learning rate", RATES, 0.02),
    ),
    "momentum": (
        "Momentum",
        lambda: link.slider("pg_rival_momentum", "Rival's momentum", 0.0, 0.99, 0.5, 0.01),
    ),
    "schedule": (
        "Schedule",
        lambda: link.choice("pg_rival_schedule", "Rival's schedule", tuple(SCHEDULES), "cosine"),
    ),
    "batch_size": ("Batch size", lambda: link.number("pg_rival_batch", "Rival's batch size", 1, 2000, 50, 1)),
    "penalty": (
        "Regularisation",
        lambda: link.choice("pg_rival_penalty", "Rival's regularisation", PENALTIES, "l2", names=PENALTY_NAMES),
    ),
    "penalty_rate": ("Rate of regularisation", _penalty_rate),
}
"""What a rival can have otherwise, by the field of Setup: its name, and the control for it."""


def read_link() -> None:
    """Open the box, and race again, where the link was taken after a race. To be called before the box is drawn."""
    if address.once(_RACED) == ["true"]:
        st.session_state[OPEN] = st.session_state[_AGAIN] = True


def show(setup: Setup) -> None:
    """The rival's settings, and what came out of the race with it."""
    st.markdown("The network above races against a rival on the same points, each from the same first seeds.")
    names = {field: name for field, (name, _) in _CONTROLS.items()}
    differs = link.many("pg_rival_differs", "The rival differs in", tuple(_CONTROLS),
                        ["network", "optimizer", "learning_rate"], names=names)  # fmt: skip
    changes = {}
    places = st.columns(3)
    for place, field in enumerate(each for each in _CONTROLS if each in differs):
        with places[place % 3]:
            changes[field] = _CONTROLS[field][1]()
    left, right, _ = st.columns(3)
    with left:
        seeds = link.choice("pg_race_seeds", "Seeds", ("1", "3", "5"), "5", look="segmented")
    with right:
        updates = link.number("pg_race_updates", "Updates of each", 50, 3000, 500, 50)
    with page.sentences():
        rival = replace(setup, **changes, start="")
        asked = (replace(setup, start=""), rival, int(seeds), int(updates))
        again = st.session_state.pop(_AGAIN, False)
        if st.button("Race", icon=":material/sports_score:", key="pg_race_go") or again:
            st.session_state[_RACE] = (asked, _raced(*asked))
        kept = st.session_state.get(_RACE)
        shown = bool(kept and kept[0] == asked)
        address.write(_RACED, ["true"] if shown else [])
        if shown:
            _show_contests(kept[1])
        else:
            st.caption(
                "Press Race: the curves of both appear here, in the middle of the seeds, with the lowest and the "
                "highest dotted, and below them what each network answers."
            )


def _raced(setup: Setup, rival: Setup, seeds: int, updates: int) -> tuple[race.Contest, race.Contest]:
    bar = st.progress(0.0, "Training")
    first, second = (
        race.run(each, seeds, updates, lambda share, before=before: bar.progress((before + share) / 2, "Training"))
        for before, each in enumerate((setup, rival))
    )
    bar.empty()
    return first, second


def _show_contests(contests: tuple[race.Contest, race.Contest]) -> None:
    points = contests[0].setup.points()
    by_score = bool(points.classes) and contests[0].setup.loss != contests[1].setup.loss  # no common measure but that
    traces = []
    for name, contest, colour in zip(_NAMES, contests, (theme.LOSS_COLOUR, theme.ACCURACY_COLOUR), strict=True):
        values = contest.scores if by_score else contest.losses
        for end, of in (("lowest", np.nanmin), ("highest", np.nanmax)) if len(values) > 1 else ():
            traces.append({"name": f"{name}, {end}", "x": contest.updates, "y": of(values, 0), "dash": "dot",
                           "colour": colour, "width": 1.5, "listed": False})  # fmt: skip
        traces.append({"name": name, "x": contest.updates, "y": np.nanmedian(values, 0), "colour": colour, "width": 4})
    live_chart("pg_race_chart", traces, x_title="updates", y_title="test accuracy" if by_score else "test loss",
               height=300, y_format=".0%" if by_score else "")  # fmt: skip
    if len(contests[0].losses) > 1:
        st.caption(f"Dotted: the lowest and the highest of {len(contests[0].losses)} seeds.")
    for column, name, contest in zip(st.columns(2), _NAMES, contests, strict=True):
        with column:
            _show_contestant(name, contest, points)


def _show_contestant(name: str, contest: race.Contest, points: Points) -> None:
    st.markdown(f"**{name}**: {_outcome(contest, bool(points.classes))}")
    label = f"{name}: what it answers after {contest.updates[-1]:,} updates from the first seed, and the test points"
    with st.container(width=_MAP):
        svg(f"pg_race_{name}", answer(label, contest.answers, points))


def _outcome(contest: race.Contest, classes: bool) -> str:
    final = contest.final()
    sound = final[np.isfinite(final)]
    if not len(sound):
        return "diverged from every seed."
    lost = f"; {len(final) - len(sound)} diverged" if len(sound) < len(final) else ""
    said = percent if classes else lambda value: number(value, 3)
    middle = said(float(np.median(sound)))
    score = f"test accuracy {middle}" if classes else f"test R² {middle}"
    if len(final) == 1:
        return f"{score}, from one seed."
    ends = f"from {said(float(sound.min()))} to {said(float(sound.max()))}"
    return f"{score} in the middle of {len(final)} seeds, {ends}{lost}."
