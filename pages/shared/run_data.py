"""What a run has learned from, in words."""

import streamlit as st

from dlcore.data.own.corrections import Corrections
from dlcore.formula.numbers import percent
from dlcore.runs.run import Run
from pages.shared import page, session


def data_of(run: Run) -> str:
    """The data set, for a sentence."""
    return run.config.data.written if run.config.data.brought else run.data


def _begun(run: Run) -> str:
    """Where its first weights are from, with a space before it; empty where they were drawn by its seed."""
    return f" It began with the weights of {run.config.start}." if run.config.start else ""


def _corrected(run: Run) -> str:
    """What else it learned, with a space before it; empty where that is nothing."""
    data = run.config.data
    if not data.corrected:
        return ""
    found = session.store().examples(run.id)
    count = len(Corrections.read(found).labels) if found else 0
    share = percent(getattr(data, "share", 0.0), 0)
    return (
        f" {share} of the training images are {count:,} correction{'s' if count != 1 else ''}, shown again and again; "
        "the validation loss weighs both as training does."
    )


def learned_from(run: Run, what: str, trained: str = "Trained") -> None:
    """The data and their splits, where it was trained, and what stands in for what; nothing before the start.

    what: samples are called, in the plural; trained: the words before the device
    """
    if start := run.started_record:
        sizes = ", ".join(f"{count:,} {name}" for name, count in start.sizes.items())
        where = f"{trained} on {start.device_name} in {start.precision}."
        st.caption(page.plain(f"{data_of(run)}: {sizes} {what}. {where}{_begun(run)}{_corrected(run)}"))
        if start.notice:
            page.problem(start.notice)
