"""The learning-rate sweep: every optimizer at a hundred rates, computed in one go."""

import itertools
import math

import numpy as np
import streamlit as st
import torch

from dlcore.descent.batched import UPDATES
from dlcore.descent.objective import Objective
from dlcore.descent.objectives import objective, typed
from dlcore.descent.optimizers import OPTIMIZERS, Racer, optimizer
from dlcore.descent.sweep import Sweep, bound, sweep
from dlcore.descent.trace import trace
from dlcore.errors import DlcoreError
from dlcore.formula.numbers import coordinates, number
from pages.figures import basins as figures
from pages.figures import descent
from pages.parts.descent import landscape
from pages.parts.descent.answers import Swept
from pages.parts.descent.race import arrival
from pages.parts.descent.racers import source, titles
from pages.shared import link, page, present
from pages.shared.code_view import show_code
from pages.shared.glossary import explain
from pages.shared.plot import Frames, plot

LOWEST, HIGHEST, COUNT = 1e-5, 10.0, 97
STEPS = (10, 20, 50, 100, 200, 500, 1000)
VIEWS = {"map": "Map", "curves": "Curves"}
_PICKED = "_gds_picked"


def section(chosen: Objective) -> Swept | None:
    """Controls beside the picture; what the curvature says, and one run in full, below it; returns the sweep."""
    controls, stage = st.columns([3, 9], gap="medium")
    with controls:
        view = link.choice("gds_view", "View", tuple(VIEWS), "map", names=VIEWS, look="segmented")
        steps = link.stops("gds_steps", "Steps of each run", STEPS, 200, form="{:,}".format)
        start = landscape.start(chosen)
        names = link.many(
            "gds_optimizers", "Optimizers", swept(), swept(), names=titles(),
            help="All except L-BFGS: its line search decides every step's length, so runs cannot be computed together.",
        )  # fmt: skip
    with stage:
        if not names:
            st.info("Choose an optimizer to sweep.", icon=":material/flag:")
            return None
        try:
            found = _swept(source(chosen), tuple(names), start, steps)
        except DlcoreError as error:
            page.problem(error)
            return None
        share = _share(chosen, found, start)
        _pictures(chosen, found, share, start, steps, view)
    show_code(_code(chosen, names, start, steps), file_name="sweep.py")
    working = tuple(_working(found, row) for row in share)
    return Swept(found, bound(chosen, start), working)


def swept() -> tuple[str, ...]:
    """The optimizers of which many runs can take a step at once."""
    return tuple(name for name, rule in OPTIMIZERS.items() if rule.kind in UPDATES)


@st.cache_resource(max_entries=24, show_spinner="Sweeping …")
def _swept(made_from: tuple, names: tuple[str, ...], start: tuple[float, ...], steps: int) -> Sweep:
    return sweep(
        remade(made_from), [optimizer(each) for each in names], start,
        steps=steps, lowest_rate=LOWEST, highest_rate=HIGHEST, count=COUNT,
    )  # fmt: skip


def remade(made_from: tuple) -> Objective:
    """The objective of which `racers.source` told what it is made from."""
    name, *rest = made_from
    return typed(rest[0]) if name == landscape.TYPED else objective(name, **dict(rest))


def _share(chosen: Objective, found: Sweep, start: tuple[float, ...]) -> np.ndarray:
    """Of the way down from the start, what is left at the end of each run: (optimizers, rates)."""
    begin = float(chosen.value(torch.tensor([start], dtype=torch.float64))[0])
    finite = found.losses[found.losses.isfinite()]
    lowest = chosen.lowest if chosen.lowest is not None else float(finite.min()) if len(finite) else begin
    return figures.left_over(found, begin, lowest)


def _working(found: Sweep, share: np.ndarray) -> list[float]:
    """The longest unbroken range of rates at which an optimizer gets 99 % of the way down."""
    return _widest(found.rates.tolist(), share <= 1e-2)


def _pictures(
    chosen: Objective, found: Sweep, share: np.ndarray, start: tuple[float, ...], steps: int, view: str
) -> None:
    limits, says = _limits(chosen, start)
    names = [each.rule.name for each in found.racers]
    if view == "curves":
        plot(
            "gds_curves",
            figures.sweep_curves(found, share, limits, dark=page.is_dark()),
            height=520,
            alt=_said(found),
            file_name="learning-rates",
        )
        _told(says, chosen)
        _best(found, share, steps)
        return
    picked = _picked(found)
    left, right = st.columns([7, 4], gap="small")
    with left:
        plot(
            "gds_map", figures.sweep_map(found, share, limits, picked, dark=page.is_dark()),
            height=180 + 26 * max(len(names), 4), on_pick=lambda x, y: _pick(names, x, y), alt=_said(found),
            file_name="learning-rates",
        )  # fmt: skip
        st.caption(
            f"★ the best rate of each: the one with the lowest loss after {steps:,} steps, as in a race. "
            "Purple: diverged. Click on a cell to see that run."
        )
    with right:
        _run(chosen, found.racers[picked[0]], picked[1], start, steps)
    _told(says, chosen)
    _best(found, share, steps)


def _told(says: str, chosen: Objective) -> None:
    """Below the picture: what the vertical lines are worth, and what the landscape is like."""
    with present.aside("bound"):
        st.markdown(says, help=explain("λmax", "curvature"))
        st.caption(page.plain(chosen.why))


def _limits(chosen: Objective, start: tuple[float, ...]) -> tuple[list[tuple[str, float, str]], str]:
    """Vertical lines at 2/λmax, and a sentence on what they are worth."""
    here = bound(chosen, start)
    if here and here.everywhere and here.rate:
        return [("2/λmax", here.rate, "solid")], (
            f"The curvature is the same everywhere: λmax = {number(here.steepest)}. So plain SGD is stable exactly "
            f"below 2/λmax = **{number(here.rate)}**."
        )
    lines, parts = [], []
    if here and here.bowl and here.rate:
        lines.append(("2/λmax at the start", here.rate, "dash"))
        parts.append(
            f"The start lies in a bowl with λmax = {number(here.steepest)}, so 2/λmax = **{number(here.rate)}** there."
        )
    elif here:
        parts.append(
            f"The start does not lie in a bowl (its curvatures go from {number(here.flattest, 3)} to "
            f"{number(here.steepest, 3)}), so 2/λmax says nothing there."
        )
    else:
        parts.append("The curvature at the start is not finite, so it sets no bound.")
    places = [*chosen.minima, *chosen.local]
    if places:
        nearest = min(places, key=lambda place: math.dist(place, start))
        there = bound(chosen, nearest) if chosen.smooth else None
        if there and there.rate:
            lines.append(("2/λmax at the nearest minimum", there.rate, "dot"))
            parts.append(
                f"At the nearest minimum {coordinates(nearest)} it is **{number(there.rate)}**: above it SGD cannot "
                "settle there."
            )
    return lines, " ".join(parts)


def _pick(names: list[str], rate: float, row: float) -> None:
    if 0 <= round(row) < len(names) and LOWEST * 0.9 <= rate <= HIGHEST * 1.1:
        st.session_state[_PICKED] = (names[round(row)], rate)


def _picked(found: Sweep) -> tuple[int, float]:
    """The row and the rate that were clicked, on the grid; by default the first optimizer at its best."""
    name, rate = st.session_state.get(_PICKED, ("", 0.0))
    names = [each.rule.name for each in found.racers]
    if name in names:
        place = int((found.rates.log() - math.log(rate)).abs().argmin())
        return names.index(name), float(found.rates[place])
    best = found.best(0)
    return 0, best[0] if best else float(found.rates[0])


def _run(chosen: Objective, racer: Racer, rate: float, start: tuple[float, ...], steps: int) -> None:
    one = optimizer(racer.rule.name, **{**racer.settings, "lr": rate})
    try:
        walk = trace(chosen, one, start, min(steps, 500))
    except DlcoreError as error:
        page.problem(error)
        return
    shown = descent.frames([walk])
    film = descent.course(chosen, [walk], shown, page.is_dark())
    film.figure.update_layout(margin={"l": 44, "r": 4, "t": 8, "b": 44})
    arrive = arrival("sweep", (source(chosen), racer.rule.name, rate, start, steps))
    st.markdown(f"**{racer.rule.title}** at α = {number(rate, 3)}")
    plot(
        "gds_run", film.figure, height=330, alt=walk.verdict.sentence, file_name="run",
        frames=Frames(len(shown), film.tracks, arrive=arrive,
                      fps=max(12.0, len(shown) / 6), labels=[f"step {each}" for each in shown]),
    )  # fmt: skip
    with present.aside("verdict"):
        st.markdown(page.plain(walk.verdict.sentence))


def _best(found: Sweep, share: np.ndarray, steps: int) -> None:
    """For each optimizer its best rate, how fast that is, and over which rates it works."""
    rows = []
    for row, racer in enumerate(found.racers):
        best, works = found.best(row), _working(found, share[row])
        arrived = found.arrived[row]
        fast = int(arrived[arrived >= 0].min()) if (arrived >= 0).any() else None
        rows.append({
            "optimizer": racer.rule.title,
            "best α": number(best[0], 3) if best else "none",
            "lowest loss, at the best α": number(best[1]) if best else "–",
            "fewest steps to 0.1 %": f"{fast:,}" if fast is not None else f"more than {steps:,}",
            "α that gets 99 % of the way down":
                f"{number(works[0], 2)} to {number(works[-1], 2)}" if works else "nowhere",
            "largest / smallest": number(works[-1] / works[0], 3) if works else "–",
        })  # fmt: skip
    with st.expander("In numbers", icon=":material/table:", expanded=True):
        st.dataframe(rows, hide_index=True, width="stretch")


def _widest(rates: list[float], works: np.ndarray) -> list[float]:
    """The longest unbroken stretch of rates at which it works."""
    stretches = [list(group) for good, group in itertools.groupby(range(len(rates)), lambda each: works[each]) if good]
    return [rates[each] for each in max(stretches, key=len, default=[])]


def _said(found: Sweep) -> str:
    parts = []
    for row, racer in enumerate(found.racers):
        best = found.best(row)
        parts.append(
            f"{racer.rule.title}: lowest at {number(best[0], 2)}"
            if best
            else f"{racer.rule.title}: diverged everywhere"
        )
    return "The loss at the end against the learning rate. " + "; ".join(parts)


def _code(chosen: Objective, names: list[str], start: tuple[float, ...], steps: int) -> str:
    return "\n".join([
        "from dlcore.descent.objectives import objective, typed",
        "from dlcore.descent.optimizers import optimizer",
        "from dlcore.descent.sweep import bound, sweep",
        "",
        f"landscape = {built(chosen)}",
        f"racers = [optimizer(name) for name in {list(names)!r}]",
        f"found = sweep(landscape, racers, {start!r}, steps={steps}, lowest_rate={LOWEST!r}, highest_rate={HIGHEST!r}, "
        f"count={COUNT})",
        "for row, racer in enumerate(found.racers):",
        "    print(racer.rule.title, found.best(row))",
        f"print(bound(landscape, {start!r}))",
    ]) + "\n"  # fmt: skip


def built(chosen: Objective) -> str:
    """The call that makes the objective, as Python."""
    if chosen.name == landscape.TYPED:
        return f"typed({chosen.formula.text!r})"
    given = "".join(f", {name}={value!r}" for name, value in chosen.parameters.items())
    return f"objective({chosen.name!r}{given})"
