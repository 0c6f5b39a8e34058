"""A chart for curves that grow while you look: drawn in the browser by Plotly.react, never remounted."""

import base64
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from pages.figures import theme
from pages.shared import page, plotly_source
from pages.shared.numbers import NUMBERS

_component = st.components.v2.component(
    "dlcore_live_chart",
    html='<div class="live-chart" role="img"></div>',
    css="""
    .live-chart { width: 100%; }
    .live-chart { height: calc(var(--height) * var(--fit, 1)); }
    """,
    js=NUMBERS + plotly_source.LOADER + Path(__file__).with_name("live_chart.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def live_chart(
    key: str,
    traces: Sequence[Mapping[str, Any]],
    *,
    x_title: str,
    y_title: str,
    log_y: bool = False,
    y_range: tuple[float, float] | None = None,
    y_format: str = "",
    height: int = 320,
    marks: Iterable[tuple[float, str]] = (),
    empty: str = "Waiting for the first step",
) -> None:
    """Draw or update the chart called `key`; call it again with more points as often as you like.

    traces: each with name, x, y (arrays of one length), and optionally dash (solid, dash, dot), colour, mode (lines,
        markers, lines+markers), width in px, opacity, and whether the legend lists it. A NaN in y is a gap.
    y_range: fixed limits (for a logarithmic axis their powers of ten); y_format: d3's, such as ".0%"
    marks: x positions with a word each, drawn as dotted vertical lines
    empty: what the chart says while no trace has a point
    """
    sources = plotly_source.sources()
    if sources is None:
        _still_chart(key, traces, x_title, y_title, log_y, y_range, height)
        return
    _component(
        key=key,
        data={
            "traces": [_encoded(trace, index) for index, trace in enumerate(traces)],
            "x_title": x_title,
            "y_title": y_title,
            "log_y": log_y,
            "y_range": None if y_range is None else list(y_range),
            "y_format": y_format,
            "height": height,
            "marks": [[float(x), str(text)] for x, text in marks],
            "empty": empty,
            "sources": sources,
        },
    )


def _encoded(trace: Mapping[str, Any], index: int) -> dict[str, Any]:
    return {
        "name": trace["name"],
        "x": _packed(trace["x"]),
        "y": _packed(trace["y"]),
        "dash": trace.get("dash", "solid"),
        "colour": trace.get("colour", theme.DIGIT_COLOURS[index % len(theme.DIGIT_COLOURS)]),
        "mode": trace.get("mode", "lines"),
        "width": trace.get("width", 2.5),
        "opacity": trace.get("opacity", 1.0),
        "listed": trace.get("listed", True),
    }


def _packed(values: Any) -> str:
    """Little-endian float32 in base64: a third of the size of JSON, and no parsing of numbers in the browser."""
    return base64.b64encode(np.asarray(values, dtype="<f4").tobytes()).decode("ascii")


def _still_chart(key, traces, x_title, y_title, log_y, y_range, height) -> None:
    """The same curves by st.plotly_chart, where ./static cannot be written: right, but redrawn at every update."""
    import plotly.graph_objects as go

    figure = go.Figure(layout={"template": theme.template(page.is_dark()), "height": height})
    for index, trace in enumerate(traces):
        look = _encoded(trace, index)
        figure.add_scatter(
            x=np.asarray(trace["x"]),
            y=np.asarray(trace["y"]),
            name=look["name"],
            showlegend=None if look["listed"] else False,  # True would list a single trace too
            mode=look["mode"],
            line={"dash": look["dash"], "color": look["colour"], "width": look["width"]},
        )
    figure.update_xaxes(title_text=x_title)
    figure.update_yaxes(title_text=y_title, type="log" if log_y else "linear", range=y_range)
    st.plotly_chart(figure, key=key, config=theme.CHART_CONFIG)
