"""What a run has learned from, in words."""

import streamlit as st

from dlcore.runs.run import Run
from pages.shared import page


def data_of(run: Run) -> str:
    """The data set, for a sentence."""
    return run.config.data.written if run.config.data.brought else run.data


def learned_from(run: Run, what: str, trained: str = "Trained") -> None:
    """The data and their splits, where it was trained, and what stands in for what; nothing before the start.

    what: samples are called, in the plural; trained: the words before the device
    """
    if start := run.started_record:
        sizes = ", ".join(f"{count:,} {name}" for name, count in start.sizes.items())
        where = f"{trained} on {start.device_name} in {start.precision}."
        st.caption(page.plain(f"{data_of(run)}: {sizes} {what}. {where}"))
        if start.notice:
            page.problem(start.notice)
