"""Figures of sequences that a recurrent network reads: what comes in, what it remembers, what it says. Data in."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from pages.figures import theme
from pages.figures.axes import log_axis
from pages.figures.panels import TICKS

CELL_COLOURS = {
    "rnn-tanh": "#832db6", "rnn-relu": "#bd1f01", "gru": "#e76300", "lstm": "#3f90da", "simple-gated": "#a96b59",
}  # fmt: skip
"""A colour for each kind of cell, the same on every picture."""

GATE_COLOURS = {
    "input": "#3f90da", "forget": "#e76300", "output": "#832db6", "candidate": "#94a4a2", "cell": "#bd1f01",
    "reset": "#3f90da", "update": "#e76300", "hidden": "#b08a00", "alpha": "#e76300",
}  # fmt: skip


def forecast(
    lines: Mapping[str, tuple[np.ndarray, np.ndarray]],
    *,
    free_from: float | None = None,
    step_title: str = "step",
    dark: bool,
) -> go.Figure:
    """A series and what is forecast of it.

    lines: name → steps and values; truth, one step, free, naive, linear and linear free, each with a look of its own;
        linear is drawn at a click on its name only, since one step ahead all lines lie close together
    free_from: from here on the network sees its own forecasts only
    """
    colours = theme.palette(dark)
    looks = {
        "truth": ("the series", colours["ink"], "solid", 3),
        "one step": ("one step ahead", "#3f90da", "solid", 2.5),
        "free": ("free-running", "#e76300", "solid", 2.5),
        "naive": ("naive: the last value", "#717581", "dot", 1.5),
        "linear": ("linear, one step (click to show)", "#832db6", "dash", 1.5),
        "linear free": ("linear, free-running", "#832db6", "dashdot", 2),
    }
    figure = go.Figure()
    for name, (x, y) in lines.items():
        title, colour, dash, width = looks[name]
        figure.add_scatter(
            x=np.asarray(x, dtype=np.float32), y=np.asarray(y, dtype=np.float32), name=title, mode="lines",
            line={"color": colour, "dash": dash, "width": width}, hovertemplate="%{y:.3f}",
            visible="legendonly" if name == "linear" else True,
        )  # fmt: skip
    truth = np.asarray(lines["truth"][1], dtype=np.float64)
    low, high = float(np.nanmin(truth)), float(np.nanmax(truth))
    margin = 0.25 * (high - low or 1.0)
    if free_from is not None:
        figure.add_vline(x=free_from, line={"color": colours["muted"], "dash": "dot", "width": 1.5})
    figure.update_layout(template=theme.template(dark), margin={"l": 8, "r": 8, "t": 56, "b": 44})
    figure.update_xaxes(title_text=step_title, fixedrange=True)
    figure.update_yaxes(title_text="value", range=[low - margin, high + margin], fixedrange=True)
    return figure


def against(truth: np.ndarray, said: np.ndarray, *, dark: bool) -> go.Figure:
    """Each answer against the right one; on the diagonal they are equal. truth, said: (N,)"""
    truth, said = np.asarray(truth, dtype=np.float32).ravel(), np.asarray(said, dtype=np.float32).ravel()
    ends = [float(min(truth.min(), 0)), float(max(truth.max(), 2))]
    colours = theme.palette(dark)
    figure = go.Figure()
    figure.add_scatter(
        x=ends, y=ends, mode="lines", line={"color": colours["muted"], "dash": "dash", "width": 1.5}, hoverinfo="skip"
    )
    figure.add_scatter(
        x=truth, y=said, mode="markers", marker={"color": theme.LOSS_COLOUR, "size": 8, "opacity": 0.75},
        hovertemplate="right answer %{x:.3f}, network %{y:.3f}<extra></extra>",
    )  # fmt: skip
    figure.update_layout(
        template=theme.template(dark), showlegend=False, hovermode="closest", margin={"l": 8, "r": 8, "t": 12, "b": 44}
    )
    room = [ends[0] - 0.1, ends[1] + 0.1]
    figure.update_xaxes(title_text="right answer", range=room, fixedrange=True)
    figure.update_yaxes(title_text="network's answer", range=room, fixedrange=True)
    return figure


def reach(curves: Mapping[str, tuple[np.ndarray, np.ndarray]], *, colours: Mapping[str, str], dark: bool) -> go.Figure:
    """How much of the gradient arrives so many steps back, on a logarithmic axis.

    curves: title → distances and norms of ∂loss/∂h; colours: by title
    """
    figure = go.Figure()
    sizes = [0.0]
    for title, (distance, norm) in curves.items():
        norm = np.asarray(norm, dtype=np.float64)
        known = np.isfinite(norm) & (norm > 0)
        sizes += np.log10(norm[known]).tolist()
        figure.add_scatter(
            x=np.asarray(distance), y=np.where(known, norm, np.nan), name=title, mode="lines",
            line={"color": colours[title], "width": 3}, hovertemplate="%{y:.2e}",
        )  # fmt: skip
    low, high = max(min(sizes), -12.0), max(sizes)
    figure.update_layout(template=theme.template(dark), showlegend=True, margin={"l": 8, "r": 8, "t": 48, "b": 44})
    figure.update_xaxes(title_text="steps back from the end", rangemode="tozero", fixedrange=True)
    figure.update_yaxes(
        title_text="size of the gradient", fixedrange=True, **log_axis(low - 0.3, high + 0.3)
    )  # fmt: skip
    return figure


def gates(
    lines: Mapping[str, np.ndarray], *, step_title: str = "step", step_names: Sequence[str] = (), dark: bool
) -> go.Figure:
    """Gate values of one unit step by step; the last trace marks a step with a dot on every line.

    lines: name (see GATE_COLOURS) → values (steps,)
    """
    figure = go.Figure()
    steps = len(next(iter(lines.values())))
    step = np.arange(1, steps + 1)
    names = list(step_names) or [str(each) for each in step]
    for name, values in lines.items():
        inner = name in ("candidate", "cell", "hidden")
        figure.add_scatter(
            x=step, y=np.asarray(values, dtype=np.float32), name=name, mode="lines+markers" if steps <= 60 else "lines",
            line={"color": GATE_COLOURS[name], "width": 2.5, "dash": "dot" if inner else "solid"}, marker={"size": 5},
            hovertemplate="%{y:.3f}", text=names,
        )  # fmt: skip
    highest = max(1.0, *(float(np.abs(np.asarray(each)).max()) for each in lines.values()))
    figure.add_scatter(
        x=[steps] * len(lines), y=[float(each[-1]) for each in lines.values()], mode="markers", showlegend=False,
        hoverinfo="skip",
        marker={"size": 13, "color": [GATE_COLOURS[name] for name in lines],
                "line": {"color": theme.palette(dark)["paper"], "width": 2}},
    )  # fmt: skip
    figure.update_layout(template=theme.template(dark), showlegend=True, margin={"l": 8, "r": 8, "t": 56, "b": 44})
    named = {"tickvals": list(step), "ticktext": names, "tickangle": 0} if step_names and steps <= TICKS else {}
    figure.update_xaxes(title_text=step_title, range=[0.5, steps + 0.5], fixedrange=True, **named)
    figure.update_yaxes(title_text="value", range=[-1.08 * highest, 1.08 * highest], fixedrange=True)
    return figure


def by_step(
    values: np.ndarray,
    title: str,
    *,
    step_title: str = "step",
    step_names: Sequence[str] = (),
    marked: Sequence[int] = (),
    dark: bool,
) -> go.Figure:
    """Bars: one magnitude for each step. values: (steps,); marked: steps, from 0, that stand out"""
    values = np.asarray(values, dtype=np.float32)
    step = np.arange(1, len(values) + 1)
    most = float(values.max(initial=0.0)) or 1.0
    colours = [theme.ACCURACY_COLOUR if place in set(marked) else theme.LOSS_COLOUR for place in range(len(values))]
    bars = go.Bar(x=step, y=values, marker_color=colours, hovertemplate="step %{x}: %{y:.3g}<extra></extra>")
    figure = go.Figure(bars)
    named = {"tickvals": list(step), "ticktext": list(step_names), "tickangle": 0}
    figure.update_layout(
        template=theme.template(dark), hovermode="closest", bargap=0.08, margin={"l": 8, "r": 8, "t": 12, "b": 44}
    )
    figure.update_xaxes(
        title_text=step_title, range=[0.5, len(values) + 0.5], fixedrange=True, showgrid=False,
        **(named if step_names and len(values) <= TICKS else {}),
    )  # fmt: skip
    figure.update_yaxes(title_text=title, range=[0, 1.05 * most], fixedrange=True)
    return figure


def parts(values: np.ndarray, bounds: tuple[int, int], *, dark: bool) -> go.Figure:
    """A series, cut into its training, validation and test part. values: (N,); bounds: where the latter two begin"""
    values = np.asarray(values, dtype=np.float32)
    figure = go.Figure()
    edges = (0, *bounds, len(values))
    shown = (("training", "#3f90da"), ("validation", "#e76300"), ("test", "#832db6"))
    for (name, colour), start, end in zip(shown, edges, edges[1:], strict=False):
        figure.add_scatter(
            x=np.arange(start, min(end + 1, len(values))), y=values[start : end + 1], name=name, mode="lines",
            line={"color": colour, "width": 2}, hovertemplate="%{y:.3f}",
        )  # fmt: skip
    figure.update_layout(template=theme.template(dark), margin={"l": 8, "r": 8, "t": 48, "b": 44})
    figure.update_xaxes(title_text="step", fixedrange=True)
    figure.update_yaxes(title_text="value", fixedrange=True)
    return figure


def waiting(*, dark: bool) -> go.Figure:
    """The place of a picture that is still to come."""
    figure = go.Figure()
    figure.add_annotation(
        text="Appears with the first step", x=0.5, y=0.5, xref="paper", yref="paper", showarrow=False, opacity=0.75
    )
    hidden = {"visible": False, "fixedrange": True}
    figure.update_layout(template=theme.template(dark), xaxis=hidden, yaxis=hidden)
    return figure


def bars(
    shares: np.ndarray, names: Sequence[str], *, title: str = "", colours: Sequence[str] = (), dark: bool
) -> go.Figure:
    """Horizontal bars from 0 to 100 %, the first at the top. shares: (N,); title: of their axis"""
    shares = np.asarray(shares, dtype=np.float32)
    figure = go.Figure(
        go.Bar(
            x=shares, y=list(range(len(shares))), orientation="h",
            marker_color=list(colours) or theme.LOSS_COLOUR,
            texttemplate="%{x:.1%}", textposition="auto", cliponaxis=False, hovertemplate="%{x:.1%}<extra></extra>",
        )
    )  # fmt: skip
    figure.update_layout(
        template=theme.template(dark), hovermode="closest", bargap=0.25, margin={"l": 8, "r": 24, "t": 8, "b": 40}
    )
    figure.update_xaxes(range=[0, 1], tickformat=".0%", fixedrange=True, title_text=f"probability {title}")
    figure.update_yaxes(
        tickvals=list(range(len(shares))), ticktext=list(names), range=[len(shares) - 0.5, -0.5], fixedrange=True,
        showgrid=False,
    )  # fmt: skip
    return figure
