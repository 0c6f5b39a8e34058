"""Below the picture: the race of two networks, the loss around here, and the code and weights to take along."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import streamlit as st
import torch
from safetensors.torch import save

from dlcore.config.optimizers import OPTIMIZERS
from dlcore.formula.numbers import number, percent
from dlcore.inspect import loss_plane
from dlcore.playground import race, surface
from dlcore.playground.course import Course
from dlcore.playground.script import export
from dlcore.playground.setup import Setup
from pages.figures import loss_plane as figures
from pages.figures import theme
from pages.parts.playground.controls import AT, RATES
from pages.shared import link, page
from pages.shared.code_view import with_needs
from pages.shared.live_chart import live_chart
from pages.shared.plot import plot

OPENS_AT = 1000
"""Updates that are played when the page is opened."""
_RACE = "_pg_race"
_SECONDS = 30.0


def shown_at(setup: Setup) -> int:
    """The update at which the film rests: as far as the server was told."""
    at = st.session_state.get(AT)
    return min(setup.updates, OPENS_AT if at is None else at)


@lru_cache(maxsize=16)
def _plane(setup: Setup, update: int) -> tuple[loss_plane.Slice, loss_plane.Course, float]:
    return surface.around(setup, update)


def show_surface(setup: Setup) -> None:
    """The loss around the weights of the moment, and the way that led there."""
    update = shown_at(setup)
    if not update:
        st.markdown("There is no path yet: play, pause, and look again.")
        return
    with page.sentences(), st.spinner("Measuring the loss around here"):
        found, course, share = _plane(setup, update)
        film = figures.contour(found, course, "path", page.is_dark())
        plot("pg_surface", film.figure, height=380, file_name="loss_around",
             alt=f"The training loss around the weights after {update:,} updates, and the path there.")  # fmt: skip
        st.caption(
            f"The training loss around the weights after {update:,} updates, marked ×, on the plane that shows "
            f"most of the way there: {percent(share)} of it. The loss is {number(course.losses[-1], 3)} here, and "
            f"{number(float(found.losses.min()), 3)} at the lowest place of this grid."
        )


def show_race(setup: Setup) -> None:
    """This network against one with a few things changed, from the same seeds."""
    st.markdown("The network above races against a rival on the same points, each from the same first seeds.")
    left, middle, right = st.columns(3)
    with left:
        network = link.text("pg_rival_network", "Rival's hidden layers", "dense 8, relu, dense 8, relu", 2000)
    with middle:
        optimizer = link.choice("pg_rival_optimizer", "Rival's optimizer", tuple(OPTIMIZERS), "adam")
        rate = link.stops("pg_rival_rate", "Rival's learning rate", RATES, 0.02)
    with right:
        seeds = link.choice("pg_race_seeds", "Seeds", ("1", "3", "5"), "5", look="segmented")
        updates = link.number("pg_race_updates", "Updates of each", 50, 3000, 500, 50)
    with page.sentences():
        rival = replace(setup, network=network, optimizer=optimizer, learning_rate=rate, start="")
        asked = (replace(setup, start=""), rival, int(seeds), int(updates))
        if st.button("Race", icon=":material/sports_score:", key="pg_race_go"):
            st.session_state[_RACE] = (asked, _raced(*asked))
        kept = st.session_state.get(_RACE)
        if kept and kept[0] == asked:
            _show_contests(kept[1])
        else:
            st.caption(
                "Press Race: the test losses of both appear here, in the middle of the seeds; the lowest and the "
                "highest are dotted."
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
    traces = []
    for name, contest, colour in zip(
        ("this network", "the rival"), contests, (theme.LOSS_COLOUR, theme.ACCURACY_COLOUR), strict=True
    ):
        for end, of in (("lowest", np.nanmin), ("highest", np.nanmax)) if len(contest.losses) > 1 else ():
            traces.append({"name": f"{name}, {end}", "x": contest.updates, "y": of(contest.losses, 0), "dash": "dot",
                           "colour": colour, "width": 1.5})  # fmt: skip
        middle = np.nanmedian(contest.losses, 0)
        traces.append({"name": name, "x": contest.updates, "y": middle, "colour": colour, "width": 4})
    live_chart("pg_race_chart", traces, x_title="updates", y_title="test loss", height=300)
    for name, contest in zip(("This network", "The rival"), contests, strict=True):
        final = contest.final()
        sound = final[np.isfinite(final)]
        lost = f"; {len(final) - len(sound)} diverged" if len(sound) < len(final) else ""
        if not len(sound):
            st.markdown(f"**{name}**: diverged from every seed.")
            continue
        said = percent if contest.setup.points().classes else lambda value: number(value, 3)
        score = "test accuracy" if contest.setup.points().classes else "test R²"
        st.markdown(
            f"**{name}**: {score} {said(float(np.median(sound)))} in the middle of {len(final)} "
            f"seed{'s' if len(final) > 1 else ''}, from {said(float(sound.min()))} to {said(float(sound.max()))}{lost}."
        )


def show_code_and_weights(setup: Setup) -> None:
    """What ran, as a script, and the network of the moment as a file."""
    update = shown_at(setup)
    with page.sentences():
        course = Course(setup)
        script = with_needs(export(setup, course.training.points, update, threads=torch.get_num_threads()))
        st.caption(f"The {update:,} updates as a plain loop in PyTorch. It ends with the weights of the picture.")
        st.code(script, language="python", wrap_lines=True, height=320)
        st.download_button("Download the code", script, "playground.py", "text/x-python", icon=":material/download:")
        if course.at(update, _SECONDS) is None:
            st.caption("To get to this moment takes too long for a file: pause earlier.")
            return
        st.download_button(
            f"Weights after {update:,} updates", _file(course), "playground.safetensors", icon=":material/download:",
            help="A state dict in the format safetensors, for the model of the code.",
        )  # fmt: skip


def _file(course: Course) -> bytes:
    """The weights under the names that a plain nn.Sequential gives them, as the script builds it."""
    plain = torch.nn.Sequential(*course.training.model)
    return save({name: each.contiguous() for name, each in plain.state_dict().items()})
