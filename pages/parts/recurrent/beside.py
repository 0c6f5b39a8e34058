"""The same task learned by several kinds of cell: their errors, and how far back their gradients reach."""

import contextlib
import time

import streamlit as st

from dlcore.errors import DlcoreError
from dlcore.runs.run import Run
from pages.figures import recurrent as figures
from pages.figures import theme
from pages.shared import page, session
from pages.shared.live_chart import live_chart
from pages.shared.plot import plot
from pages.shared.run_series import RunSeries, series
from pages.shared.run_view import component_key

ASK_SECONDS = 1.0
"""How often the store is asked for other runs: the panel is drawn more often than that."""
_SIBLINGS = "_rnn_siblings"
CELL_NAMES = {
    "rnn-tanh": "RNN", "rnn-relu": "RNN with ReLU", "gru": "GRU", "lstm": "LSTM", "simple-gated": "simple gated",
}  # fmt: skip


def cell_name(run: Run) -> str:
    """The kind of cell of a run, as it is written."""
    return CELL_NAMES[run.config.model.cell]


def siblings(run: Run) -> list[Run]:
    """The newest run for every kind of cell that learns from the same batches: same data, seed, batch size, epochs."""
    known, asked = (run.id, run.state), time.monotonic()
    found = st.session_state.get(_SIBLINGS)
    if found is None or found[0] != known or asked - found[1] > ASK_SECONDS:
        found = st.session_state[_SIBLINGS] = (known, asked, _same_batches(run))
    return found[2]


def _same_batches(run: Run) -> list[Run]:
    def same(other: Run) -> bool:
        mine, theirs = run.config.training, other.config.training
        return other.config.data == run.config.data and all(
            getattr(mine, name) == getattr(theirs, name) for name in ("seed", "batch_size", "epochs")
        )

    newest = {run.config.model.cell: run}
    with contextlib.suppress(DlcoreError):
        for each in session.store().runs(run.owner, kind=run.kind):
            if isinstance(each, Run) and same(each):
                newest.setdefault(each.config.model.cell, each)
    return [newest[cell] for cell in CELL_NAMES if cell in newest]


def _seen(run: Run, seen: RunSeries, other: Run) -> RunSeries | None:
    if other.id == run.id:
        return seen
    found = series(other.id, seen.wanted)
    try:
        found.update(session.store(), other)
    except DlcoreError:
        return None
    return found


def reach(run: Run, seen: RunSeries) -> None:
    """How much of the gradient arrives how many steps back, for this run and its siblings."""
    if run.config.model.bidirectional:
        return
    curves, colours = {}, {}
    for other in siblings(run):
        series_of = _seen(run, seen, other)
        snapshot = series_of and series_of.snapshots.get("gradients")
        if snapshot:
            name = cell_name(other)
            curves[name] = (snapshot.arrays["distance"], snapshot.arrays["state"])
            colours[name] = figures.CELL_COLOURS[other.config.model.cell]
    figure = figures.reach(curves, colours=colours, dark=page.is_dark()) if curves else None
    st.markdown(
        "**How far back the gradient reaches**",
        help="How strongly the loss at the last step depends on the state at an earlier step: the norm of "
        "∂loss/∂state, averaged over some validation sequences. The network cannot learn from steps where it has "
        "faded to nothing.",
    )
    plot(
        component_key("reach", run), figure or figures.waiting(dark=page.is_dark()), height=300,
        alt="The norm of the gradient against the distance in steps, for every kind of cell.",
    )  # fmt: skip


def side_by_side(run: Run, seen: RunSeries) -> None:
    """The validation loss of all cells that learn from the same batches, where there is more than one."""
    others = siblings(run)
    if len(others) < 2:
        return
    traces = []
    for other in others:
        found = _seen(run, seen, other)
        epochs = [found.epochs[number] for number in sorted(found.epochs)] if found else []
        traces.append({
            "name": cell_name(other), "x": [each.step for each in epochs],
            "y": [each.validation["loss"] for each in epochs], "mode": "lines+markers",
            "colour": figures.CELL_COLOURS[other.config.model.cell], "dash": theme.VALIDATION,
        })  # fmt: skip
    names = ", ".join(f"{cell_name(each)} ({each.state})" for each in others)
    st.markdown(f"**Side by side, on the same batches:** {names}")
    live_chart(
        component_key("beside", run), traces, x_title="training step", y_title="validation loss", log_y=True,
        height=300, empty="Waiting for the first epoch",
    )  # fmt: skip
