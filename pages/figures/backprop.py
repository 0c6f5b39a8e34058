"""Figures of the backpropagation page. Data in, Plotly figure out."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dlcore.formula.numbers import number
from pages.figures import theme
from pages.figures.axes import around, log_axis
from pages.figures.film import Film

_MARK = "#e76300"


def loss_curve(losses: Sequence[float], done: int, dark: bool) -> Film:
    """J after every update: the way to the one that is looked at, which is marked, and faintly what comes after it.

    Frame t looks at update t.
    """
    ink = theme.palette(dark)["ink"]
    updates, losses = np.arange(len(losses)), np.asarray(losses)
    film = Film(go.Figure())
    line = {"color": theme.LOSS_COLOUR, "width": 2.5}
    film.figure.add_scatter(x=updates, y=losses, mode="lines", line=line, opacity=0.3,
                            hovertemplate="after %{x} updates: J = %{y:.4~g}<extra></extra>")  # fmt: skip
    film.figure.add_scatter(x=updates[: done + 1], y=losses[: done + 1], mode="lines", line=line, hoverinfo="skip")
    film.follow("trail", x=updates, y=losses)
    film.figure.add_scatter(
        x=[done],
        y=[losses[done]],
        mode="markers+text",
        marker={"size": 12, "color": _MARK, "line": {"color": ink, "width": 1.5}},
        text=[number(losses[done], 3)],
        textposition="top right" if done < len(losses) * 0.85 else "top left",
        hoverinfo="skip",
    )
    film.follow("point", x=updates, y=losses)
    top = max(losses.max(), 1e-12)
    film.figure.update_layout(template=theme.template(dark), showlegend=False, hovermode="closest")
    film.figure.update_layout(margin={"l": 56, "r": 16, "t": 12, "b": 44})
    end = max(10, len(losses) - 1)
    film.figure.update_xaxes(title_text="updates", range=[-0.02 * end, 1.04 * end])
    film.figure.update_yaxes(title_text="loss J, all samples", range=[-0.02 * top, 1.22 * top])
    return film


def output_map(
    axis: np.ndarray, values: np.ndarray, points: np.ndarray, targets: np.ndarray, done: int, dark: bool
) -> Film:
    """What the network says everywhere on a plane of two inputs, and its samples.

    axis: (n,) both inputs; values: (updates, n·n) where the first input runs first; points: (m, 2); targets: (m,)
    done: the update that is looked at before the film
    """
    colours = theme.palette(dark)
    low, high = min(0.0, float(values.min())), max(1.0, float(values.max()))
    count = len(axis)
    film = Film(go.Figure())
    film.figure.add_heatmap(
        x=np.tile(axis, count), y=np.repeat(axis, count), z=values[done], zmin=low, zmax=high, zsmooth="best",
        colorscale=theme.SEQUENTIAL,
        colorbar={"title": {"text": "output", "side": "right", "font": {"size": 14}}, "thickness": 12,
                  "tickfont": {"size": 14}},
        hovertemplate="x₁ %{x:.2f}, x₂ %{y:.2f}: %{z:.3f}<extra></extra>",
    )  # fmt: skip
    film.follow("set", z=values)
    film.figure.add_scatter(
        x=points[:, 0], y=points[:, 1], mode="markers", hovertemplate="sample, target %{customdata:.3g}<extra></extra>",
        customdata=targets,
        marker={
            "size": 13, "color": targets, "cmin": low, "cmax": high, "colorscale": theme.SEQUENTIAL,
            "line": {"color": "#ffffff", "width": 2.5},
        },
    )  # fmt: skip
    film.figure.update_layout(template=theme.template(dark), showlegend=False, hovermode="closest")
    film.figure.update_layout(margin={"l": 48, "r": 8, "t": 12, "b": 44})
    edge = [float(axis[0]), float(axis[-1])]
    film.figure.update_xaxes(title_text="input x₁", range=edge, showgrid=False, zeroline=False, color=colours["muted"])
    film.figure.update_yaxes(title_text="input x₂", range=edge, showgrid=False, zeroline=False, color=colours["muted"])
    return film


def fitted_curve(
    axis: np.ndarray, values: np.ndarray, points: np.ndarray, targets: np.ndarray, done: int, dark: bool
) -> Film:
    """What a network of one input says along it, and its samples.

    axis: (n,); values: (updates, n); points, targets: (m,); done: the update that is looked at before the film
    """
    film = Film(go.Figure())
    film.figure.add_scatter(
        x=axis, y=values[done], name="network", mode="lines", line={"color": theme.LOSS_COLOUR, "width": 3},
        hovertemplate="%{y:.3f}",
    )  # fmt: skip
    film.follow("set", y=values)
    film.figure.add_scatter(
        x=points,
        y=targets,
        name="samples",
        mode="markers",
        marker={"size": 11, "color": _MARK},
        hovertemplate="%{y:.3f}",
    )
    low, high = min(values[done].min(), targets.min()), max(values[done].max(), targets.max())
    room = 0.1 * (high - low) or 0.1
    film.figure.update_layout(template=theme.template(dark), margin={"l": 48, "r": 8, "t": 32, "b": 44})
    film.figure.update_xaxes(title_text="input x")
    film.figure.update_yaxes(title_text="output", range=[low - room, high + room])
    return film


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
    figure.update_yaxes(title_text=y_title, **log_axis(*around([each for _, values in rows for each in values])))
    return figure
