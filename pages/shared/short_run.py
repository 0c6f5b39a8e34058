"""Runs of seconds, watched where they were started: how far they are, and the page again when they have ended."""

from collections.abc import Sequence

import streamlit as st

from dlcore.errors import DlcoreError
from dlcore.runs.run import Run, Unreadable
from pages.figures import words
from pages.shared import page, session

POLL_SECONDS = 0.4


def find(ids: Sequence[str]) -> list[Run]:
    """Those of these runs that there are, and that this program can read."""
    found = []
    for each in ids:
        try:
            found.append(session.store().readable(each))
        except DlcoreError:
            continue
    return found


def watch(key: str, runs: Sequence[Run]) -> None:
    """A line for each run that goes on; the whole page runs again when one of them has ended."""
    ids, states = [each.id for each in runs], [each.state for each in runs]
    if any(each.active for each in runs):
        st.fragment(_progress, run_every=POLL_SECONDS)(key, ids, states)


def _progress(key: str, ids: list[str], then: list[str]) -> None:
    runs = find(ids)
    if len(runs) < len(ids) or any(now.active != (state in _GOING) for now, state in zip(runs, then, strict=True)):
        st.rerun()
    for run in runs:
        if run.active:
            share = run.step / run.total_steps if run.total_steps else 0.0
            st.progress(min(share, 1.0), text=page.plain(f"{run.title}: {_stands(run)}"))


_GOING = ("queued", "running", "paused")


def _stands(run: Run) -> str:
    if run.state == "queued":
        return f"place {run.position} in the queue"
    if not run.step:
        return run.message or "getting ready"
    left = "" if run.seconds_left is None else f", {words.duration(run.seconds_left)} left"
    state = "" if run.state == "running" else f" ({run.state})"
    return f"step {run.step:,} of {run.total_steps:,}{state}{left}"


def ended_badly(run: Run | Unreadable) -> str:
    """Why a run that has ended has no network, as a sentence; empty if it has one or goes on."""
    if isinstance(run, Unreadable):
        return run.problem
    if run.active or run.has_weights:
        return ""
    return run.message or f"This run is {run.state}."
