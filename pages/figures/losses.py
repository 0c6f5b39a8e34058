"""Figures about losses. Data in, Plotly figure out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from dlcore.line_fit import Line
from pages.shared import theme

NEGATIVE, POSITIVE = theme.signed(False)[0][1], theme.signed(False)[-1][1]
"""The colours of values below and above zero."""

COLOURS = {
    "mse": "#3f90da", "mae": "#ffa90e", "huber": "#bd1f01", "smooth-l1": "#94a4a2", "quantile": "#832db6",
    "brier": "#3f90da", "bce": "#e76300", "focal": "#832db6",
    "sigmoid-mse": "#3f90da", "bce-logits": "#e76300", "focal-logits": "#832db6", "hinge": "#94a4a2",
}  # fmt: skip
"""The same loss has the same colour in every picture: squared errors are blue, cross-entropies orange."""


@dataclass(frozen=True)
class Curve:
    """One loss, or its gradient, over all predictions `x` and at the current one; arrays (N,)."""

    title: str
    colour: str
    x: np.ndarray
    y: np.ndarray
    now: float
    slope: float | None = None


def curves(
    shown: Sequence[Curve],
    prediction: float,
    target: float | None,
    *,
    x_title: str,
    y_title: str,
    x_range: tuple[float, float],
    y_range: tuple[float, float],
    dark: bool = False,
) -> go.Figure:
    """Each curve, a point where the prediction is on it, and with a slope a piece of the tangent.

    Trace 0 has the points, so that they can be dragged; target: drawn where it is a place on the axis.
    """
    figure = _figure(dark)
    widths = _widths(len(shown))
    figure.add_scatter(
        x=[prediction] * len(shown), y=[each.now for each in shown], mode="markers", zorder=10, hoverinfo="skip",
        marker={"size": [each + 12 for each in widths], "color": [each.colour for each in shown], "line": _rim(dark),
                "opacity": 1},
    )  # fmt: skip
    for each, width in zip(shown, widths, strict=True):
        figure.add_scatter(
            x=each.x, y=each.y, name=each.title, mode="lines", line={"color": each.colour, "width": width},
            hovertemplate="%{y:.4g}",
        )  # fmt: skip
        if each.slope is not None:
            reach = 0.25 * (x_range[1] - x_range[0]) / np.hypot(1, each.slope * _shape(x_range, y_range))
            ends = np.array([-reach, reach])
            figure.add_scatter(
                x=prediction + ends, y=each.now + each.slope * ends, mode="lines", hoverinfo="skip",
                line={"color": theme.palette(dark)["ink"], "width": 1.5}, opacity=0.8,
            )  # fmt: skip
    if target is None:
        _vertical(figure, prediction, "prediction", "dot", y_range[1], "center")
    else:
        left, right = ("right", "left") if prediction < target else ("left", "right")
        _vertical(figure, prediction, "prediction", "dot", y_range[1], left)
        _vertical(figure, target, "target", "solid", y_range[1], right)
    figure.update_xaxes(title_text=x_title, range=x_range, hoverformat=".3g", zeroline=False)
    figure.update_yaxes(title_text=y_title, range=y_range, zeroline=True, zerolinewidth=2)
    return figure


def _widths(count: int) -> list[float]:
    """Widths in px, the first line widest, so that lines that lie on each other all show."""
    return [3.0 + 2 * (count - 1 - index) for index in range(count)]


def _shape(x_range: tuple[float, float], y_range: tuple[float, float]) -> float:
    return (x_range[1] - x_range[0]) / (y_range[1] - y_range[0])


def fitted_lines(
    points: np.ndarray,
    held: int,
    fits: Mapping[str, tuple[str, Line, Line]],
    *,
    x_range: tuple[float, float],
    y_range: tuple[float, float],
    dark: bool = False,
) -> go.Figure:
    """Points and the best line of each loss, dotted where it would be without the held point.

    points: (N, 2), trace 0; fits: name of a loss → title, line, line without the held point
    """
    figure = _figure(dark)
    ink = theme.palette(dark)["ink"]
    ring = {"color": [POSITIVE if index == held else theme.palette(dark)["paper"] for index in range(len(points))],
            "width": [4 if index == held else 2 for index in range(len(points))]}  # fmt: skip
    figure.add_scatter(
        x=points[:, 0], y=points[:, 1], mode="markers", zorder=10, name="points",
        marker={"size": [18 if index == held else 13 for index in range(len(points))], "color": ink, "line": ring,
                "opacity": 1},
        hovertemplate="x %{x:.1f}, y %{y:.1f}: drag me<extra></extra>",
    )  # fmt: skip
    ends = np.array(x_range)
    for width, (name, (title, line, without)) in zip(_widths(len(fits)), fits.items(), strict=True):
        look = {"mode": "lines", "hoverinfo": "skip"}
        figure.add_scatter(
            x=ends, y=without(ends), line={"color": COLOURS[name], "width": 2, "dash": "dot"}, opacity=0.8, **look
        )
        figure.add_scatter(x=ends, y=line(ends), name=title, line={"color": COLOURS[name], "width": width}, **look)
    figure.update_layout(hovermode="closest")
    figure.update_xaxes(title_text="x", range=x_range, zeroline=False)
    figure.update_yaxes(title_text="y", range=y_range, zeroline=False)
    return figure


def logit_bars(
    logits: Sequence[float], labels: Sequence[str], true: int, *, limit: float, dark: bool = False
) -> go.Figure:
    """A bar for each class with a handle at its end; trace 0 has the handles."""
    figure = _bars_figure(labels, true, dark)
    rows = list(range(len(labels)))
    colours = theme.digit_colours(len(labels))
    figure.add_scatter(
        x=list(logits), y=rows, mode="markers", zorder=10, hovertemplate="logit %{x:.2f}: drag me<extra></extra>",
        marker={"size": 20, "color": colours, "line": _rim(dark)},
    )  # fmt: skip
    figure.add_bar(x=list(logits), y=rows, orientation="h", marker_color=colours, opacity=0.55, hoverinfo="skip")
    for row, value in zip(rows, logits, strict=True):
        beside = {"xanchor": "left", "xshift": 12} if value >= 0 else {"xanchor": "right", "xshift": -12}
        figure.add_annotation(x=value, y=row, text=f"{value:.1f}".replace("-", "−"), showarrow=False, **beside)
    figure.update_xaxes(title_text="logit z", range=[-limit * 1.25, limit * 1.25], zerolinewidth=2)
    return figure


def probability_bars(
    probabilities: Sequence[float], wanted: Sequence[float], labels: Sequence[str], true: int, *, dark: bool = False
) -> go.Figure:
    """What the softmax makes of the logits, and for each class the target as an upright mark."""
    figure = _bars_figure(labels, true, dark)
    rows = list(range(len(labels)))
    figure.add_bar(
        x=list(probabilities), y=rows, orientation="h", marker_color=theme.digit_colours(len(labels)),
        hovertemplate="%{x:.2%}<extra></extra>",
    )  # fmt: skip
    ink = theme.palette(dark)["ink"]
    figure.add_scatter(
        x=list(wanted), y=rows, mode="markers", hovertemplate="target %{x:.3f}<extra></extra>",
        marker={"symbol": "line-ns", "size": 34, "line": {"width": 4, "color": ink}}, cliponaxis=False,
    )  # fmt: skip
    for row, (p, y) in enumerate(zip(probabilities, wanted, strict=True)):
        _arrow(figure, row, p, y)
        figure.add_annotation(x=1.06, y=row, text=f"{p:.1%}", showarrow=False, xanchor="left")
    figure.update_xaxes(
        title_text="probability p, mark: target y", range=[0, 1.45], tickvals=[0, 0.5, 1], tickformat=".0%"
    )
    return figure


def _arrow(figure: go.Figure, row: int, p: float, y: float) -> None:
    """From the probability to the target: which way the class is pulled, as long as p - y."""
    if abs(p - y) > 0.15:
        figure.add_annotation(
            x=y, y=row + 0.42, ax=p, ay=row + 0.42, xref="x", yref="y", axref="x", ayref="y", text="", showarrow=True,
            arrowhead=2, arrowwidth=3, arrowcolor=POSITIVE if p > y else NEGATIVE,
        )  # fmt: skip


def gradient_bars(gradient: Sequence[float], labels: Sequence[str], true: int, *, dark: bool = False) -> go.Figure:
    """The derivative of the loss by each logit: orange where the logit should fall, blue where it should rise.

    Each number stands on the other side of zero, where its bar never is.
    """
    figure = _bars_figure(labels, true, dark)
    rows = list(range(len(labels)))
    figure.add_bar(
        x=list(gradient), y=rows, orientation="h", hovertemplate="%{x:.4f}<extra></extra>",
        marker_color=[POSITIVE if value > 0 else NEGATIVE for value in gradient],
    )  # fmt: skip
    reach = max(1.0, *(abs(value) for value in gradient))
    for row, value in enumerate(gradient):
        across = {"xanchor": "right", "xshift": -6} if value > 0 else {"xanchor": "left", "xshift": 6}
        figure.add_annotation(x=0, y=row, text=f"{value:+.3f}".replace("-", "−"), showarrow=False, **across)
    figure.update_xaxes(title_text="gradient ∂L/∂z", range=[-1.1 * reach, 1.1 * reach], zerolinewidth=2)
    return figure


def gradient_by_logit(
    logits: np.ndarray, gradients: Mapping[str, tuple[str, np.ndarray]], target: float, *, dark: bool = False
) -> go.Figure:
    """How strong each loss pulls at every logit; then one point a loss, for the frames to move."""
    figure = _figure(dark)
    for name, (title, values) in gradients.items():
        figure.add_scatter(
            x=logits, y=values, mode="lines", name=title, line={"color": COLOURS[name], "width": 3},
            hovertemplate="%{y:.4f}",
        )  # fmt: skip
    for name in gradients:
        figure.add_scatter(
            x=[None], y=[None], mode="markers", hoverinfo="skip",
            marker={"size": 18, "color": COLOURS[name], "line": _rim(dark)},
        )  # fmt: skip
    figure.update_layout(margin={"t": 12})
    figure.update_xaxes(title_text="logit z", range=[float(logits.min()), float(logits.max())], hoverformat=".2f")
    figure.update_yaxes(title_text="gradient ∂L/∂z", range=[-1.1, 0.15] if target else [-0.15, 1.1], zerolinewidth=2)
    return figure


def learning(steps: int, titles: Mapping[str, str], target: float, *, dark: bool = False) -> go.Figure:
    """Room for the prediction after every step, one empty trace a loss, then one point each, for the frames to fill."""
    figure = _figure(dark)
    for name, title in titles.items():
        figure.add_scatter(
            x=[None], y=[None], mode="lines", name=title, line={"color": COLOURS[name], "width": 4},
            hovertemplate="%{y:.3f}",
        )  # fmt: skip
    for name in titles:
        figure.add_scatter(
            x=[None], y=[None], mode="markers", hoverinfo="skip", cliponaxis=False,
            marker={"size": 16, "color": COLOURS[name], "line": _rim(dark)},
        )  # fmt: skip
    figure.add_hline(y=target, line={"color": theme.palette(dark)["muted"], "dash": "dash", "width": 2})
    figure.add_annotation(
        x=steps, y=target, text=f"target {target:g}", showarrow=False, xanchor="right", yshift=-12 if target else 12
    )
    figure.update_layout(margin={"t": 12})
    figure.update_xaxes(title_text="step", range=[0, steps])
    figure.update_yaxes(title_text="prediction p = σ(z)", range=[-0.03, 1.03])
    return figure


def _figure(dark: bool) -> go.Figure:
    figure = go.Figure()
    figure.update_layout(template=theme.template(dark), showlegend=False, margin={"l": 60, "r": 16, "t": 28, "b": 48})
    return figure


def _bars_figure(labels: Sequence[str], true: int, dark: bool) -> go.Figure:
    figure = _figure(dark)
    figure.update_layout(hovermode="closest", bargap=0.45, margin={"l": 56, "r": 12, "t": 12, "b": 48})
    names = [f"<b>{label} ✓</b>" if row == true else label for row, label in enumerate(labels)]
    figure.update_yaxes(
        tickvals=list(range(len(labels))), ticktext=names, range=[len(labels) - 0.4, -0.6], showgrid=False,
        zeroline=False,
    )  # fmt: skip
    return figure


def _rim(dark: bool) -> dict:
    return {"width": 2, "color": theme.palette(dark)["paper"]}


def _vertical(figure: go.Figure, x: float, text: str, dash: str, top: float, anchor: str) -> None:
    figure.add_vline(x=x, line={"color": "#8a93a0", "width": 1.5, "dash": dash})
    figure.add_annotation(x=x, y=top, text=text, showarrow=False, xanchor=anchor, yanchor="bottom", yshift=2)
