"""Figures about softmax. Data in, Plotly figure out."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dlcore.formula.numbers import fixed, number, percent
from pages.figures import theme


def logits(labels: Sequence[str], values: Sequence[float], limit: float, *, dark: bool) -> go.Figure:
    """The logits as stems; the heads, trace 0, can be dragged up and down."""
    figure = go.Figure()
    colours = theme.digit_colours(len(labels))
    places = list(range(len(labels)))
    figure.add_scatter(
        x=places, y=list(values), mode="markers", hovertemplate="%{y:.2f}<extra></extra>", showlegend=False, zorder=5,
        marker={"size": 20, "color": colours, "line": {"color": theme.palette(dark)["paper"], "width": 3}},
    )  # fmt: skip
    for place, value, colour in zip(places, values, colours, strict=True):
        figure.add_shape(type="line", x0=place, x1=place, y0=0, y1=value, line={"color": colour, "width": 5})
    _classes(figure, labels, dark)
    figure.update_yaxes(title_text="logit z", range=(-limit * 1.12, limit * 1.12), zerolinewidth=2)
    return figure


def probabilities(labels: Sequence[str], values: Sequence[float], *, dark: bool) -> go.Figure:
    """The probabilities as bars with their numbers."""
    figure = go.Figure(
        go.Bar(
            x=list(range(len(labels))), y=list(values), marker_color=theme.digit_colours(len(labels)), width=0.62,
            text=[probability(each) for each in values], textposition="outside", cliponaxis=False, textfont_size=15,
            hovertemplate="%{y:.4f}<extra></extra>",
        )
    )  # fmt: skip
    _classes(figure, labels, dark)
    figure.update_yaxes(title_text="probability p", range=(0, 1.12), tickformat=".0%", tickvals=[0, 0.25, 0.5, 0.75, 1])
    return figure


def probability(value: float) -> str:
    """A probability as it is written: softmax never reaches 0 or 1, only its rounded numbers do."""
    return percent(min(max(value, 1e-300), 1 - 1e-16))


def _classes(figure: go.Figure, labels: Sequence[str], dark: bool) -> None:
    figure.update_layout(template=theme.template(dark), margin={"l": 8, "r": 8, "t": 16, "b": 8}, hovermode="closest")
    figure.update_layout(uniformtext={"minsize": 14, "mode": "show"})
    figure.update_xaxes(
        tickvals=list(range(len(labels))),
        ticktext=list(labels),
        range=(-0.6, len(labels) - 0.4),
        showgrid=False,
        zeroline=False,
    )


def temperatures(labels: Sequence[str], axis: np.ndarray, shares: np.ndarray, now: float, *, dark: bool) -> go.Figure:
    """Every probability against the temperature on a logarithmic axis; shares: (T, C)."""
    figure = go.Figure()
    for label, share, colour in zip(labels, shares.T, theme.digit_colours(len(labels)), strict=True):
        figure.add_scatter(
            x=axis,
            y=share,
            name=label,
            mode="lines",
            line={"color": colour, "width": 3, "simplify": False},
            hovertemplate="%{y:.1%}",
        )
    ink = theme.palette(dark)["ink"]
    figure.add_shape(type="line", x0=now, x1=now, y0=0, y1=1, line={"color": ink, "width": 2, "dash": "dot"})
    figure.add_annotation(
        x=np.log10(now), y=1.0, text=f"T = {number(now)}", showarrow=False, yanchor="bottom",
        font={"color": ink, "size": 14},
    )  # fmt: skip
    figure.update_layout(template=theme.template(dark), margin={"l": 8, "r": 12, "t": 16, "b": 8}, showlegend=False)
    ticks = [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20]
    figure.update_xaxes(
        title_text="temperature T", type="log", range=np.log10([axis[0], axis[-1]]).tolist(), tickvals=ticks,
        ticktext=[f"{each:g}" for each in ticks], hoverformat=".3g",
    )  # fmt: skip
    figure.update_yaxes(title_text="probability p", range=(0, 1.1), tickformat=".0%", tickvals=[0, 0.25, 0.5, 0.75, 1])
    return figure


def jacobian(labels: Sequence[str], values: np.ndarray, *, dark: bool) -> go.Figure:
    """How each probability (rows) answers if one logit (columns) is raised; values: (C, C)."""
    names = list(labels)
    figure = go.Figure(
        go.Heatmap(
            x=names, y=names, z=values, colorscale=theme.signed(dark), zmid=0, zmin=-0.25, zmax=0.25, showscale=False,
            text=[[fixed(each, 2) for each in row] for row in values], texttemplate="%{text}", textfont={"size": 14},
            xgap=2, ygap=2,
            hovertemplate="raise %{x}: %{y} changes by %{z:.4f} per unit<extra></extra>",
        )
    )  # fmt: skip
    figure.update_layout(template=theme.template(dark), margin={"l": 8, "r": 8, "t": 8, "b": 8}, hovermode="closest")
    figure.update_xaxes(title_text="raise this logit", showgrid=False)
    figure.update_yaxes(title_text="this probability", autorange="reversed", showgrid=False)
    return figure
