"""My runs: open, compare, rename, delete."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from dlcore.errors import DlcoreError
from dlcore.runs.run import Run, Unreadable
from dlcore.training.records import Epoch
from pages.figures import words
from pages.shared import page, session
from pages.shared.plot import plot
from pages.shared.run_files import downloads

SHOWN = 8


def run_list(owner: str, open_run: Callable[[str], None], chosen: str | None, kind: str) -> None:
    """This visitor's runs of one kind of network, newest first, and the validation curves of those that are ticked.

    open_run: a callback that takes a run's id
    chosen: the run that the page shows now
    """
    st.subheader("My runs", anchor=False)
    try:
        runs = session.store().runs(owner, kind=kind)
    except DlcoreError as error:
        page.problem(error)
        return
    if not runs:
        st.caption("Runs that you start are listed here. They outlive this page, and this browser tab.")
        return
    st.caption("Tick some to compare their validation curves.")
    shown = runs if st.session_state.get("all_runs") else runs[:SHOWN]
    for run in shown:
        if isinstance(run, Run):
            _row(run, owner, open_run, run.id == chosen)
        else:
            _unreadable_row(run, owner)
    if len(runs) > SHOWN:
        st.toggle(f"Show all {len(runs)}", key="all_runs")
    readable = [run for run in shown if isinstance(run, Run)]
    _comparison([run for run in readable if st.session_state.get(f"compare_{run.id}")])


def _row(run: Run, owner: str, open_run: Callable[[str], None], current: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"row_{run.id}"):
        name = page.plain(run.title)
        st.checkbox(f"**{name}**" if current else name, key=f"compare_{run.id}", width="stretch")
        st.caption(page.plain(_summary(run)), width="content")
        st.button("Open", key=f"open_{run.id}", on_click=open_run, args=(run.id,), disabled=current)
        _more(run, owner)


def _unreadable_row(run: Unreadable, owner: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"row_{run.id}"):
        st.markdown(page.plain(run.title), width="stretch")
        st.caption(f"{run.state} · {words.ago(run.created)}", width="content")
        downloads(run, "_listed")
        _more(run, owner)
    st.caption(page.plain(run.problem))


def _more(run: Run | Unreadable, owner: str) -> None:
    with st.popover("", icon=":material/more_horiz:", key=f"more_{run.id}", help="Rename or delete"):
        st.text_input("Title", run.title, max_chars=80, key=f"title_{run.id}", on_change=_rename, args=(run.id, owner))
        st.button(
            "Delete for good", icon=":material/delete:", key=f"delete_{run.id}", on_click=_delete, args=(run.id, owner)
        )


def _summary(run: Run) -> str:
    measured = _measured(run.finished.test if run.finished else {}, run.config.about.headline)
    result = f"test {measured}" if measured else run.state
    state = f", {run.state}" if measured and run.state != "finished" else ""
    return f"{run.data} · {result}{state} · {words.ago(run.created)}"


def _measured(test: Mapping[str, float], headline: Sequence[str]) -> str:
    """The first figure of the headline that there is, and what it is unless it is an accuracy."""
    metric = next((each for each in headline if each in test), "")
    if not metric:
        return ""
    said = {"accuracy": words.share, "perplexity": "perplexity {:.2f}".format}
    return said.get(metric, lambda error: f"squared error {words.loss(error)}")(test[metric])


def _rename(run_id: str, owner: str) -> None:
    _try(session.store().rename, run_id, owner, st.session_state[f"title_{run_id}"])


def _delete(run_id: str, owner: str) -> None:
    _try(session.store().delete, run_id, owner)


def _try(action: Callable[..., None], *arguments: str) -> None:
    try:
        action(*arguments)
    except DlcoreError as error:
        st.toast(page.plain(str(error)))


def _comparison(runs: list[Run]) -> None:
    if not runs:
        return
    from pages.figures import training as figures

    known = {name for run in runs if run.last_epoch for name in run.last_epoch.validation}
    metrics = sorted(known) or ["loss"]
    metric = st.segmented_control("Compare by", metrics, default=metrics[0], required=True, key="compare_by")
    curves = []
    for run in runs:
        epochs = [record for _, record in session.store().records(run.id) if isinstance(record, Epoch)]
        epochs = [record for record in epochs if metric in record.validation]
        curves.append((run.title, [each.epoch for each in epochs], [each.validation[metric] for each in epochs]))
    if not any(epochs for _, epochs, _ in curves):
        st.caption("None of these has finished an epoch yet.")
        return
    figure = figures.overlay(curves, y_title=f"validation {metric}", percent=metric == "accuracy", dark=page.is_dark())
    plot("comparison", figure, height=340, alt=f"Validation {metric} of these runs by epoch", file_name="comparison")
