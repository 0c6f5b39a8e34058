"""One run in the list: what tells it from the others, and what can be done with it."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence

import streamlit as st

from dlcore.errors import DlcoreError
from dlcore.formula.numbers import number
from dlcore.runs.run import Run, Unreadable
from pages.figures import words
from pages.shared import page, session
from pages.shared.run_files import downloads

_TOUCHED = "_run_list_touched"


def touched() -> bool:
    """Whether a run was opened, renamed or deleted since the last call, which the rest of the page shows too."""
    return st.session_state.pop(_TOUCHED, False)


def readable(run: Run, owner: str, open_run: Callable[[str], None], current: bool) -> None:
    """Its title with a box to tick, a line that says what it is and how it stands, and its buttons."""
    with st.container(key=f"row_{run.id}", gap="xxsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            name = page.plain(run.title)
            st.checkbox(f"**{name}**" if current else name, key=f"compare_{run.id}", width="stretch")
            st.button("Open", key=f"open_{run.id}", on_click=_open, args=(run.id, open_run), disabled=current)
            _more(run, owner)
        st.caption(page.plain(" · ".join(_facts(run))))


def unreadable(run: Unreadable, owner: str) -> None:
    """A run that this program cannot show: its title, its files, and why."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"row_{run.id}"):
        st.markdown(page.plain(run.title), width="stretch")
        st.caption(f"{run.state} · {words.ago(run.created)}", width="content")
        downloads(run, "_listed")
        _more(run, owner)
    st.caption(page.plain(run.problem))


def _facts(run: Run) -> Iterable[str]:
    training, start, done = run.config.training, run.started_record, run.finished
    yield run.state
    yield f"epoch {run.epoch:,} of {training.epochs:,}"
    yield f"seed {training.seed}"
    if start:
        yield f"{start.parameters:,} parameters"
    yield run.config.data.written
    headline = run.config.about.headline
    held = measured(run.best.validation if run.best else {}, headline)
    if held and run.best:
        yield f"best validation {held} ({run.best.said})"
    if done and (test := measured(done.test, headline)):
        count = f" on {start.sizes['test']:,} {run.config.about.unit}" if start and "test" in start.sizes else ""
        yield f"test {test}{count}"
    if took := _took(run):
        yield took
    yield words.ago(run.created)


def _took(run: Run) -> str:
    if run.finished:
        return f"took {words.duration(run.finished.train_seconds)}"
    if run.state == "running" and run.seconds_left is not None:
        return f"{words.duration(run.seconds_left)} left"
    if run.started is None or not run.step:
        return ""
    return f"started {words.duration((run.ended or time.time()) - run.started)} ago" if run.active else ""


def measured(values: Mapping[str, float], headline: Sequence[str]) -> str:
    """The first figure of the headline that there is, and what it is unless it is an accuracy."""
    metric = next((each for each in headline if each in values), "")
    if not metric:
        return ""
    said = {"accuracy": words.share, "perplexity": lambda value: f"perplexity {number(value)}"}
    return said.get(metric, lambda error: f"squared error {words.loss(error)}")(values[metric])


def _more(run: Run | Unreadable, owner: str) -> None:
    with st.popover("", icon=":material/more_horiz:", key=f"more_{run.id}", help="Rename or delete"):
        st.text_input("Title", run.title, max_chars=80, key=f"title_{run.id}", on_change=_rename, args=(run.id, owner))
        st.button(
            "Delete permanently",
            icon=":material/delete:",
            key=f"delete_{run.id}",
            on_click=_delete,
            args=(run.id, owner),
        )


def _open(run_id: str, open_run: Callable[[str], None]) -> None:
    st.session_state[_TOUCHED] = True
    open_run(run_id)


def _rename(run_id: str, owner: str) -> None:
    _try(session.store().rename, run_id, owner, st.session_state[f"title_{run_id}"])


def _delete(run_id: str, owner: str) -> None:
    _try(session.store().delete, run_id, owner)


def _try(action: Callable[..., None], *arguments: str) -> None:
    st.session_state[_TOUCHED] = True
    try:
        action(*arguments)
    except DlcoreError as error:
        st.toast(page.plain(str(error)))
