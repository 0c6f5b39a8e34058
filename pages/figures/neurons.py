"""Figures about one neuron and about a few of them. Data in, Plotly figure out."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from pages.figures import theme
from pages.figures.axes import log_axis

TARGET, OUTPUT, NEURONS = 0, 1, 2
"""Traces of `fitted`: the function, the network, and from here on one for each neuron."""


def line_neuron(
    x: np.ndarray,
    inside: np.ndarray,
    outside: np.ndarray,
    point: tuple[float, float],
    bend: float | None,
    *,
    dark: bool,
) -> go.Figure:
    """What enters the activation, the line z = wx + b, and what leaves it; trace 0 is the point on the curve.

    x, inside, outside: (N,); bend: where z is 0
    """
    colours = theme.palette(dark)
    figure = go.Figure()
    figure.add_scatter(
        x=[point[0]], y=[point[1]], mode="markers", hoverinfo="skip", showlegend=False, zorder=10,
        marker={"size": 16, "color": theme.ACCURACY_COLOUR, "line": {"color": colours["paper"], "width": 3}},
    )  # fmt: skip
    figure.add_scatter(
        x=x, y=inside, name="z = wx + b, into the activation", mode="lines", hovertemplate="%{y:.3f}",
        line={"color": colours["muted"], "width": 2, "dash": "dash", "simplify": False},
    )  # fmt: skip
    figure.add_scatter(
        x=x, y=outside, name="a = f(z), the neuron's output", mode="lines", hovertemplate="%{y:.3f}",
        line={"color": theme.ACCURACY_COLOUR, "width": 4, "simplify": False},
    )  # fmt: skip
    figure.add_shape(
        type="line", x0=point[0], x1=point[0], y0=-3, y1=point[1],
        line={"color": theme.ACCURACY_COLOUR, "width": 1.5, "dash": "dot"},
    )  # fmt: skip
    if bend is not None and x[0] <= bend <= x[-1]:
        figure.add_shape(
            type="line", x0=bend, x1=bend, y0=0, y1=1, yref="paper", line={"color": colours["muted"], "width": 1}
        )
        figure.add_annotation(
            x=bend, y=0, yref="paper", yanchor="bottom", text="z = 0", showarrow=False,
            xshift=26 if bend < 0 else -26, font={"color": colours["muted"], "size": 14},
        )  # fmt: skip
    figure.update_layout(template=theme.template(dark), margin={"l": 8, "r": 12, "t": 8, "b": 8})
    figure.update_xaxes(title_text="input x", range=(x[0], x[-1]), hoverformat=".2f")
    figure.update_yaxes(title_text="z and a", range=(-3, 4), zerolinewidth=2)
    return figure


def plane_neuron(
    across: np.ndarray,
    up: np.ndarray,
    output: np.ndarray,
    weights: tuple[float, float],
    bias: float,
    point: tuple[float, float],
    limits: tuple[float, float],
    *,
    dark: bool,
) -> go.Figure:
    """The output over two inputs, the line on which z = 0, and the weights as an arrow that stands on it.

    Traces that can be dragged: 0, the input; 1, the tip of the arrow. Both axes have the same scale, so that right
    angles are right. across: (N,); up: (M,); output: (M, N)
    """
    ink, paper = theme.palette(dark)["ink"], theme.palette(dark)["paper"]
    figure = go.Figure()
    w1, w2 = weights
    for place, symbol in ((point, "circle"), (weights, "diamond")):
        figure.add_scatter(
            x=[place[0]], y=[place[1]], mode="markers", hoverinfo="skip", showlegend=False, zorder=10,
            marker={"size": 18, "symbol": symbol, "color": ink, "line": {"color": paper, "width": 3}},
        )  # fmt: skip
    scale = {"colorscale": theme.signed(dark), "zmid": 0} if limits[0] < 0 else {"colorscale": theme.SEQUENTIAL}
    figure.add_heatmap(
        x=across, y=up, z=output, zmin=limits[0], zmax=limits[1], zsmooth="best", **scale,
        colorbar={"title": {"text": "a"}, "thickness": 10, "len": 1, "xpad": 4},
        hovertemplate="x₁ %{x:.2f}, x₂ %{y:.2f}: %{z:.3f}<extra></extra>",
    )  # fmt: skip
    length = np.hypot(w1, w2)
    if length > 1e-9:
        foot, along = -bias * np.array(weights) / length**2, np.array([-w2, w1]) / length
        ends = np.array([foot - 12 * along, foot + 12 * along])
        for width, colour in ((5, paper), (2.5, ink)):
            figure.add_scatter(
                x=ends[:, 0], y=ends[:, 1], mode="lines", hoverinfo="skip", showlegend=False,
                line={"color": colour, "width": width, "dash": "solid" if colour == paper else "dash"},
            )  # fmt: skip
    for width, colour in ((6, paper), (3, ink)):
        figure.add_scatter(
            x=[0, w1], y=[0, w2], mode="lines", hoverinfo="skip", showlegend=False,
            line={"color": colour, "width": width},
        )  # fmt: skip
    for place, text in ((weights, "weights"), (point, "input")):
        figure.add_annotation(
            x=place[0], y=place[1], text=text, showarrow=False, yshift=-22 if place[1] < 0 else 22,
            font={"size": 14, "color": ink}, bgcolor=paper, opacity=0.85, borderpad=1,
        )  # fmt: skip
    figure.update_layout(template=theme.template(dark), margin={"l": 8, "r": 8, "t": 12, "b": 8}, hovermode="closest")
    figure.update_xaxes(
        title_text="input x₁", range=(across[0], across[-1]), showgrid=False, zeroline=False, constrain="domain"
    )
    figure.update_yaxes(
        title_text="input x₂", range=(up[0], up[-1]), showgrid=False, zeroline=False, scaleanchor="x",
        constrain="domain",
    )  # fmt: skip
    return figure


def fitted(x: np.ndarray, target: np.ndarray, output: np.ndarray, *, dark: bool) -> go.Figure:
    """The function, and the network that approximates it; arrays (N,)."""
    figure = go.Figure()
    figure.add_scatter(
        x=x, y=target, name="the function", mode="lines", hovertemplate="%{y:.3f}",
        line={"color": theme.palette(dark)["muted"], "width": 6, "simplify": False}, opacity=0.55,
    )  # fmt: skip
    figure.add_scatter(
        x=x, y=output, name="the network", mode="lines", hovertemplate="%{y:.3f}",
        line={"color": theme.ACCURACY_COLOUR, "width": 3, "simplify": False},
    )  # fmt: skip
    low, high = float(target.min()), float(target.max())
    room = 0.25 * max(high - low, 1.0)
    figure.update_layout(template=theme.template(dark), margin={"l": 8, "r": 12, "t": 8, "b": 8})
    figure.update_xaxes(title_text="x", range=(x[0], x[-1]), hoverformat=".2f")
    figure.update_yaxes(title_text="f(x)", range=(low - room, high + room), zeroline=False)
    return figure


def contributions(x: np.ndarray, parts: np.ndarray, bends: np.ndarray, reach: float, *, dark: bool) -> go.Figure:
    """What every neuron adds, and where it bends; trace i is neuron i, the last trace has the bends.

    parts: (n, N); bends: (n,); reach: the picture goes from -reach to reach
    """
    figure = go.Figure()
    colours = [theme.DIGIT_COLOURS[i % len(theme.DIGIT_COLOURS)] for i in range(len(parts))]
    for index, (part, colour) in enumerate(zip(parts, colours, strict=True)):
        figure.add_scatter(
            x=x, y=part, name=f"neuron {index + 1}", mode="lines", showlegend=False,
            line={"color": colour, "width": 2, "simplify": False}, hovertemplate="%{y:.2f}",
        )  # fmt: skip
    figure.add_scatter(
        x=bends, y=np.full(len(bends), -reach * 0.97), mode="markers", hoverinfo="skip", showlegend=False,
        marker={"symbol": "triangle-up", "size": 13, "color": colours},
    )  # fmt: skip
    figure.update_layout(template=theme.template(dark), margin={"l": 8, "r": 12, "t": 8, "b": 8}, hovermode="closest")
    figure.update_xaxes(title_text="x (▲ where a neuron's input is 0)", range=(x[0], x[-1]), hoverformat=".2f")
    figure.update_yaxes(title_text="each neuron adds", range=(-reach, reach), zerolinewidth=2)
    return figure


def losses(steps: Sequence[int], values: Sequence[float], *, dark: bool) -> go.Figure:
    """The mean squared error against the step, on a logarithmic axis."""
    figure = go.Figure(
        go.Scatter(x=list(steps), y=list(values), mode="lines", line={"color": theme.LOSS_COLOUR, "width": 3},
                   hovertemplate="%{y:.3g}")
    )  # fmt: skip
    figure.add_scatter(
        x=[steps[-1]], y=[values[-1]], mode="markers", hoverinfo="skip",
        marker={"size": 11, "color": theme.LOSS_COLOUR},
    )  # fmt: skip
    lowest = max(min(values), 1e-12)
    limits = [np.log10(lowest) - 0.3, np.log10(max(values)) + 0.3]
    figure.update_layout(template=theme.template(dark), margin={"l": 8, "r": 12, "t": 8, "b": 8}, showlegend=False)
    figure.update_xaxes(title_text="step", range=(-0.02 * steps[-1], steps[-1] * 1.04), hoverformat=".0f")
    figure.update_yaxes(title_text="mean squared error", tickfont_size=12, **log_axis(*limits))
    return figure
