"""Heat maps of sequences: several quantities at the same steps, or small ones of one scale. Data in, figure out."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import plotly.graph_objects as go

from pages.figures import theme

TICKS = 40
"""Steps up to which each one has its own name at the axis."""


@dataclass(frozen=True)
class Panel:
    """One quantity of a sequence as a heat map.

    values: (steps, things); names: of the things, where there are few
    scale: signed (blue, page, orange), magnitude, or ink (page to ink)
    most: the value at the end of the scale; by default the greatest there is
    share: of the room, beside that of other panels
    said: what a value is called when one points at it
    """

    title: str
    values: np.ndarray
    scale: Literal["signed", "magnitude", "ink"] = "signed"
    most: float | None = None
    names: Sequence[str] = ()
    share: float = 1.0
    said: str = "value"


def panels(
    shown: Sequence[Panel],
    *,
    step_title: str = "step",
    step_names: Sequence[str] = (),
    downwards: bool = False,
    cursor: bool = False,
    dark: bool,
) -> go.Figure:
    """Heat maps of the same steps: below each other with time to the right, or side by side with time downwards.

    step_names: a word for each step, such as the character that was read
    cursor: as many more traces as panels, lines that mark a step; see `cursor_tracks`
    """
    figure = go.Figure()
    steps = len(shown[0].values)
    gap = (0.06 if downwards else 0.12) if len(shown) > 1 else 0.0
    room, total, start = 1.0 - gap * (len(shown) - 1), sum(each.share for each in shown), 0.0
    for number, panel in enumerate(shown, start=1):
        size = room * panel.share / total
        end = 1.0 if number == len(shown) else start + size
        domain = [start, end] if downwards else [1 - end, 1 - start]
        _add_panel(figure, panel, number, domain, downwards, steps, dark)
        _axes(figure, panel, number, len(shown), domain, downwards, step_title, step_names, steps)
        start = end + gap
    if cursor:
        for number, panel in enumerate(shown, start=1):
            _add_cursor(figure, panel, number, downwards, dark)
    figure.update_layout(
        template=theme.template(dark), hovermode="closest", showlegend=False,
        margin={"l": 8, "r": 8, "t": theme.BAR + 24, "b": 44},
    )  # fmt: skip
    return figure


def _suffix(number: int) -> str:
    return "" if number == 1 else str(number)


def _scale(panel: Panel, dark: bool) -> dict:
    values = np.asarray(panel.values, dtype=np.float64)
    most = panel.most or float(np.nanmax(np.abs(values), initial=0.0)) or 1.0
    if panel.scale == "signed":
        return {"colorscale": theme.signed(dark), "zmin": -most, "zmax": most}
    if panel.scale == "ink":
        colours = theme.palette(dark)
        return {"colorscale": [[0, colours["panel"]], [1, colours["ink"]]], "zmin": 0, "zmax": most}
    return {"colorscale": theme.SEQUENTIAL, "zmin": 0, "zmax": most}


def _add_panel(
    figure: go.Figure, panel: Panel, number: int, domain: list[float], downwards: bool, steps: int, dark: bool
) -> None:
    values = np.asarray(panel.values, dtype=np.float32)
    time, thing = ("y", "x") if downwards else ("x", "y")
    step = np.arange(1, steps + 1)
    figure.add_heatmap(
        z=values if downwards else values.T,
        **{time: step, thing: np.arange(1, values.shape[1] + 1)},
        **_scale(panel, dark),
        showscale=False,
        xaxis=f"x{_suffix(number)}",
        yaxis=f"y{_suffix(number)}",
        hovertemplate=f"step %{{{time}}}, %{{{thing}}}: {panel.said} %{{z:.3f}}<extra></extra>",
    )
    place = {"x": domain[0], "y": 1.0} if downwards else {"x": 0.0, "y": domain[1]}
    figure.add_annotation(
        text=panel.title, **place, xref="paper", yref="paper", xanchor="left", yanchor="bottom", yshift=3,
        showarrow=False, font={"size": 14, "color": theme.palette(dark)["ink"]},
    )  # fmt: skip


def _axes(
    figure: go.Figure,
    panel: Panel,
    number: int,
    count: int,
    domain: list[float],
    downwards: bool,
    step_title: str,
    step_names: Sequence[str],
    steps: int,
) -> None:
    suffix = _suffix(number)
    things = np.asarray(panel.values).shape[1]
    plain = {"showgrid": False, "zeroline": False, "fixedrange": True}
    time = {**plain, "range": [0.5, steps + 0.5], "tickformat": "d"}
    thing = {**plain, "range": [0.5, things + 0.5], "showticklabels": False}
    if panel.names:
        thing |= {"showticklabels": True, "tickvals": list(range(1, things + 1)), "ticktext": list(panel.names)}
    if step_names and steps <= TICKS:
        time |= {"tickvals": list(range(1, steps + 1)), "ticktext": list(step_names), "tickangle": 0}
    if downwards:
        first = number == 1
        time |= {"range": [steps + 0.5, 0.5], "showticklabels": first, "title": step_title if first else None}
        figure.update_layout({
            f"xaxis{suffix}": {**thing, "domain": domain, "anchor": f"y{suffix}"},
            f"yaxis{suffix}": {**time, "anchor": f"x{suffix}", **({} if first else {"matches": "y"})},
        })  # fmt: skip
    else:
        last = number == count
        time |= {"showticklabels": last, "title": step_title if last else None}
        figure.update_layout({
            f"xaxis{suffix}": {**time, "anchor": f"y{suffix}", **({} if number == 1 else {"matches": "x"})},
            f"yaxis{suffix}": {**thing, "domain": domain, "anchor": f"x{suffix}"},
        })  # fmt: skip


def _add_cursor(figure: go.Figure, panel: Panel, number: int, downwards: bool, dark: bool) -> None:
    steps, things = np.asarray(panel.values).shape
    across = [0.5, things + 0.5, things + 0.5, 0.5, 0.5]
    along = [steps - 0.5, steps - 0.5, steps + 0.5, steps + 0.5, steps - 0.5]
    figure.add_scatter(
        x=across if downwards else along, y=along if downwards else across, mode="lines", hoverinfo="skip",
        line={"color": theme.palette(dark)["ink"], "width": 2},
        xaxis=f"x{_suffix(number)}", yaxis=f"y{_suffix(number)}",
    )  # fmt: skip


def cursor_path(steps: int) -> np.ndarray:
    """For each step the coordinates in time of the five corners of the frame around it, (steps, 5)."""
    step = np.arange(1, steps + 1)[:, None]
    return step + np.array([[-0.5, -0.5, 0.5, 0.5, -0.5]])


def tiles(
    values: np.ndarray, titles: Sequence[str], *, x_title: str, y_title: str, columns: int = 5, dark: bool
) -> go.Figure:
    """Small heat maps of one scale. values: (N, steps, things), signed; one title for each, a word a line"""
    from plotly.subplots import make_subplots

    rows = math.ceil(len(values) / columns)
    figure = make_subplots(
        rows, columns, subplot_titles=[title.replace(" ", "<br>") for title in titles], horizontal_spacing=0.025,
        vertical_spacing=0.2, shared_xaxes="all", shared_yaxes="all",
    )  # fmt: skip
    most = float(np.abs(values).max(initial=0.0)) or 1.0
    for place, each in enumerate(np.asarray(values, dtype=np.float32)):
        figure.add_heatmap(
            z=each.T, x0=1, y0=1, row=place // columns + 1, col=place % columns + 1, showscale=False,
            colorscale=theme.signed(dark), zmin=-most, zmax=most,
            hovertemplate=f"{x_title} %{{x}}, {y_title} %{{y}}: %{{z:.2f}}<extra></extra>",
        )  # fmt: skip
    margin = {"l": 8, "r": 8, "t": theme.BAR + 40, "b": 44}
    figure.update_layout(template=theme.template(dark), hovermode="closest", margin=margin)
    figure.update_annotations(font={"size": 14, "color": theme.palette(dark)["ink"]})
    figure.update_xaxes(showgrid=False, zeroline=False, fixedrange=True)
    figure.update_yaxes(showgrid=False, zeroline=False, fixedrange=True)
    figure.update_xaxes(title_text=x_title, row=rows)
    figure.update_yaxes(title_text=y_title, col=1)
    return figure
