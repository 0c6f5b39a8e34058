"""Figures about a line that finds its points. Data in, Plotly figure and its frames' tracks out."""

import numpy as np
import plotly.graph_objects as go

from dlcore.descent.regression import Bowl, Descent
from dlcore.formula.numbers import number
from pages.figures import theme
from pages.figures.axes import log_axis
from pages.figures.film import Track

LINE_COLOUR, TRAINED_COLOUR, POINT_COLOUR = "#e76300", "#3f90da", "#94a4a2"
GRID = 81


def fit(
    descent: Descent,
    x: np.ndarray,
    steps: np.ndarray,
    exact: tuple[float, float],
    asked: tuple[float, ...],
    *,
    sticks: bool = False,
    dark: bool,
) -> tuple[go.Figure, list[Track]]:
    """The points (trace 0), the line after each of `steps`, the exact line, and the line's height at `asked` x.

    x: float64 (N,) of the data, unscaled; sticks: the error of each point as a line down to the fit
    """
    y, colours = descent.bowl.y, theme.palette(dark)
    x_range = _padded([*x, *asked])
    ends = np.array(x_range)
    slopes, intercepts = descent.line(steps)
    figure = _figure(dark)
    figure.add_scatter(
        x=x, y=y, mode="markers", marker={"size": 8 if len(x) <= 150 else 6, "color": POINT_COLOUR, "opacity": 0.85},
        hovertemplate="x %{x:.3g}, y %{y:.3g}<extra></extra>", name="points",
    )  # fmt: skip
    figure.add_scatter(
        x=ends, y=exact[0] * ends + exact[1], mode="lines", name="exact solution", hoverinfo="skip",
        line={"color": colours["ink"], "width": 2, "dash": "dash"},
    )  # fmt: skip
    heights = slopes[:, None] * ends + intercepts[:, None]
    figure.add_scatter(
        x=ends, y=heights[-1], mode="lines", name="gradient descent", hoverinfo="skip",
        line={"color": LINE_COLOUR, "width": 3.5},
    )  # fmt: skip
    at = np.asarray(asked)
    predicted = slopes[:, None] * at + intercepts[:, None]
    figure.add_scatter(
        x=at, y=predicted[-1], mode="markers", name="predictions", cliponaxis=False,
        hovertemplate="prediction at x = %{x:.3g}: %{y:.4f}<extra></extra>",
        marker={"size": 12, "symbol": "diamond", "color": LINE_COLOUR, "line": {"color": colours["paper"], "width": 1}},
    )  # fmt: skip
    tracks = [Track(2, y=heights, mode="set"), Track(3, y=predicted, mode="set")]
    if sticks:
        on_line = slopes[:, None] * x + intercepts[:, None]
        gaps = np.full_like(on_line, np.nan)
        error = np.stack([np.broadcast_to(y, on_line.shape), on_line, gaps], axis=-1).reshape(len(steps), -1)
        figure.add_scatter(
            x=np.stack([x, x, np.full_like(x, np.nan)], axis=1).ravel(), y=error[-1], mode="lines", hoverinfo="skip",
            line={"color": LINE_COLOUR, "width": 1}, opacity=0.5, zorder=-1, name="errors",
        )  # fmt: skip
        tracks.append(Track(4, y=error, mode="set"))
    figure.update_xaxes(title_text="x", range=x_range, zeroline=False)
    figure.update_yaxes(title_text="y", range=_padded([*y, *(exact[0] * at + exact[1])]), zeroline=False)
    return figure, tracks


def bowl(
    descent: Descent,
    steps: np.ndarray,
    *,
    others: tuple[tuple[str, Descent, np.ndarray, str], ...] = (),
    dark: bool,
) -> tuple[go.Figure, list[Track]]:
    """The loss over (w, b) from above, its lowest point, and the way down.

    others: more descents over the same bowl: title, descent, its steps (as many as there are frames), colour
    """
    shape, colours = descent.bowl, theme.palette(dark)
    ways = [("gradient descent", descent, steps, LINE_COLOUR), *others]
    ranges = _window(shape, [(each.w[shown], each.b[shown]) for _, each, shown, _ in ways])
    figure = _figure(dark)
    figure.add_trace(_rings(shape, ranges))
    figure.add_scatter(
        x=[shape.minimum[0]], y=[shape.minimum[1]], mode="markers", name="exact solution",
        marker={"size": 15, "symbol": "star", "color": "#ffffff", "line": {"color": "#1c2430", "width": 1.5}},
        hovertemplate="exact solution: w %{x:.4f}, b %{y:.4f}<extra></extra>",
    )  # fmt: skip
    tracks = []
    for title, each, shown, colour in ways:
        w, b = each.w[shown], each.b[shown]
        width, size = (4, 16) if each is descent else (1.5, 9)
        first = len(figure.data)
        figure.add_scatter(
            x=w, y=b, mode="lines+markers", name=title, hoverinfo="skip",
            line={"color": colour, "width": width}, marker={"size": width + 2, "color": colour},
        )  # fmt: skip
        figure.add_scatter(
            x=w[-1:], y=b[-1:], mode="markers", name=title, hoverinfo="skip",
            marker={"size": size, "color": colour, "line": {"color": "#ffffff", "width": 2}},
        )  # fmt: skip
        tracks += [Track(first, x=w, y=b), Track(first + 1, x=w, y=b, mode="point")]
    per = "" if descent.scale == 1 and not descent.shift else " (for the scaled x)"
    figure.update_xaxes(title_text=f"slope w{per}", range=ranges[0], zeroline=False, showgrid=False)
    figure.update_yaxes(title_text=f"intercept b{per}", range=ranges[1], zeroline=False, showgrid=False)
    figure.update_layout(plot_bgcolor=colours["panel"])
    return figure, tracks


def loss_curve(
    epochs: np.ndarray,
    losses: np.ndarray,
    lowest: float,
    now: np.ndarray,
    loss_now: np.ndarray,
    *,
    dark: bool,
) -> tuple[go.Figure, list[Track]]:
    """The loss against epochs on a logarithmic axis, the lowest loss that a line can have, and the current step.

    epochs, losses: (K,), the whole curve; now, loss_now: (count,), at each frame
    """
    figure = _figure(dark)
    figure.add_scatter(
        x=epochs, y=losses, mode="lines", name="loss", line={"color": LINE_COLOUR, "width": 2.5},
        hovertemplate="epoch %{x:,.4~g}: loss %{y:.5g}<extra></extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=now[-1:], y=loss_now[-1:], mode="markers", hoverinfo="skip",
        marker={"size": 13, "color": LINE_COLOUR, "line": {"color": theme.palette(dark)["paper"], "width": 2}},
    )  # fmt: skip
    ceiling = 1e6 * max(losses[0], lowest, 1e-12)
    low = np.log10(max(lowest, losses.min(initial=np.inf), 1e-12 * max(losses[0], 1e-12)))
    high = np.log10(np.nanmax(np.minimum(losses, ceiling), initial=10**low))
    if lowest > 10 ** (low - 1):
        line = {"dash": "dash", "width": 2, "color": theme.palette(dark)["ink"]}
        figure.add_hline(y=lowest, line=line)
        figure.add_annotation(
            x=1, xref="paper", xanchor="right", y=np.log10(lowest), yanchor="top", showarrow=False,
            text=f"no line has less than {number(lowest)}", font={"color": theme.palette(dark)["muted"], "size": 14},
        )  # fmt: skip
    pad = max(0.1 * (high - low), 0.1)
    below = max(0.25 * (high - low), 0.25)  # room for the words
    figure.update_xaxes(title_text="epoch", range=[0, max(float(epochs[-1]), 1e-9)], zeroline=False)
    figure.update_yaxes(title_text="loss J", **log_axis(low - below, high + pad))
    return figure, [Track(1, x=now, y=loss_now, mode="point")]


def _rings(shape: Bowl, ranges: tuple[list[float], list[float]]) -> go.Contour:
    """Contours at equal steps of √(J − lowest), which is the distance from the minimum in units of the bowl's shape."""
    w, b = (np.linspace(*each, GRID) for each in ranges)
    losses = shape.loss(w[None, :], b[:, None])
    lowest = float(shape.loss(*shape.minimum))
    return go.Contour(
        x=w, y=b, z=np.sqrt(np.maximum(losses - lowest, 0)), customdata=losses, ncontours=16, showscale=False,
        colorscale=theme.SEQUENTIAL, reversescale=True, line={"width": 0.6, "color": "rgba(255,255,255,0.45)"},
        hovertemplate="w %{x:.3f}, b %{y:.3f}: loss %{customdata:.5g}<extra></extra>",
    )  # fmt: skip


def _window(shape: Bowl, ways: list[tuple[np.ndarray, np.ndarray]]) -> tuple[list[float], list[float]]:
    """What to show: starts and minimum with room around them, and as much of the ways as stays near."""
    ranges = []
    for axis, centre in enumerate(shape.minimum):
        starts = max(abs(way[axis][0] - centre) for way in ways)
        spread = float(np.ptp(shape.y)) / (max(float(np.ptp(shape.x)), 1e-9) if axis == 0 else 1)
        near = max(starts, 0.5 * spread, 1e-3)
        reached = max(np.abs(np.clip(way[axis] - centre, -4 * near, 4 * near)).max() for way in ways)
        ranges.append([centre - 1.12 * max(near, reached), centre + 1.12 * max(near, reached)])
    return ranges[0], ranges[1]


def _padded(values: list[float]) -> list[float]:
    low, high = float(np.min(values)), float(np.max(values))
    pad = max(0.06 * (high - low), 1e-3)
    return [low - pad, high + pad]


def _figure(dark: bool) -> go.Figure:
    layout = {"template": theme.template(dark), "showlegend": False, "hovermode": "closest", "dragmode": False}
    return go.Figure(layout={**layout, "margin": {"l": 56, "r": 12, "t": 12, "b": 48}})
