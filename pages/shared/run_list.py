"""My runs: open, compare, rename, delete."""

from collections.abc import Callable

import streamlit as st

from dlcore.config.kinds import KINDS
from dlcore.runs.run import Run
from dlcore.training.records import Epoch
from pages.figures import words
from pages.shared import page, run_row, session
from pages.shared.plot import plot

SHOWN = 8
POLL_SECONDS = 2.0
_WHOLE_TITLES = "<style>[class*='st-key-row_'] .stCheckbox p { white-space: normal; overflow-wrap: anywhere; }</style>"


def run_list(owner: str, open_run: Callable[[str], None], chosen: str | None, kind: str) -> None:
    """This visitor's runs of one kind of network, newest first, and the validation curves of those that are ticked.

    It is drawn anew every few seconds while one of them goes on.

    open_run: a callback that takes a run's id
    chosen: the run that the page shows now
    """
    st.html(_WHOLE_TITLES)
    st.subheader("My runs", anchor=False)
    with page.sentences(), st.container(key="run_list"):
        active = any(run.active for run in session.store().runs(owner, kind=kind))
        st.fragment(_list, run_every=POLL_SECONDS if active else None)(owner, open_run, chosen, kind, active)


def _list(owner: str, open_run: Callable[[str], None], chosen: str | None, kind: str, then: bool) -> None:
    """then: whether a run was going on when the page was drawn."""
    if run_row.touched():
        st.rerun()
    with page.sentences(), st.container():
        runs = session.store().runs(owner, kind=kind)
        if then and not any(run.active for run in runs):
            st.rerun()  # the last one has ended: no need to look again every few seconds
        if not runs:
            st.caption("Runs that you start are listed here. They continue even if you close this page.")
            return
        st.caption("Tick some to compare their validation curves.")
        shown = runs if st.session_state.get("all_runs") else runs[:SHOWN]
        for run in shown:
            if isinstance(run, Run):
                run_row.readable(run, owner, open_run, run.id == chosen)
            else:
                run_row.unreadable(run, owner)
        if len(runs) > SHOWN:
            st.toggle(f"Show all {len(runs)}", key="all_runs")
        readable = [run for run in shown if isinstance(run, Run)]
        _comparison([run for run in readable if st.session_state.get(f"compare_{run.id}")])


def _comparison(runs: list[Run]) -> None:
    if not runs:
        return
    from pages.figures import training as figures

    known = {name for run in runs if run.last_epoch for name in run.last_epoch.validation}
    metrics = [name for name in words.METRICS if name in known] or ["loss"]
    metric = st.segmented_control(
        "Compare by", metrics, format_func=words.METRICS.get, default=metrics[0], required=True, key="compare_by"
    )
    curves = []
    for run in runs:
        epochs = [record for _, record in session.store().records(run.id) if isinstance(record, Epoch)]
        epochs = [record for record in epochs if metric in record.validation]
        curves.append((run.title, [each.epoch for each in epochs], [each.validation[metric] for each in epochs]))
    if not any(epochs for _, epochs, _ in curves):
        st.caption("None of these has finished an epoch yet.")
        return
    view, said = KINDS[runs[0].kind].find("view")(None), f"validation {words.METRICS[metric]}"
    figure = figures.overlay(
        curves, y_title=said, percent=metric == "accuracy", colours=list(map(view.colour, runs)), dark=page.is_dark()
    )
    plot("comparison", figure, height=340, alt=f"{said.capitalize()} of these runs by epoch", file_name="comparison")
    if len(runs) > 1:
        with page.sentences():
            view.compared(runs)
