"""Figures about a trained network and the data it saw. Data in, Plotly figure out."""

import html
import math
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dlcore.formula.numbers import percent
from pages.figures import theme

MARKERS = ("circle", "square-open", "diamond-open", "x-thin-open", "triangle-up-open", "cross-thin-open")
"""Of runs that share a colour, so that they can be told apart."""
MOST_TICKS = 10
"""Epochs up to which each one has its tick."""

FEW = 12
"""Classes whose names stand below a chart without being turned."""


def class_counts(counts: Sequence[int], labels: Sequence[str], *, dark: bool) -> go.Figure:
    """Bars: training images of each class, the number written on each."""
    figure = go.Figure(
        go.Bar(
            x=list(labels),
            y=np.asarray(counts),
            marker_color=theme.digit_colours(len(labels)),
            text=[f"{count:,}" for count in counts],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{x}: %{y:,} images<extra></extra>",
        )
    )
    top = max(max(counts), 1)
    figure.update_layout(template=theme.template(dark), height=210 if len(labels) <= FEW else 320, bargap=0.25)
    figure.update_layout(
        hovermode="closest", margin={"l": 16, "r": 8, "t": 28, "b": 36}, uniformtext={"minsize": 10, "mode": "show"}
    )
    figure.update_xaxes(type="category", showgrid=False, fixedrange=True)
    figure.update_yaxes(visible=False, range=[0, top * 1.05], fixedrange=True)
    return figure


def room(classes: int) -> int:
    """The height in pixels of a figure with a row for each class."""
    return max(480, 110 + 22 * classes)


def confusion(counts: Sequence[Sequence[int]], labels: Sequence[str], *, dark: bool) -> go.Figure:
    """Which class was read as which: mistakes in colour, the diagonal muted so that it does not outshine them.

    The colour follows the square root of the count, so that one great confusion leaves the others visible.

    counts: (C, C), rows: true class, columns: predicted
    """
    counts = np.asarray(counts, dtype=int)
    labels = list(labels)
    mistakes = counts.astype(float)
    np.fill_diagonal(mistakes, np.nan)
    mistakes[mistakes == 0] = np.nan
    right = np.full(counts.shape, np.nan)
    np.fill_diagonal(right, np.diag(counts))
    colours = theme.palette(dark)
    muted = [[0, colours["grid"]], [1, colours["grid"]]]
    common = {"x": labels, "y": labels, "texttemplate": "%{text}", "xgap": 1, "ygap": 1}
    common |= {"hovertemplate": "%{customdata}<extra></extra>", "hoverongaps": False}
    said = _sentences(counts, labels)
    figure = go.Figure()
    figure.add_heatmap(
        z=right,
        text=_written(right),
        customdata=said,
        colorscale=muted,
        showscale=False,
        textfont_color=colours["ink"],
        **common,
    )
    worst = int(np.nanmax(mistakes)) if np.isfinite(mistakes).any() else 1
    scale = {"colorscale": theme.SEQUENTIAL, "zmin": 0, "zmax": math.sqrt(max(worst, 2))}
    figure.add_heatmap(
        z=np.sqrt(mistakes), text=_written(mistakes), customdata=said, showscale=False, **scale, **common
    )
    figure.update_layout(template=theme.template(dark), hovermode="closest")
    figure.update_layout(margin={"l": 16, "r": 8, "t": theme.BAR, "b": 16})
    figure.update_xaxes(title_text="read as", type="category", showgrid=False, fixedrange=True)
    figure.update_yaxes(title_text="true class", type="category", autorange="reversed", showgrid=False, fixedrange=True)
    return figure


def _written(counts: np.ndarray) -> list[list[str]]:
    return [[f"{count:.0f}" if np.isfinite(count) else "" for count in row] for row in counts]


def _sentences(counts: np.ndarray, labels: list[str]) -> list[list[str]]:
    def sentence(true: int, read: int) -> str:
        count = counts[true, read]
        if true == read:
            return f"{labels[true]}: {count:,} of {counts[true].sum():,} read correctly"
        return f"true {labels[true]} read as {labels[read]}: {count:,} {'time' if count == 1 else 'times'}"

    return [[sentence(true, read) for read in range(len(labels))] for true in range(len(labels))]


def recall(counts: Sequence[Sequence[int]], labels: Sequence[str], *, dark: bool) -> go.Figure:
    """Bars: the share of each true class that was read right; the dashed line is the mean over classes.

    counts: (C, C), rows: true class, columns: predicted
    """
    counts = np.asarray(counts, dtype=int)
    totals = counts.sum(axis=1)
    shares = np.divide(np.diag(counts), totals, out=np.zeros(len(totals)), where=totals > 0)
    figure = go.Figure(
        go.Bar(
            x=shares,
            y=list(labels),
            orientation="h",
            marker_color=theme.digit_colours(len(labels)),
            text=[percent(share) for share in shares],
            textposition="inside",
            insidetextanchor="start",
            customdata=np.stack([np.diag(counts), totals], axis=1),
            hovertemplate="%{y}: %{customdata[0]:,} of %{customdata[1]:,} read correctly<extra></extra>",
        )
    )
    present = shares[totals > 0]
    if len(present):
        mean, ink = float(present.mean()), theme.palette(dark)["ink"]
        figure.add_vline(x=mean, line={"dash": "dash", "width": 1.5, "color": ink})
        figure.add_annotation(
            x=mean, y=1, yref="paper", yanchor="bottom", xanchor="right" if mean > 0.5 else "left", showarrow=False,
            text=f"mean {percent(mean)}", font={"size": 14, "color": ink},
        )  # fmt: skip
    figure.update_layout(template=theme.template(dark), hovermode="closest", bargap=0.2)
    figure.update_layout(margin={"l": 16, "r": 32, "t": theme.BAR + 24, "b": 16})
    figure.update_xaxes(title_text="read correctly", range=[0, 1], tickformat=".0%", fixedrange=True)
    labelled = {"type": "category", "autorange": "reversed", "ticklabelstandoff": 6}
    figure.update_yaxes(title_text="true class", showgrid=False, fixedrange=True, **labelled)
    return figure


def looks(own: Sequence[str]) -> list[tuple[str, int]]:
    """A colour for each of several runs, its own or one that is still free, and how many before it have the same."""
    free = [each for each in theme.digit_colours() if each not in own]
    given = iter(free * (len(own) // len(free) + 1))
    colours = [each or next(given) for each in own]
    return [(colour, colours[:place].count(colour)) for place, colour in enumerate(colours)]


def overlay(
    curves: Sequence[tuple[str, Sequence[int], Sequence[float]]],
    *,
    y_title: str,
    percent: bool = False,
    colours: Sequence[str] = (),
    dark: bool,
) -> go.Figure:
    """Validation curves of several runs on one chart.

    curves: title, epochs, values of each run
    colours: of each, "" for one that has none of its own; those that share a colour differ by their markers
    """
    form = ".2%" if percent else ".4f"
    figure = go.Figure()
    for (title, epochs, values), (colour, marker) in zip(curves, looks(colours or [""] * len(curves)), strict=True):
        figure.add_scatter(
            x=np.asarray(epochs),
            y=np.asarray(values, dtype=np.float32),
            name=html.escape(title),  # which Plotly would take for markup
            mode="lines+markers",
            line={"color": colour, "dash": theme.VALIDATION, "width": 2.5},
            marker={"size": 8 if marker else 6, "symbol": MARKERS[marker % len(MARKERS)]},
            hovertemplate=f"%{{y:{form}}}",
        )
    figure.update_layout(template=theme.template(dark), showlegend=True)
    figure.update_layout(margin={"l": 64, "r": 16, "t": 48, "b": 48})
    last = max((epoch for _, epochs, _ in curves for epoch in epochs), default=0)
    whole = {"dtick": 1} if last <= MOST_TICKS else {}
    figure.update_xaxes(title_text="epoch", rangemode="tozero", tickformat="d", hoverformat="d", **whole)
    figure.update_yaxes(title_text=y_title, tickformat=".0%" if percent else None)
    return figure
