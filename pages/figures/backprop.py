"""Figures of the backpropagation page. Data in, Plotly figure out."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dlcore.formula.numbers import number
from pages.figures import theme

_MARK = "#e76300"


def loss_curve(losses: Sequence[float], done: int, dark: bool) -> go.Figure:
    """J after every update, with the one that is looked at marked."""
    ink = theme.palette(dark)["ink"]
    figure = go.Figure()
    figure.add_scatter(
        x=np.arange(len(losses)),
        y=np.asarray(losses),
        mode="lines" if len(losses) > 30 else "lines+markers",
        line={"color": theme.LOSS_COLOUR, "width": 2.5},
        hovertemplate="after %{x} updates: J = %{y:.4~g}<extra></extra>",
    )
    figure.add_scatter(
        x=[done],
        y=[losses[done]],
        mode="markers+text",
        marker={"size": 12, "color": _MARK, "line": {"color": ink, "width": 1.5}},
        text=[number(losses[done], 3)],
        textposition="top right" if done < len(losses) * 0.85 else "top left",
        hoverinfo="skip",
    )
    top = max(max(losses), 1e-12)
    figure.update_layout(template=theme.template(dark), showlegend=False, hovermode="closest")
    figure.update_layout(margin={"l": 56, "r": 16, "t": 12, "b": 44})
    figure.update_xaxes(title_text="updates", range=[-0.02 * max(10, len(losses)), 1.04 * max(10, len(losses) - 1)])
    figure.update_yaxes(title_text="loss J, all samples", range=[-0.02 * top, 1.22 * top])
    return figure


def output_map(axis: np.ndarray, values: np.ndarray, points: np.ndarray, targets: np.ndarray, dark: bool) -> go.Figure:
    """What the network says everywhere on a plane of two inputs, and its samples.

    axis: (n,) both inputs; values: (n, n) rows follow the second input; points: (m, 2); targets: (m,)
    """
    colours = theme.palette(dark)
    low, high = min(0.0, float(values.min())), max(1.0, float(values.max()))
    figure = go.Figure(
        go.Heatmap(
            x=axis, y=axis, z=values, zmin=low, zmax=high, colorscale=theme.SEQUENTIAL,
            colorbar={"title": {"text": "output", "side": "right"}, "thickness": 12, "tickfont": {"size": 14}},
            hovertemplate="x₁ %{x:.2f}, x₂ %{y:.2f}: %{z:.3f}<extra></extra>",
        )
    )  # fmt: skip
    figure.add_scatter(
        x=points[:, 0], y=points[:, 1], mode="markers", hovertemplate="sample, target %{customdata:.3g}<extra></extra>",
        customdata=targets,
        marker={
            "size": 13, "color": targets, "cmin": low, "cmax": high, "colorscale": theme.SEQUENTIAL,
            "line": {"color": "#ffffff", "width": 2.5},
        },
    )  # fmt: skip
    figure.update_layout(template=theme.template(dark), showlegend=False, hovermode="closest")
    figure.update_layout(margin={"l": 48, "r": 8, "t": 12, "b": 44})
    edge = [float(axis[0]), float(axis[-1])]
    figure.update_xaxes(title_text="input x₁", range=edge, showgrid=False, zeroline=False, color=colours["muted"])
    figure.update_yaxes(title_text="input x₂", range=edge, showgrid=False, zeroline=False, color=colours["muted"])
    return figure


def fitted_curve(
    axis: np.ndarray, values: np.ndarray, points: np.ndarray, targets: np.ndarray, dark: bool
) -> go.Figure:
    """What a network of one input says along it, and its samples. All (n,)."""
    figure = go.Figure()
    figure.add_scatter(
        x=axis, y=values, name="network", mode="lines", line={"color": theme.LOSS_COLOUR, "width": 3},
        hovertemplate="%{y:.3f}",
    )  # fmt: skip
    figure.add_scatter(
        x=points,
        y=targets,
        name="samples",
        mode="markers",
        marker={"size": 11, "color": _MARK},
        hovertemplate="%{y:.3f}",
    )
    figure.update_layout(template=theme.template(dark), margin={"l": 48, "r": 8, "t": 32, "b": 44})
    figure.update_xaxes(title_text="input x")
    figure.update_yaxes(title_text="output")
    return figure


def widths(errors: Sequence[tuple[float, float]], h: float, dark: bool) -> go.Figure:
    """The error of the finite difference against its width h, both on logarithmic axes, the chosen width marked."""
    steps, found = np.array(errors).T
    found = np.maximum(found, 1e-18)
    near = int(np.abs(np.log10(steps) - np.log10(h)).argmin())
    figure = go.Figure()
    figure.add_scatter(
        x=steps, y=found, mode="lines+markers", line={"color": theme.LOSS_COLOUR, "width": 2.5}, marker={"size": 8},
        hovertemplate="h = %{x:.0e}: error %{y:.1e}<extra></extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=[steps[near]], y=[found[near]], mode="markers", hoverinfo="skip",
        marker={"size": 14, "color": _MARK, "line": {"color": theme.palette(dark)["ink"], "width": 1.5}},
    )  # fmt: skip
    for x, text, side in ((1.0, "too wide:<br>misses the curve", "right"), (0.0, "too narrow:<br>rounding", "left")):
        figure.add_annotation(
            x=x, y=1.0, xref="paper", yref="paper", xanchor=side, yanchor="bottom", align=side, text=text,
            showarrow=False, font={"size": 14},
        )  # fmt: skip
    figure.update_layout(template=theme.template(dark), showlegend=False, hovermode="closest")
    figure.update_layout(margin={"l": 72, "r": 16, "t": theme.BAR + 44, "b": 48})
    figure.update_xaxes(title_text="width h of the finite difference", type="log", exponentformat="power", dtick=2)
    figure.update_yaxes(title_text="largest error", type="log", exponentformat="power", dtick=2)
    return figure


def profile(names: Sequence[str], rows: Sequence[tuple[str, Sequence[float]]], y_title: str, dark: bool) -> go.Figure:
    """One number for each layer, a line for each checkpoint, on a logarithmic axis."""
    figure = go.Figure()
    for place, (title, values) in enumerate(rows):
        figure.add_scatter(
            x=list(names), y=np.maximum(np.asarray(values, dtype=float), 1e-30), name=title, mode="lines+markers",
            line={"color": (theme.LOSS_COLOUR, _MARK)[place % 2], "width": 2.5, "dash": ("solid", "dash")[place % 2]},
            marker={"size": 8}, hovertemplate="%{y:.3~g}",
        )  # fmt: skip
    figure.update_layout(template=theme.template(dark), showlegend=True, margin={"l": 72, "r": 16, "t": 36, "b": 64})
    figure.update_xaxes(type="category", tickangle=-45)
    figure.update_yaxes(title_text=y_title, type="log", exponentformat="power", dtick=1)
    return figure
