"""The files that a run leaves, to take home: they need not be understood, so every run that is listed has them."""

import csv
import io

import streamlit as st

from dlcore.runs.run import Run, Unreadable
from pages.shared import session


def downloads(run: Run | Unreadable, place: str = "") -> None:
    """Buttons for the weights and the curve of a run, as far as there are any.

    place: where on the page, if a run has such buttons in several
    """
    name = run.config.name if isinstance(run, Run) else "run"
    if run.has_weights:
        st.download_button(
            "Weights",
            data=lambda: session.store().weights(run.id),
            file_name=f"{name}-{run.id}.safetensors",
            mime="application/octet-stream",
            icon=":material/download:",
            help="The kept model as one safetensors file; dlcore's CLI and the Draw page read it.",
            on_click="ignore",
            key=f"weights{place}_{run.id}",
        )
    if run.step:
        st.download_button(
            "Curve",
            data=lambda: curve_csv(run.id),
            file_name=f"{name}-{run.id}.csv",
            mime="text/csv",
            icon=":material/download:",
            help="Every recorded step as CSV.",
            on_click="ignore",
            key=f"curve{place}_{run.id}",
        )


def curve_csv(run_id: str) -> str:
    """All recorded steps of a run: a header, then a line each."""
    columns, rows, _ = session.store().curve(run_id)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([int(row[0]), int(row[1]), *(f"{value:.6g}" for value in row[2:])] for row in rows.tolist())
    return out.getvalue()
