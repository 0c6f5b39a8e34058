"""One optimizer, one step at a time: what it computes, in which order, and what it remembers."""

import numpy as np
import streamlit as st

from dlcore.descent.narration import STAGES, narrate
from dlcore.descent.trace import Trace
from dlcore.errors import DlcoreError
from pages.figures import descent_steps
from pages.parts.descent import landscape, racers
from pages.parts.descent.race import arrival, formulas, legend
from pages.parts.descent.sources import race_code
from pages.shared import link, page, present
from pages.shared.code_view import show_code
from pages.shared.plot import Frames, Readout, plot

GROUP = "gd_one"
MOST_DIVIDED = 60
_FORMULAS_FIRST = """<style>
.st-key-gd_formulas .plot { display: flex; flex-direction: column; } .st-key-gd_formulas .chart { order: 1; }
</style>"""


def section() -> Trace | None:
    """Controls, the map with arrows, and the formulas with this step's numbers; returns the descent."""
    controls, stage = st.columns([3, 9], gap="medium")
    chosen = landscape.choose(controls, controls)
    if chosen is None:
        return None
    with controls:
        names = racers.choose_one("gd_one")
        divided = link.toggle(
            "gd_substeps", "Part by part", True,
            help="Each step in its parts: gradient, memory, bias, scale, move. Off: whole steps.",
        )  # fmt: skip
        rate = racers.choose_rate()
        setup = racers.settings(chosen, names, rate, MOST_DIVIDED, 30, "gd_one_steps")
    with stage:
        try:
            trace = setup.run()[0]
        except DlcoreError as error:
            page.problem(error)
            return None
        if not trace.steps:
            page.problem(trace.verdict.sentence)
            return None
        _pictures(setup, trace, divided)
        with present.aside("about"):
            st.markdown(f"**{trace.racer.rule.title}.** {trace.racer.rule.about} {page.plain(trace.verdict.sentence)}")
        show_code(race_code(setup), file_name="descent.py")
    return trace


def _pictures(setup: racers.Setup, trace, divided: bool) -> None:
    chosen, told, dark = setup.objective, narrate(trace), page.is_dark()
    order = descent_steps.stages(told)
    step, stage = descent_steps.moments(trace, told, divided)
    film = descent_steps.walk(trace, step, stage == len(order) - 1, dark)
    descent_steps.add_arrows(film, trace, told, step, stage, dark)
    titles = [STAGES[each][0] for each in order]
    arrive = arrival("one", (*setup.key, divided), int(np.argmax(stage == len(order) - 1)))  # all of the first step
    shared = {"count": len(step), "arrive": arrive,
              "group": GROUP, "fps": 2.5 if divided else 4}  # fmt: skip
    left, right = st.columns([6, 5], gap="small")
    with left:
        legend((trace,), trace)
        plot(
            "gd_walk", film.figure, height=470, alt=f"Map. {trace.verdict.sentence}", file_name="steps",
            on_pick=lambda x, y: landscape.set_start(chosen, (x, y)),
            frames=Frames(
                tracks=film.tracks,
                labels=descent_steps.labels(step, stage, titles), **shared,
            ),
        )  # fmt: skip
        inside = descent_steps.mind(trace, told, step, dark)
        with present.aside("mind"):
            plot(
                "gd_mind", inside.figure, height=470, alt="What the optimizer saw, remembered and did at each step.",
                file_name="inner-state",
                frames=Frames(tracks=inside.tracks, bar=False, **shared),
            )  # fmt: skip
    falling = descent_steps.fall(trace, step + (stage == len(order) - 1), dark)
    with right, st.container(key="gd_formulas"):
        st.html(_FORMULAS_FIRST)
        plot(
            "gd_fall", falling.figure, height=190, alt="The height against steps.", file_name="height",
            frames=Frames(
                tracks=falling.tracks, readouts=_readouts(told, step, stage), bar=False,
                **shared,
            ),
        )  # fmt: skip


def _readouts(told, step: np.ndarray, stage: np.ndarray) -> list[Readout]:
    """Every formula of the step, under the name of its stage; each appears when its stage is reached."""
    found, last, number = [], None, 0
    for line in told.lines:
        title = ""
        if line.stage != last:
            last, number = line.stage, number + 1
            title = f"{number}. {STAGES[line.stage][0]}. {STAGES[line.stage][1]}"
        found += formulas(line, line.values[step], title, descent_steps.reached(line, told, stage))
    return found
