"""Figures about activation functions. Data in, Plotly figure out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from dlcore.formula.numbers import fixed, number
from dlcore.functions.activations import ACTIVATIONS
from pages.figures import theme

X_RANGE = (-6.0, 6.0)
X = np.linspace(*X_RANGE, 1201)


@dataclass(frozen=True)
class Curve:
    """One activation over X: its values and derivatives, arrays (1201,); breaks: it or its slope may jump."""

    title: str
    colour: str
    value: np.ndarray
    slope: np.ndarray
    breaks: bool = False


def colours(chosen: Sequence[str]) -> dict[str, str]:
    """A colour for each of the `chosen` names: as far as possible its own, whatever else is chosen."""
    found: dict[str, str] = {}
    for name in chosen:
        own = list(ACTIVATIONS).index(name)
        order = [theme.DIGIT_COLOURS[(own + i) % len(theme.DIGIT_COLOURS)] for i in range(len(theme.DIGIT_COLOURS))]
        found[name] = next((each for each in order if each not in found.values()), order[0])
    return found


def curves(
    shown: Sequence[Curve],
    focus: Curve,
    saturated: Sequence[tuple[float, float]],
    point: tuple[float, float, float],
    *,
    dark: bool,
) -> go.Figure:
    """Above the functions, below their derivatives; the one in focus with its tangent and where it is saturated.

    point: x, f(x) and f'(x) of the focus; trace 0, which can be dragged along x
    """
    x, y, slope = point
    figure = go.Figure()
    dot = {"size": 16, "color": focus.colour, "line": rim(dark)}
    figure.add_scatter(x=[x], y=[y], mode="markers", marker=dot, zorder=10, hoverinfo="skip", showlegend=False)
    figure.add_scatter(
        x=[x], y=[slope], mode="markers", marker={**dot, "size": 12}, zorder=10, hoverinfo="skip", showlegend=False,
        yaxis="y2",
    )  # fmt: skip
    for each in sorted(shown, key=lambda each: each is focus):
        width = 4 if each is focus else 2.5
        for values, axis in ((each.value, "y"), (each.slope, "y2")):
            across, up = _broken(values) if each.breaks else (X, values)
            figure.add_scatter(
                x=across, y=up, name=each.title, mode="lines", yaxis=axis,
                line={"color": each.colour, "width": width, "simplify": False},
                showlegend=axis == "y", legendgroup=each.title, hovertemplate="%{y:.3f}",
            )  # fmt: skip
    low, high = _limits([each.value for each in shown], -2.2, 4.2, (min(y, -0.25), max(y, 1.25)))
    bottom, top = _limits([each.slope for each in shown], -1.3, 2.3, (min(slope, -0.15), max(slope, 1.15)))
    reach = 1.6 / np.hypot(1, slope * 12 / (high - low) * 0.7)
    ends = np.array([-reach, reach])
    figure.add_scatter(
        x=x + ends, y=y + slope * ends, mode="lines", line={"color": theme.palette(dark)["ink"], "width": 2.5},
        hoverinfo="skip", showlegend=False,
    )  # fmt: skip
    for axis, level in (("y", y), ("y2", slope)):
        floor = low if axis == "y" else bottom
        figure.add_shape(
            type="line", x0=x, x1=x, y0=floor, y1=level, yref=axis,
            line={"color": focus.colour, "width": 1.5, "dash": "dot"},
        )  # fmt: skip
    _shade(figure, saturated, dark)
    figure.update_layout(
        template=theme.template(dark),
        margin={"l": 16, "r": 12, "t": 8, "b": 8},
        legend={"y": 1.01, "x": 0, "yanchor": "bottom"},
        hovermode="x unified",
        xaxis={"range": X_RANGE, "anchor": "y2", "title": {"text": "x"}, "hoverformat": ".2f"},
        yaxis={"range": (low, high), "domain": (0.42, 1), "title": {"text": "f(x)"}, "zerolinewidth": 2},
        yaxis2={"range": (bottom, top), "domain": (0, 0.36), "title": {"text": "f′(x)"}, "zerolinewidth": 2},
    )
    return figure


def rim(dark: bool) -> dict:
    """The ring of a point that can be dragged."""
    return {"color": theme.palette(dark)["paper"], "width": 3}


def _broken(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The curve with a gap wherever it jumps, so that no upright line is drawn that is not there."""
    places = np.flatnonzero(np.abs(np.diff(values)) > 0.05) + 1
    return np.insert(X, places, X[places]), np.insert(values, places, np.nan)


def _limits(curves: Sequence[np.ndarray], low: float, high: float, least: tuple[float, float]) -> tuple[float, float]:
    """What the curves need, between (low, high) at most and `least` at least, with a little room."""
    floor = min(least[0], max(low, min(float(each.min()) for each in curves)))
    roof = max(least[1], min(high, max(float(each.max()) for each in curves)))
    room = 0.06 * (roof - floor)
    return floor - room, roof + room


def _shade(figure: go.Figure, regions: Sequence[tuple[float, float]], dark: bool) -> None:
    muted = theme.palette(dark)["muted"]
    for left, right in regions:
        figure.add_shape(
            type="rect", x0=left, x1=right, y0=0, y1=1, yref="paper", layer="below", line_width=0, fillcolor=muted,
            opacity=0.14,
        )  # fmt: skip
    if regions:
        left, right = max(regions, key=lambda region: region[1] - region[0])
        if right - left > 1.5:
            figure.add_annotation(
                x=(left + right) / 2, y=1, yref="paper", yanchor="top", text="saturated", showarrow=False,
                font={"color": muted, "size": 14},
            )  # fmt: skip


def regions(mask: np.ndarray) -> list[tuple[float, float]]:
    """The stretches of X on which `mask` (1201,) holds."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(int), [0]])))
    return [(float(X[first]), float(X[last - 1])) for first, last in edges.reshape(-1, 2)]


def flat_ends(slope: np.ndarray, limit: float) -> list[tuple[float, float]]:
    """Where |slope| (1201,) stays below `limit` out to an end of X: flat for good, and not at a turning point."""
    return [each for each in regions(np.abs(slope) < limit) if each[0] == X[0] or each[1] == X[-1]]


def gate_map(axis: np.ndarray, output: np.ndarray, point: tuple[float, float], *, dark: bool) -> go.Figure:
    """The output of a gated unit over value a (across) and gate b (up); trace 0 is the point that can be dragged.

    axis: (N,); output: (N, N), rows are b
    """
    figure = go.Figure()
    _handle(figure, point, dark)
    figure.add_heatmap(
        x=axis, y=axis, z=output, colorscale=theme.signed(dark), zmid=0, zmin=-4, zmax=4, zsmooth="best",
        colorbar={"thickness": 10, "len": 1, "xpad": 4, "nticks": 5},
        hovertemplate="a %{x:.2f}, b %{y:.2f}: %{z:.3f}<extra></extra>",
    )  # fmt: skip
    figure.update_layout(template=theme.template(dark), margin={"l": 8, "r": 8, "t": 12, "b": 8}, hovermode="closest")
    figure.update_xaxes(title_text="value a", range=(axis[0], axis[-1]), showgrid=False, zeroline=False)
    figure.update_yaxes(title_text="gate b", range=(axis[0], axis[-1]), showgrid=False, zeroline=False)
    return figure


def _handle(figure: go.Figure, point: tuple[float, float], dark: bool) -> None:
    colours = theme.palette(dark)
    figure.add_scatter(
        x=[point[0]], y=[point[1]], mode="markers", hoverinfo="skip", showlegend=False, zorder=10,
        marker={"size": 18, "color": colours["ink"], "line": {"color": colours["paper"], "width": 3}},
    )  # fmt: skip


def gate_slices(
    axis: np.ndarray, slices: Sequence[tuple[float, np.ndarray]], point: tuple[float, float], *, dark: bool
) -> go.Figure:
    """The output against the gate b for several values a, the present one, the first of `slices`, thick."""
    figure = go.Figure()
    muted = theme.palette(dark)["muted"]
    for index, (a, output) in enumerate(slices):
        figure.add_scatter(
            x=axis, y=output, mode="lines", name=f"a = {fixed(a, 2)}", hovertemplate="%{y:.3f}", showlegend=False,
            line={"color": theme.LOSS_COLOUR if index == 0 else muted, "width": 4 if index == 0 else 1.5},
            opacity=1 if index == 0 else 0.6,
        )  # fmt: skip
    figure.add_scatter(
        x=[point[0]], y=[point[1]], mode="markers", hoverinfo="skip", showlegend=False, cliponaxis=False,
        marker={"size": 14, "color": theme.LOSS_COLOUR, "line": rim(dark)},
    )  # fmt: skip
    figure.add_annotation(
        x=point[0], y=point[1], text=f"a = {number(slices[0][0], 3)}", showarrow=False, yshift=20, xshift=-26,
        font={"color": theme.LOSS_COLOUR, "size": 14},
    )  # fmt: skip
    figure.update_layout(template=theme.template(dark), margin={"l": 8, "r": 12, "t": 12, "b": 8})
    figure.update_xaxes(title_text="gate b", range=(axis[0], axis[-1]), hoverformat=".2f")
    figure.update_yaxes(title_text="output", range=(-4.6, 4.6), zerolinewidth=2)
    return figure
