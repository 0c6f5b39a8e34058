"""Basins of attraction: a pixel for each start, in the colour of where it ends."""

import html
import time

import numpy as np
import streamlit as st

from dlcore.descent.basins import Basins, basins
from dlcore.descent.objective import Objective
from dlcore.descent.optimizers import OPTIMIZERS, optimizer
from dlcore.descent.trace import Trace, trace
from dlcore.errors import DlcoreError
from dlcore.formula.numbers import coordinates, number, percent, plain
from pages.figures import basins as figures
from pages.figures import descent
from pages.parts.descent import landscape
from pages.parts.descent.race import arrival
from pages.parts.descent.racers import RATES, source, titles
from pages.parts.descent.sweep import built, remade, swept
from pages.shared import link, page, present
from pages.shared.code_view import show_code
from pages.shared.plot import Frames, plot

RESOLUTIONS = (61, 101, 121, 151, 201)
STEPS = (20, 50, 100, 200, 300, 500, 1000, 2000)
ROWS = 10


def section(chosen: Objective) -> Basins | None:
    """Controls, the picture, and beside it what was reached; returns that."""
    controls, stage, table = st.columns([6, 11, 8], gap="medium")
    with controls:
        name = link.choice("gdb_optimizer", "Optimizer", swept(), "momentum", names=titles())
        settings, rate = _settings(chosen, name)
        steps = link.stops("gdb_steps", "Maximum steps", STEPS, 300, form="{:,}".format)
        with present.aside("details"):
            start = landscape.start(chosen)
            resolution = link.stops("gdb_resolution", "Starts per side", RESOLUTIONS, 121)
            shaded = link.toggle("gdb_shaded", "Darker where it took longer", True)
    with stage:
        try:
            found, seconds = _found(source(chosen), name, tuple(settings.items()), resolution, steps)
            walk = trace(chosen, optimizer(name, **settings), start, min(steps, 500))
        except DlcoreError as error:
            page.problem(error)
            return None
        _picture(chosen, found, walk, rate, shaded)
    with table, present.aside("ends"):
        st.markdown(f"**{resolution**2:,} starts** in {seconds:.2f} s")
        st.html(_table(found))
    show_code(_code(chosen, name, settings, resolution, steps), file_name="basins.py")
    return found


def _settings(chosen: Objective, name: str) -> tuple[dict[str, float | bool], float]:
    rule = OPTIMIZERS[name]
    given = link.stops(
        "gdb_rate", "Learning rate", RATES, 0.0, form=lambda value: plain(value) if value else "suited",
        help="“Suited” is chosen from the curvature or the size of the landscape.",
    )  # fmt: skip
    rate = given or rule.suited(chosen)
    settings: dict[str, float | bool] = {"lr": rate}
    rest = [each for each in rule.settings if each.name != "lr"]
    if rest:
        with page.expander("Settings", ":material/tune:", "gdb_tuned"):
            settings |= {each.name: landscape.dial(f"gdb_{name}_{each.name}", each) for each in rest}
    return settings, rate


@st.cache_resource(max_entries=16, show_spinner="Sending out the runs …")
def _found(made_from: tuple, name: str, settings: tuple, resolution: int, steps: int) -> tuple[Basins, float]:
    chosen, racer = remade(made_from), optimizer(name, **dict(settings))
    basins(chosen, racer, resolution=11, steps=1)  # torch imports some of itself when it is first used
    began = time.perf_counter()
    found = basins(chosen, racer, resolution=resolution, steps=steps)
    return found, time.perf_counter() - began


def _picture(chosen: Objective, found: Basins, walk: Trace, rate: float, shaded: bool) -> None:
    shown = descent.frames([walk])
    if walk.verdict.step is not None:  # it has arrived: nothing moves any more
        shown = shown[shown <= max(walk.verdict.step, 1)]
    film = figures.picture(found, walk, shown, rate=rate, shaded=shaded, dark=page.is_dark())
    arrive = arrival("basins", (source(chosen), walk.racer.rule.name, *walk.racer.settings.items(), *walk.positions[0]))
    plot(
        "gdb_map", film.figure, height=520, on_pick=lambda x, y: _pick(chosen, x, y), alt=_said(found),
        file_name="basins",
        frames=Frames(len(shown), film.tracks, arrive=arrive, fps=max(12.0, len(shown) / 6),
                      labels=[f"step {each}" for each in shown]),
    )  # fmt: skip
    more = " The learning rate grows upwards." if chosen.dimensions == 1 else ""
    st.caption(f"Click to see the path from there; the race then starts there too.{more}")
    with present.aside("verdict"):
        st.markdown(page.plain(walk.verdict.sentence))
        st.caption(page.plain(chosen.why))


def _pick(chosen: Objective, x: float, y: float) -> None:
    landscape.set_start(chosen, (x, y)[: chosen.dimensions])
    if chosen.dimensions == 1:
        st.session_state["gdb_rate"] = min(RATES[1:], key=lambda rate: abs(np.log(rate / max(y, 1e-9))))


_STYLE = """<style>
.ends { border-collapse: collapse; width: 100%; font-size: 14px; }
.ends td, .ends th { padding: .25rem .45rem .25rem 0; border-bottom: 1px solid rgba(128,128,128,.25);
  text-align: left; }
.ends .n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.ends span { display: inline-block; min-width: 1.3rem; height: 1.3rem; border-radius: .3rem; text-align: center;
  color: #fff; text-shadow: 0 0 3px #000; }
</style>"""


def _table(found: Basins) -> str:
    """The ends with their colours and numbers, then what reached none."""
    total, colours = found.outcome.numel(), figures.shades(found)
    rows = [
        (colours[i], str(i + 1), f"{each.kind if each.kind != 'minimum' else ''} {coordinates(each.point)}",
         number(each.value if abs(each.value) > 1e-12 else 0), each.count)
        for i, each in enumerate(found.ends[:ROWS])
    ]  # fmt: skip
    if rest := found.ends[ROWS:]:
        rows.append(("transparent", "", f"{len(rest):,} more", "", sum(each.count for each in rest)))
    for kind in reversed(figures.NAMES):
        if count := found.count(kind):
            rows.append((figures.special(page.is_dark())[kind], "", figures.NAMES[kind], "", count))
    body = "".join(
        f'<tr><td><span style="background:{colour}">{label}</span></td><td>{html.escape(what)}</td>'
        f"<td class=n>{value}</td><td class=n>{count:,}</td><td class=n>{percent(count / total)}</td></tr>"
        for colour, label, what, value, count in rows
    )
    return (
        f"{_STYLE}<div style='overflow-x:auto'><table class=ends><tr><th></th><th>ends at</th><th class=n>f</th>"
        f"<th class=n>starts</th><th></th></tr>{body}</table></div>"
    )


def _said(found: Basins) -> str:
    parts = [f"{each.kind} {coordinates(each.point)}: {each.count:,}" for each in found.ends[:ROWS]]
    parts += [f"{figures.NAMES[kind]}: {found.count(kind):,}" for kind in reversed(figures.NAMES)]
    return "Starts by where they end. " + "; ".join(parts)


def _code(chosen: Objective, name: str, settings: dict, resolution: int, steps: int) -> str:
    given = "".join(f", {key}={value!r}" for key, value in settings.items())
    return "\n".join([
        "from dlcore.descent.basins import basins",
        "from dlcore.descent.objectives import objective, typed",
        "from dlcore.descent.optimizers import optimizer",
        "",
        f"landscape = {built(chosen)}",
        f"racer = optimizer({name!r}{given})",
        f"found = basins(landscape, racer, resolution={resolution}, steps={steps})",
        "for end in found.ends[:10]:",
        "    print(end.kind, end.point, end.value, end.count)",
    ]) + "\n"  # fmt: skip
