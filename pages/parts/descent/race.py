"""The race: any number of optimizers from one start, on a map, on a surface, and against steps."""

import html

import numpy as np
import streamlit as st

from dlcore.descent.narration import Line, narrate
from dlcore.descent.objective import Objective
from dlcore.descent.trace import Trace
from dlcore.errors import DlcoreError
from dlcore.formula.numbers import number
from pages.figures import descent, descent_steps
from pages.figures.film import Film
from pages.parts.descent import landscape, racers
from pages.parts.descent.sources import race_code, table
from pages.shared import link, page, present
from pages.shared.code_view import show_code
from pages.shared.glossary import term
from pages.shared.plot import Frames, Readout, plot

GROUP = "gd_race"
VIEWS = {"map": "Map", "surface": "Surface", "both": "Both"}


def section() -> tuple[Trace, ...] | None:
    """Controls beside the picture, verdicts below it; returns the race, if there is one."""
    controls, stage = st.columns([3, 9], gap="medium")
    chosen = landscape.choose(controls, controls)
    if chosen is None:
        return None
    with controls:
        names = racers.choose_many()
        rate = racers.choose_rate()
        view = "map"
        if chosen.dimensions == 2:
            view = link.choice("gd_view", "View", tuple(VIEWS), "map", names=VIEWS, look="segmented")
        follow = (
            link.choice("gd_follow", "Follow closely", tuple(names), names[0], names=racers.titles()) if names else ""
        )
        setup = racers.settings(chosen, names, rate, 500, 150, "gd_steps")
    with stage:
        if not names:
            st.info("Choose an optimizer, and it starts.", icon=":material/flag:")
            return None
        try:
            traces = setup.run()
        except DlcoreError as error:
            page.problem(error)
            return None
        legend(traces, traces[names.index(follow)])
        _pictures(setup, traces, view, names.index(follow))
        st.caption(page.plain(chosen.why))
        _verdicts(traces)
        _downloads(setup, traces)
    return traces


def arrival(name: str, key: tuple, new: str | int = "play") -> str | int:
    """Play what is new, or open it at a frame; leave it at its frame if the visitor is looking at it already."""
    memory = f"_{name}_shown"
    known = st.session_state.get(memory) == key
    st.session_state[memory] = key
    return "keep" if known else new


def _pictures(setup: racers.Setup, traces: tuple[Trace, ...], view: str, followed: int) -> None:
    chosen, shown = setup.objective, descent.frames(traces)
    arrive = arrival("race", setup.key)
    shared = {"count": len(shown), "arrive": arrive, "group": GROUP, "fps": max(15.0, len(shown) / 8)}
    labels = [f"step {each} of {shown[-1]}" for each in shown]
    readouts = [*_update(traces[followed], shown), _formula(chosen, len(shown))]
    left, right = st.columns([1, 1] if view == "both" else [6, 5], gap="small")

    def map_plot() -> None:
        film = descent.course(chosen, traces, shown, page.is_dark())
        if followed < len(traces) and traces[followed].steps:
            _arrows(film, traces[followed], shown)
        plot(
            "gd_map", film.figure, height=470, on_pick=lambda x, y: landscape.set_start(chosen, (x, y)),
            alt=f"Map. {_said(traces)}", file_name="gradient-descent",
            frames=Frames(tracks=film.tracks, labels=labels, readouts=readouts, **shared),
        )  # fmt: skip

    def surface_plot(bar: bool) -> None:
        film = descent.surface(chosen, traces, shown, page.is_dark())
        more = {"labels": labels, "readouts": readouts} if bar else {"bar": False}
        plot("gd_surface", film.figure, height=470, alt=f"Surface. {_said(traces)}", file_name="gradient-descent",
             frames=Frames(tracks=film.tracks, **more, **shared))  # fmt: skip

    def progress_plot(height: int) -> None:
        film = descent.progress(traces, shown, page.is_dark())
        plot("gd_progress", film.figure, height=height, alt="Height, slope, distance at each step. " + _said(traces),
             file_name="progress", frames=Frames(tracks=film.tracks, bar=False, **shared))  # fmt: skip

    with left:
        map_plot() if view != "surface" else surface_plot(True)
    with right:
        surface_plot(False) if view == "both" else progress_plot(510)
    if view == "both":
        with present.aside("progress"):
            progress_plot(420)


def _arrows(film: Film, trace: Trace, shown: np.ndarray) -> None:
    """The arrows of the followed optimizer: what it is about to do at each frame."""
    told = narrate(trace)
    step = np.minimum(shown, trace.steps - 1)
    descent_steps.add_arrows(film, trace, told, step, np.full(len(step), 9), page.is_dark())


def _update(trace: Trace, shown: np.ndarray) -> list[Readout]:
    if not trace.steps:
        return []
    line = narrate(trace).update
    title = f"{trace.racer.rule.title}: the next step, in its own formula"
    return formulas(line, line.values[np.minimum(shown, trace.steps - 1)], title)


def _formula(chosen: Objective, count: int) -> Readout:
    """The landscape itself, as it is computed."""
    name = "f(x, y)" if chosen.dimensions == 2 else "f(x)"
    return Readout(f"{name} = {chosen.formula.latex()}", np.zeros((count, 1)), "The landscape")


def formulas(line: Line, values: np.ndarray, title: str = "", shown: np.ndarray | None = None) -> list[Readout]:
    """A formula as it is in books, and below it with numbers; `shown` says for each frame whether it is there."""
    with_numbers = Readout(line.latex, values, "" if line.symbols else title, shown)
    return [Readout(line.symbols, values[:, :1], title, shown), with_numbers] if line.symbols else [with_numbers]


def _said(traces: tuple[Trace, ...]) -> str:
    return " ".join(f"{each.racer.rule.title}: {each.verdict.sentence}" for each in traces)


_STYLE = """<style>
.verdicts { overflow-x: auto; } .verdicts table { border-collapse: collapse; width: 100%; font-size: 15px; }
.verdicts th { text-align: left; font-weight: 600; opacity: 0.75; }
.verdicts th, .verdicts td { padding: 0.35rem 0.7rem 0.35rem 0; border-bottom: 1px solid rgba(128,128,128,0.25);
  vertical-align: top; }
.verdicts td.n, .verdicts th.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.racers { display: flex; flex-wrap: wrap; gap: 0.2rem 1.1rem; font-size: 15px; }
.verdicts .dot, .racers .dot { display: inline-block; width: 0.75rem; height: 0.75rem; border-radius: 50%;
  margin-right: 0.45rem; }
.racers .line { display: inline-block; width: 1.4rem; height: 0.25rem; margin: 0 0.45rem 0.2rem 0; }
.verdicts td.who { white-space: nowrap; font-weight: 600; } .verdicts td.why { min-width: 17rem; }
@container (width < 60rem) { /* The verdict has a line to itself, below its numbers. */
  .verdicts tbody { display: grid; grid-template-columns: repeat(6, auto); }
  .verdicts tr { display: grid; grid-column: 1 / -1; grid-template-columns: subgrid; }
  .verdicts tr > :last-child { grid-column: 1 / -1; } .verdicts th:last-child { display: none; }
  .verdicts td:not(.why) { border-bottom: 0; } .verdicts :is(th, td) { padding-right: 0.4rem; }
}
</style>"""


def legend(traces: tuple[Trace, ...], followed: Trace) -> None:
    """Names and colours, once for all pictures: the racers, and the arrows of the one that is followed."""
    colours = descent.colours([each.racer.rule.name for each in traces])
    names = "".join(
        f'<span><i class="dot" style="background:{colours[each.racer.rule.name]}"></i>{each.racer.rule.title}</span>'
        for each in traces
    )
    whose = f"{followed.racer.rule.title}: " if len(traces) > 1 else ""
    remembers = followed.steps > 0 and narrate(followed).memory is not None
    arrows = "".join(
        f'<span><i class="line" style="background:{colour or "currentColor"}"></i>{whose}{title}</span>'
        for title, colour in descent_steps.ARROWS.items()
        if title != "against the memory" or remembers
    )
    st.html(f'{_STYLE}<div class="racers">{names}{arrows}</div>')


def _verdicts(traces: tuple[Trace, ...]) -> None:
    """Who arrived, who is stuck and who flew off, with the numbers that show it."""
    colours = descent.colours([each.racer.rule.name for each in traces])
    shown = (term("learning rate", "α"), "f at the end", term("slope"), "distance", "gradients")
    head = "".join(f'<th class="n">{each}</th>' for each in shown)
    rows = "".join(_row(each, colours[each.racer.rule.name]) for each in traces)
    st.html(f'<div class="verdicts"><table><tr><th>Optimizer</th>{head}<th>Verdict</th></tr>{rows}</table></div>')


def _row(trace: Trace, colour: str) -> str:
    far = trace.distances
    numbers = (
        number(trace.racer.rate),
        number(trace.values[-1]),
        number(trace.slopes[-1], 2),
        "–" if far is None else number(far[-1], 2),
        f"{int(trace.evaluations.sum()):,}",
    )
    cells = "".join(f'<td class="n">{each}</td>' for each in numbers)
    name = f'<td class="who"><span class="dot" style="background:{colour}"></span>{trace.racer.rule.title}</td>'
    return f'<tr>{name}{cells}<td class="why">{html.escape(trace.verdict.sentence)}</td></tr>'


def _downloads(setup: racers.Setup, traces: tuple[Trace, ...]) -> None:
    st.download_button(
        "All steps as CSV", lambda: table(traces), "race.csv", "text/csv", icon=":material/download:", on_click="ignore"
    )
    show_code(race_code(setup), file_name="race.py")
