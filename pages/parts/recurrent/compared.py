"""Several recurrent networks side by side: the forecast, the text or the answers of each."""

from collections.abc import Callable, Sequence

import plotly.graph_objects as go
import streamlit as st

from dlcore.runs.run import Run
from dlcore.training.records import Snapshot
from pages.figures import recurrent as figures
from pages.parts.recurrent.live import forecast_figure, held_for, minds, writings
from pages.shared import page
from pages.shared.plot import plot
from pages.shared.run_view import component_key
from pages.shared.side_by_side import latest, side_by_side

_HEIGHT = 320


def compared(runs: Sequence[Run]) -> None:
    """What each of them makes of its own validation data."""
    side_by_side(runs, _column)


def _column(run: Run) -> None:
    if found := latest(run, *_DRAWN):
        _DRAWN[found.name](run, found)


def _forecast(run: Run, found: Snapshot) -> None:
    st.markdown(f"The validation part of the series{held_for(found.arrays)}")
    _plot(run, "compared-forecast", forecast_figure(found.arrays), "The series, and its forecasts.")


def _reading(run: Run, found: Snapshot) -> None:
    labels = run.started_record.labels if run.started_record else ()
    _plot(run, "compared-minds", minds(found.arrays, labels), "The probability of the right class by step.")


def _adding(run: Run, found: Snapshot) -> None:
    figure = figures.against(found.arrays["targets"], found.arrays["outputs"][:, -1], dark=page.is_dark())
    _plot(run, "compared-sums", figure, "The network's answers against the right ones.")


def _samples(run: Run, found: Snapshot) -> None:
    with st.container(height=_HEIGHT, key=component_key("compared-samples", run)):
        writings(found.arrays)


def _plot(run: Run, name: str, figure: go.Figure | None, alt: str) -> None:
    plot(component_key(name, run), figure, height=_HEIGHT, alt=alt, file_name=name)


_DRAWN: dict[str, Callable[[Run, Snapshot], None]] = {
    "forecast": _forecast, "reading": _reading, "adding": _adding, "samples": _samples,
}  # fmt: skip
