"""What there is to see while a recurrent network learns: drawn again at every poll, from snapshots of the run."""

import math
from collections.abc import Callable, Mapping

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from dlcore.config.sequences import ROWS
from dlcore.formula.numbers import fixed, number, percent
from dlcore.runs.run import Run
from dlcore.training.records import Snapshot
from pages.figures import panels as heat
from pages.figures import recurrent as figures
from pages.figures import text as texts
from pages.figures import words
from pages.parts.recurrent import beside, foretold, pictures
from pages.parts.recurrent.results import against_linear, compared
from pages.shared import page
from pages.shared.glossary import explain
from pages.shared.plot import plot
from pages.shared.run_data import learned_from
from pages.shared.run_series import RunSeries
from pages.shared.run_view import component_key

SNAPSHOTS = {
    "classes": ("hidden", "gradients", "reading"),
    "adding": ("hidden", "gradients", "adding"),
    "series": ("hidden", "gradients", "forecast"),
    "texts": ("hidden", "gradients", "samples", "next"),
}


def _picture(run: Run, name: str, figure: go.Figure | None, height: int, alt: str) -> None:
    """A figure that is updated in place; until there is something to see, its place."""
    plot(component_key(name, run), figure or figures.waiting(dark=page.is_dark()), height=height, alt=alt)


def _arrays(seen: RunSeries, name: str) -> Mapping[str, np.ndarray] | None:
    found: Snapshot | None = seen.snapshots.get(name)
    return found.arrays if found else None


def _when(seen: RunSeries, name: str) -> str:
    found = seen.snapshots.get(name)
    if found is None:
        return "before training"
    return f"after epoch {found.epoch}" if found.epoch else "before training"


def _facts(run: Run, seen: RunSeries, sentence: str, what: str) -> None:
    """The loss as a formula with its number of now, and what it was measured on."""
    start, last = run.started_record, run.last_epoch
    when = f"After epoch {last.epoch}" if last else "Before it learns"
    rate = "" if seen.learning_rate is None else f" Learning rate now: {words.short(seen.learning_rate)}."
    st.markdown(f"{when}: {sentence}{rate}")
    learned_from(run, what, f"{start.parameters:,} parameters," if start else "")


def _held(run: Run, metric: str = "loss") -> float:
    return run.last_epoch.validation.get(metric, math.nan) if run.last_epoch else math.nan


# Classes


def _classes(run: Run, seen: RunSeries) -> None:
    labels = run.started_record.labels if run.started_record else ()
    loss = _held(run) if run.last_epoch else math.log(len(labels) or 10)
    shown = f"J = -\\frac{{1}}{{n}}\\sum_i \\ln p_i(\\text{{true class}}) = {words.loss(loss)}"
    if math.isfinite(loss):
        typical = f"e^{{-{words.loss(loss)}}} = {fixed(100 * math.exp(-loss), 1)}\\,\\%"
        sentence = f"validation loss ${shown}$: the true class typically gets a probability of ${typical}$."
        _facts(run, seen, sentence, "sequences")
    reading, hidden = _arrays(seen, "reading"), _arrays(seen, "hidden")
    st.markdown(
        f"**One validation sequence, step by step, {_when(seen, 'reading')}**{_verdict(reading, labels)}",
        help=explain("validation", "hidden state"),
    )
    figure = None
    if reading and hidden:
        figure = pictures.steps(
            run.config, reading["inputs"][0], hidden["states"][-1], reading["probabilities"][0], labels,
            dark=page.is_dark(),
        )  # fmt: skip
    rows = run.config.data.name in ROWS
    if rows:
        _picture(run, "steps", figure, 340, _STEPS)
    left, right = st.columns([7, 5], gap="medium")
    if rows:
        with left:
            beside.reach(run, seen)
    else:
        with left:
            _picture(run, "steps", figure, pictures.height(run.config), _STEPS)
    with right:
        _picture(run, "minds", reading and minds(reading, labels), 340, "The probability of the right class by step.")
        if not rows:
            beside.reach(run, seen)


_STEPS = "Inputs and hidden state, and the probabilities after every step."


def _verdict(reading: Mapping[str, np.ndarray] | None, labels: tuple[str, ...]) -> str:
    if reading is None or not labels:
        return ""
    said = reading["probabilities"][0, -1]
    best, true = int(said.argmax()), int(reading["labels"][0])
    right = "which is right" if best == true else f"but it is {labels[true]}"
    return f": read as {labels[best]} ({percent(said[best])} sure), {right}"


def minds(reading: Mapping, labels: tuple[str, ...]) -> go.Figure:
    """For every sample of the snapshot: the probability of its true class after every step."""
    true = reading["labels"].astype(int)
    right = np.take_along_axis(reading["probabilities"], true[:, None, None], axis=2)[:, :, 0]
    panel = heat.Panel(
        f"right class, {len(true)} sequences", right.T, "magnitude", 1.0,
        [labels[each] if labels else str(each) for each in true], said="probability",
    )  # fmt: skip
    return heat.panels((panel,), dark=page.is_dark())


# The adding problem


def _adding(run: Run, seen: RunSeries) -> None:
    loss, naive = _held(run), _held(run, "naive")
    sentence = "the two marked numbers must be added; the answer is due at the last step."
    if math.isfinite(loss):
        always = f" Always answering 1 has an error of {words.loss(naive)}." if math.isfinite(naive) else ""
        sentence = f"validation loss $J = \\frac{{1}}{{n}}\\sum_i (\\hat y_i - y_i)^2 = {words.loss(loss)}$.{always}"
    _facts(run, seen, sentence, "sequences")
    found, hidden = _arrays(seen, "adding"), _arrays(seen, "hidden")
    st.markdown(f"**Validation sequences {_when(seen, 'adding')}**")
    left, right = st.columns([7, 5], gap="medium")
    with left:
        figure = None
        if found and hidden:
            said = found["outputs"][0][:, None]
            figure = pictures.steps(run.config, found["inputs"][0], hidden["states"][-1], said, dark=page.is_dark())
        _picture(run, "steps", figure, 480, "Inputs and hidden state of one sequence, and the answer.")
        if found:
            st.caption(
                f"The right answer here is {fixed(found['targets'][0], 3)}; the network says "
                f"{fixed(found['outputs'][0, -1], 3)}."
            )
    with right:
        figure = found and figures.against(found["targets"], found["outputs"][:, -1], dark=page.is_dark())
        _picture(run, "against", figure, 300, "The network's answers against the right ones.")
    beside.reach(run, seen)


# Series


def _series(run: Run, seen: RunSeries) -> None:
    loss, naive, linear = (_held(run, name) for name in ("loss", "naive", "linear"))
    sentence = "each value is forecast from those before it."
    if math.isfinite(loss):
        sentence = (
            f"validation error one step ahead $\\frac{{1}}{{n}}\\sum_t (\\hat x_t - x_t)^2 = {words.loss(loss)}$, "
            f"**{compared(loss, naive, 'naive forecasts')}** ({words.loss(naive)})"
            f"{against_linear(loss, linear)}"
        )
    _facts(run, seen, sentence, "windows")
    if loss > naive and (reason := foretold.why(run.config, "validation", loss)):
        st.markdown(reason)
    found, hidden = _arrays(seen, "forecast"), _arrays(seen, "hidden")
    st.markdown(f"**The validation part of the series {_when(seen, 'forecast')}**{held_for(found)}")
    _picture(
        run, "forecast", forecast_figure(found), 380,
        "The series, its forecast one step ahead, and the free-running forecast, with two baselines.",
    )  # fmt: skip
    left, right = st.columns([7, 5], gap="medium")
    with left:
        figure = None
        if hidden:
            figure = pictures.steps(run.config, hidden["inputs"], hidden["states"][-1], dark=page.is_dark())
        _picture(run, "steps", figure, 360, "Inputs and hidden state, step by step.")
    with right:
        beside.reach(run, seen)


def held_for(found: Mapping | None) -> str:
    """How long the free-running forecast of the picture holds."""
    if found is None:
        return ""
    said = foretold.one_forecast(found["truth"], found["free"], float(np.nanstd(found["truth"])))
    return f": {said}" if said else ""


def forecast_figure(found: Mapping | None) -> go.Figure | None:
    """The chart of a `forecast` snapshot, or of the fields of a `Forecast`."""
    if found is None:
        return None
    start = np.asarray(found["start"]).item()
    names = {
        "truth": "truth", "naive": "naive", "linear": "linear", "linear free": "linear_free",
        "one step": "one_step", "free": "free",
    }  # fmt: skip
    lines = {name: (found["time"], found[key]) for name, key in names.items()}
    return figures.forecast(lines, free_from=start, dark=page.is_dark())


# Texts


def _texts(run: Run, seen: RunSeries) -> None:
    loss = _held(run)
    if math.isfinite(loss):
        unsure = f"e^{{{words.loss(loss)}}} = {words.short(math.exp(min(loss, 700.0)))}"
        sentence = (
            f"validation loss {words.loss(loss)} per character; perplexity ${unsure}$: as unsure as a choice between "
            f"that many equally likely characters."
        )
    else:
        sentence = "which character comes next?"
    _facts(run, seen, sentence, "passages")
    samples, following, hidden = (_arrays(seen, name) for name in ("samples", "next", "hidden"))
    left, right = st.columns([7, 5], gap="medium")
    with left:
        st.markdown(f"**What it writes {_when(seen, 'samples')}**")
        with st.container(height=380, key=component_key("samples", run)):
            writings(samples)
    with right:
        st.markdown("**What comes next?**")
        _picture(run, "next", _next(following), 380, "The most likely next characters.")
    figure = None
    if hidden:
        figure = pictures.steps(run.config, hidden["inputs"], hidden["states"][-1], dark=page.is_dark())
    left, right = st.columns([7, 5], gap="medium")
    with left:
        _picture(run, "steps", figure, 340, "Inputs and hidden state, character by character.")
    with right:
        beside.reach(run, seen)


def writings(samples: Mapping | None) -> None:
    if samples is None:
        st.caption("The first samples appear with the first step.")
        return
    prompt = pictures.decoded(samples["prompt"])
    for codes, temperature in zip(samples["codes"], samples["temperatures"], strict=True):
        st.caption(f"Temperature {number(temperature)}")
        st.html(texts.written(prompt + pictures.decoded(codes), len(prompt)))


def _next(following: Mapping | None) -> go.Figure | None:
    if following is None:
        return None
    order = np.argsort(-following["probabilities"])[:12]
    names = pictures.characters(following["codes"][order])
    prompt = pictures.decoded(following["prompt"])[-12:].replace("\n", "⏎")
    return figures.bars(following["probabilities"][order], names, title=f"after “…{prompt}”", dark=page.is_dark())


_DRAWN = {"classes": _classes, "adding": _adding, "series": _series, "texts": _texts}


def draw(what: str) -> Callable[[Run, RunSeries], None]:
    """How runs of a kind are drawn: classes, adding, series or texts."""

    def drawn(run: Run, seen: RunSeries) -> None:
        beside.side_by_side(run, seen)
        _DRAWN[what](run, seen)

    return drawn
