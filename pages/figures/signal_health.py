"""The signal in the layers of a network in training: histograms over time, and sizes. Data in, figure out."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dlcore.formula.numbers import number, percent
from dlcore.inspect.signal import BINS, EDGES
from pages.figures import theme

_TICKS = (-1e0, -1e-2, -1e-4, -1e-6, 0.0, 1e-6, 1e-4, 1e-2, 1e0)


def over_time(
    steps: Sequence[int], shares: np.ndarray, *, title: str, at: int | None, dark: bool, height: int = 300
) -> go.Figure:
    """How the values of one layer are distributed, step by step; equal steps of the logarithm on both sides of 0.

    shares: (steps, BINS), see dlcore.inspect.signal; at: the step that is shown, with a line; None for the newest
    """
    used = np.flatnonzero(shares.sum(0))
    low, high = (max(0, used[0] - 1), min(BINS - 1, used[-1] + 1)) if len(used) else (0, BINS - 1)
    figure = go.Figure(
        go.Heatmap(
            x=np.arange(len(steps)), y=np.arange(low, high + 1), z=np.sqrt(shares[:, low : high + 1].T),
            colorscale=theme.SEQUENTIAL, showscale=False, zmin=0,
            customdata=_said(steps, shares[:, low : high + 1]), hovertemplate="%{customdata}<extra></extra>",
        )
    )  # fmt: skip
    shown = [each for each in _TICKS if low <= _bin(each) <= high]
    figure.update_layout(template=theme.template(dark), height=height, hovermode="closest")
    figure.update_layout(margin={"l": 64, "r": 12, "t": theme.BAR, "b": 48})
    figure.update_yaxes(title_text=title, tickvals=[_bin(each) for each in shown], showgrid=False, fixedrange=True,
                        ticktext=[number(each, 1) for each in shown])  # fmt: skip
    _time(figure, steps, at, dark)
    return figure


def lines(
    steps: Sequence[int],
    values: np.ndarray,
    names: Sequence[str],
    *,
    title: str,
    at: int | None,
    dark: bool,
    band: tuple[float, float] | None = None,
    share: bool = False,
    height: int = 300,
) -> go.Figure:
    """One line a layer over the steps: values (steps, layers), NaN where a layer has none.

    band: where they usually are; share: from 0 to 1 on a linear axis, else the axis is logarithmic
    """
    figure = go.Figure()
    form = (lambda each: percent(float(each))) if share else (lambda each: number(float(each), 3))
    columns = ((name, column) for name, column in zip(names, values.T, strict=True) if not np.isnan(column).all())
    for place, (name, column) in enumerate(columns):
        figure.add_scatter(
            x=np.arange(len(steps)), y=column if share else np.where(column > 0, column, np.nan), name=name,
            mode="lines+markers" if len(steps) <= 20 else "lines",
            line={"width": 2.5, "color": theme.DIGIT_COLOURS[place % len(theme.DIGIT_COLOURS)]},
            customdata=[f"{name}: {form(each)}" if np.isfinite(each) else "" for each in column],
            hovertemplate="%{customdata}<extra></extra>",
        )  # fmt: skip
    if band:
        figure.add_hrect(y0=band[0], y1=band[1], line_width=0, fillcolor=theme.palette(dark)["grid"], opacity=0.6,
                         layer="below")  # fmt: skip
    figure.update_layout(template=theme.template(dark), height=height, showlegend=True)
    figure.update_layout(margin={"l": 64, "r": 12, "t": 56, "b": 48})
    if share:
        figure.update_yaxes(title_text=title, range=[-0.02, 1.02], tickformat=".0%", fixedrange=True)
    else:
        figure.update_yaxes(title_text=title, type="log", fixedrange=True)
    _time(figure, steps, at, dark)
    return figure


def _time(figure: go.Figure, steps: Sequence[int], at: int | None, dark: bool) -> None:
    """The steps that were looked at, one beside the other, however far apart they are."""
    places = np.unique(np.linspace(0, len(steps) - 1, min(6, len(steps))).round().astype(int))
    figure.update_xaxes(title_text="training step", tickvals=places, ticktext=[f"{steps[each]:,}" for each in places],
                        showgrid=False, fixedrange=True)  # fmt: skip
    if at is not None:
        place = max(0, int(np.searchsorted(steps, at, "right")) - 1)
        figure.add_vline(x=place, line={"width": 2, "color": theme.palette(dark)["ink"]})


def _bin(value: float) -> int:
    return int(np.searchsorted(EDGES.numpy(), value, "left"))


def _said(steps: Sequence[int], shares: np.ndarray) -> list[list[str]]:
    return [
        [f"step {step:,}: {percent(float(each))}" for step, each in zip(steps, row, strict=True)] for row in shares.T
    ]
