"""A drawing that comes about, and what is thought of it meanwhile. Data in, figures that move out."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dlcore.data.growing import Moment
from pages.figures import theme
from pages.figures.film import Film, Track

NAMED = 0.3
"""A class that reaches this probability has its name at its curve."""
MOST_ENDS = 6
"""Strokes whose ends are named."""


def growing(moments: Sequence[Moment], images: np.ndarray, units: float, *, dark: bool) -> Film:
    """The pen on the left, and on the right what the network is given at that moment.

    images: uint8 (moments, 28, 28), 0 = paper; units: side of the square that the strokes are measured in
    """
    colours = theme.palette(dark)
    x, y = _paths(moments)
    side = images.shape[-1]
    rows, columns = np.divmod(np.arange(side * side), side)
    shades = images.reshape(len(images), -1).astype(np.float32)
    figure = go.Figure()
    figure.add_scatter(
        x=x[-1], y=y[-1], mode="lines", hoverinfo="skip", line={"color": theme.LOSS_COLOUR, "width": 11},
    )  # fmt: skip
    figure.add_heatmap(
        x=columns, y=rows, z=shades[-1], zmin=0, zmax=255, showscale=False, xaxis="x2", yaxis="y2",
        colorscale=[[0, colours["panel"]], [1, colours["ink"]]], hovertemplate="ink %{z:.0f} of 255<extra></extra>",
    )  # fmt: skip
    hidden = {"visible": False, "fixedrange": True, "constrain": "domain"}
    figure.update_layout(
        template=theme.template(dark), showlegend=False, hovermode="closest",
        margin={"l": 4, "r": 4, "t": theme.BAR + 22, "b": 4},
        xaxis={**hidden, "domain": [0, 0.485], "range": [0, units]},
        yaxis={**hidden, "range": [units, 0], "scaleanchor": "x"},
        xaxis2={**hidden, "domain": [0.515, 1], "range": [-0.5, side - 0.5], "anchor": "y2"},
        yaxis2={**hidden, "range": [side - 0.5, -0.5], "scaleanchor": "x2", "anchor": "x2"},
    )  # fmt: skip
    for place, title in ((0, "The pen"), (0.515, "What it sees")):
        figure.add_annotation(
            text=title, x=place, y=1, xref="paper", yref="paper", xanchor="left", yanchor="bottom", yshift=3,
            showarrow=False, font={"size": 14, "color": colours["ink"]},
        )  # fmt: skip
    return Film(figure, [Track(0, x=x, y=y, mode="set"), Track(1, z=shades, mode="set")])


def course(
    moments: Sequence[Moment], said: np.ndarray, refused: Sequence[bool], labels: Sequence[str], *, dark: bool
) -> Film:
    """The probability of each class against how much of the drawing is there, and a line at the moment shown.

    said: (moments, classes); refused: whether at a moment the network gave no answer, which is shaded
    """
    colours = theme.palette(dark)
    share = np.array([each.share for each in moments])
    figure = go.Figure()
    for place, (label, colour) in enumerate(zip(labels, theme.digit_colours(len(labels)), strict=True)):
        figure.add_scatter(
            x=share, y=said[:, place].astype(np.float32), mode="lines", name=label,
            line={"color": colour, "width": 3, "simplify": False}, hovertemplate="%{y:.1%}",
        )  # fmt: skip
        peak = int(said[:, place].argmax())
        if said[peak, place] >= NAMED:
            figure.add_annotation(
                x=share[peak], y=float(said[peak, place]), text=f"<b>{label}</b>", showarrow=False, yshift=12,
                font={"size": 16, "color": colour},
            )  # fmt: skip
    starts = np.concatenate([[0.0], share[:-1]])
    for start, end in _runs(starts, share, refused):
        figure.add_vrect(x0=start, x1=end, fillcolor=colours["muted"], opacity=0.16, line_width=0, layer="below")
    ends = [each for each in moments if each.whole][:-1]
    for each in ends[:MOST_ENDS]:
        figure.add_vline(x=each.share, line={"color": colours["muted"], "dash": "dot", "width": 1.5})
        figure.add_annotation(
            x=each.share, y=1, yref="paper", yanchor="bottom", text=f"stroke {each.stroke + 1}", showarrow=False,
            xanchor="right", font={"size": 14, "color": colours["muted"]},
        )  # fmt: skip
    cursor = np.repeat(share[:, None], 2, axis=1)
    figure.add_scatter(
        x=cursor[-1], y=[0, 1.16], mode="lines", hoverinfo="skip", line={"color": colours["ink"], "width": 2}
    )
    figure.update_layout(
        template=theme.template(dark), showlegend=False, margin={"l": 8, "r": 12, "t": theme.BAR, "b": 44}
    )
    shares = {"tickformat": ".0%", "tickvals": [0, 0.25, 0.5, 0.75, 1], "fixedrange": True}
    figure.update_xaxes(title_text="share of the drawing", range=[0, 1], **shares)
    figure.update_yaxes(title_text="probability", range=[0, 1.17], **shares)
    return Film(figure, [Track(len(labels), x=cursor, mode="set")])


def _paths(moments: Sequence[Moment]) -> tuple[np.ndarray, np.ndarray]:
    """The lines of each moment as one path with gaps: x and y, float32 (moments, points), NaN where there is none."""
    paths = [
        np.concatenate([np.vstack([np.asarray(line), [[np.nan] * 2]]) for line in each.lines])[:-1] for each in moments
    ]
    filled = np.full((len(paths), max(map(len, paths)), 2), np.nan, dtype=np.float32)
    for row, path in zip(filled, paths, strict=True):
        row[: len(path)] = path
    return filled[..., 0], filled[..., 1]


def _runs(starts: np.ndarray, ends: np.ndarray, chosen: Sequence[bool]) -> list[tuple[float, float]]:
    """From where to where the chosen ones reach, neighbours as one."""
    found: list[tuple[float, float]] = []
    for start, end, each in zip(starts.tolist(), ends.tolist(), chosen, strict=True):
        if each and found and found[-1][1] == start:
            found[-1] = (found[-1][0], end)
        elif each:
            found.append((start, end))
    return found
