"""The panel of one run, shared by all training pages: status, controls, numbers, live charts, and its end."""

import html

import streamlit as st

from dlcore.config.optimizers import OPTIMIZERS
from dlcore.errors import DlcoreError, RunNotFound
from dlcore.runs.run import Run, Unreadable
from dlcore.runs.store import Store
from pages.figures import words
from pages.shared import page, present, replay, session
from pages.shared.glossary import explain
from pages.shared.live_chart import live_chart
from pages.shared.run_files import downloads
from pages.shared.run_results import results
from pages.shared.run_series import RunSeries, series
from pages.shared.run_view import View, component_key
from pages.shared.settings import RATES

POLL_SECONDS = 0.3
TOLD = 8
"""Changes by hand that are told below the charts."""
_WHOLE = "_whole_page_runs"
"""Set while the whole page runs, and not only the fragment that watches."""
WILD = 50.0
"""A loss above this is drawn on a logarithmic axis, or nothing else could be seen."""

_LOOKS = {
    "queued": ("gray", "hourglass_top"),
    "running": ("blue", "directions_run"),
    "paused": ("orange", "pause"),
    "finished": ("green", "check"),
    "stopped": ("gray", "stop"),
    "diverged": ("red", "trending_up"),
    "interrupted": ("orange", "power_off"),
    "failed": ("red", "error"),
}
_AWAITED = {"pause": "pausing…", "resume": "resuming…", "step": "one step…", "stop": "stopping…"}

_STYLE = """<style>
/* Streamlit fades what waits for an update: on a busy machine the whole panel would blink at every poll. */
.st-key-run_panel [data-stale=true] { opacity: 1 !important; transition: none !important; }
.numbers { display: grid; grid-template-columns: repeat(auto-fit, minmax(100px, 1fr)); gap: 4px 8px; }
.numbers div { white-space: nowrap; font-size: 14px; }
.numbers b { display: block; font-size: 22px; font-weight: 600; font-variant-numeric: tabular-nums; line-height: 28px; }
</style>"""


def run_panel(run_id: str, owner: str, view: View) -> None:
    """Watch a run; its owner can also steer it. It polls while anything may change, and not afterwards."""
    try:
        run = session.store().run(run_id)
    except DlcoreError as error:
        page.problem(error)
        return
    if isinstance(run, Unreadable):
        _unreadable(run)
        return
    st.session_state[_WHOLE] = True
    st.fragment(_watch, run_every=POLL_SECONDS if run.active else None)(run, owner, view)
    if not run.active:
        with present.aside("results"):
            results(run, view)


def _unreadable(run: Unreadable) -> None:
    """What can be said of a run that this program cannot show, and its files."""
    st.markdown(f"**{page.plain(run.title)}**  \n{run.state.capitalize()} at step {run.step:,}.")
    page.problem(run.problem)
    with st.container(horizontal=True):
        downloads(run)


def _watch(then: Run, owner: str, view: View) -> None:
    """The panel; the whole page runs again when the run is in another state than `then`, which other parts show too."""
    whole = st.session_state.pop(_WHOLE, False)
    store = session.store()
    seen = series(then.id, view.snapshots)
    try:
        run = store.readable(then.id)
        seen.update(store, run)
    except DlcoreError as error:
        if then.active and isinstance(error, RunNotFound):
            st.rerun()
        page.problem(error)
        return
    # A timer that still ticks after the end means that the browser missed the run of the page that ended it.
    if run.state != then.state or not (then.active or whole):
        st.rerun()
    with st.container(key="run_panel"):
        _status(run, seen, owner)
        at = replay.moment(run)
        shown, known = replay.shown(run, seen, store, at)
        _numbers(shown, known, view)
        _charts(shown, known, view)
        replay.bar(run, seen.moments, at)
        with present.aside("live"):
            view.live(shown, known)
            if not run.active:
                view.inside(run)


# Status and buttons.


def _status(run: Run, seen: RunSeries, owner: str) -> None:
    mine = run.owner == owner
    if (seen.awaited, run.state) in (("pause", "paused"), ("resume", "running"), ("step", "paused")) or not run.active:
        seen.awaited = ""
    colour, icon = _LOOKS[run.state]
    word = _AWAITED.get(seen.awaited, run.state)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f":{colour}-badge[:material/{icon}: {word}]", width=136)
        if mine:
            _buttons(run, seen)
    with present.aside("sentence_of_run"):
        st.markdown(f"**{page.plain(run.title)}**  \n{page.plain(_sentence(run, mine))}")
    if problem := st.session_state.pop(f"_problem_{run.id}", ""):
        page.problem(problem)


def _buttons(run: Run, seen: RunSeries) -> None:
    enabled = {
        "pause": run.state == "running",
        "step": run.state in ("running", "paused"),
        "resume": run.state == "paused" or run.can_retry,
        "stop": run.active,
    }
    looks = {"pause": "pause", "step": "skip_next", "resume": "play_arrow", "stop": "stop"}
    tips = {
        "pause": "Pause the run where it is.",
        "step": "One optimizer step, then pause.",
        "resume": "Continue from here.",
        "stop": "End the run and keep what it has learned.",
    }
    for name, icon in looks.items():
        st.button(
            name.capitalize(),
            icon=f":material/{icon}:",
            key=f"{name}_{run.id}",
            help=tips[name],
            disabled=not enabled[name],
            on_click=_act,
            args=(run, seen, name),
        )
    with st.popover("Change", icon=":material/tune:", disabled=not run.active, help="Change settings while it runs."):
        _live_settings(run, seen)


def _act(run: Run, seen: RunSeries, name: str, value: float | None = None) -> None:
    """A callback: send a command, so that the button's effect does not wait for the next poll."""
    store: Store = session.store()
    try:
        if name == "resume" and run.can_retry:
            store.retry(run.id, session.owner())
        else:
            store.command(run.id, session.owner(), name, value)
            seen.awaited = name if name in _AWAITED else seen.awaited
    except DlcoreError as error:
        st.session_state[f"_problem_{run.id}"] = str(error)


def _live_settings(run: Run, seen: RunSeries) -> None:
    """A form, so that nothing is sent while a slider is dragged or a key is held: one change, one mark."""
    training = run.config.training
    rate = seen.settings.get("learning_rate", training.learning_rate)
    kept = seen.settings.get("momentum", training.momentum)
    decay = seen.settings.get("weight_decay", training.weight_decay)
    now = {"learning_rate": rate, "weight_decay": decay}
    with st.form(f"change_{run.id}", border=False):
        st.caption("Takes effect at the next step and is marked on the charts.")
        options = sorted({*RATES, rate, training.learning_rate})
        st.select_slider("Learning rate", options, rate, format_func=words.short, key=_live_key("learning_rate", run))
        if OPTIMIZERS[training.optimizer].momentum:
            now["momentum"] = kept
            st.slider("Momentum", 0.0, 0.999, kept, step=0.001, format="%g", key=_live_key("momentum", run))
        st.number_input("Weight decay", 0.0, 1.0, decay, step=0.001, format="%g", key=_live_key("weight_decay", run))
        st.form_submit_button("Use from the next step", on_click=_change, args=(run, seen, now))


def _live_key(name: str, run: Run) -> str:
    return f"live_{name}_{run.id}"


def _change(run: Run, seen: RunSeries, now: dict[str, float]) -> None:
    """A callback: send those settings that are others than before."""
    for name, value in now.items():
        if (wanted := st.session_state[_live_key(name, run)]) != value:
            _act(run, seen, name, wanted)


def _sentence(run: Run, mine: bool) -> str:
    """How it stands, short enough for one line, so that nothing below it moves."""
    if not mine:
        return "This is somebody else's run: you can watch it and start one of your own."
    if run.state == "queued":
        return f"Place {run.position} in the queue: it starts as soon as there is room."
    if run.state == "paused":
        return f"Paused after step {run.step:,}. Step makes one more step, Resume continues."
    if run.state == "diverged":
        return f"The loss stopped being a number at step {run.step:,}: see below what to do."
    return run.message or ("Learning." if run.step else "Starting…")


# Numbers and charts.


def _numbers(run: Run, seen: RunSeries, view: View) -> None:
    config, last = run.config.training, run.last_epoch
    loss = seen.mean("loss")
    held = last.validation.get(view.held.metric) if last else None
    current = max(1, run.epoch) if run.step else 0
    rate, clock = run.samples_per_second, ("Time left", run.seconds_left)
    if done := run.finished:
        rate = done.samples / done.train_seconds if done.train_seconds else None
        clock = ("Took", done.train_seconds)
    cells = [
        (f"Epoch of {config.epochs:,}", f"{current:,}"),
        (f"Step of {run.total_steps:,}" if run.total_steps else "Step", f"{run.step:,}"),
        ("Loss", "–" if loss is None else words.loss(loss)),
        ("Validation", view.held.said(held)),
        (f"{view.unit.capitalize()}/s", words.rate(rate)),
        (clock[0], words.duration(clock[1])),
    ]
    inner = "".join(f"<div>{html.escape(label)}<b>{html.escape(value)}</b></div>" for label, value in cells)
    st.html(f'{_STYLE}<div class="numbers">{inner}</div>')
    st.caption(page.plain(_stands_on(run, view)), help=explain("epoch", "loss", "validation"))


def _stands_on(run: Run, view: View) -> str:
    """On which data the number called Validation stands, and where it was best so far."""
    start, last, best = run.started_record, run.last_epoch, run.best
    count = f"{start.sizes.get('validation', 0):,} " if start else ""
    held = f"the {count}{view.unit} of the validation split, which are never trained on"
    if last is None:
        return f"Validation: {view.held.metric} on {held}; the first value appears at the end of the first epoch."
    best_said = f" Lowest validation loss: {words.loss(best.validation['loss'])}, {best.said}." if best else ""
    return f"Validation: {view.held.metric} after epoch {last.epoch}, on {held}.{best_said}"


def _charts(run: Run, seen: RunSeries, view: View) -> None:
    waiting = "Waiting for its turn" if run.state == "queued" else "Waiting for the first step"
    wanted = [chart for chart in view.charts if chart.metric == "loss" or seen.has(chart.metric) or not seen.epochs]
    for column, chart in zip(st.columns(len(wanted)), wanted, strict=True):
        with column:
            live_chart(
                component_key(chart.metric, run),
                [*seen.traces(chart.metric, chart.colour), *view.lines(run, chart.metric)],
                x_title="training step",
                y_title=chart.title,
                y_range=chart.limits,
                y_format=chart.form,
                log_y=chart.limits is None and seen.peak(chart.metric) > WILD,
                height=300,
                marks=seen.marks(run.step),
                empty=waiting,
            )
    _changes(seen)


def _changes(seen: RunSeries) -> None:
    """What the numbers on the charts stand for; of many, the latest."""
    changes = enumerate(seen.changes, 1)
    told = [f"**{number}** {page.plain(said)}, after step {step:,}" for number, (step, said) in changes]
    if told:
        more = f"{len(told) - TOLD} earlier changes · " if len(told) > TOLD else ""
        st.caption(f"Marked on the charts: {more}{' · '.join(told[-TOLD:])}")
