"""Figures about signals through depth. Data in, Plotly figure out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from dlcore.functions.propagation import is_handy, short
from pages.figures import theme
from pages.figures.axes import log_axis

SIDES = {"A": "#3f90da", "B": "#e76300"}
"""The colour of each of two settings that are compared."""
WIDTHS = {"A": 5, "B": 2.5}
"""Of lines, so that both are seen where they are equal."""
RIDGES = 10
_ROW = 0.2
"""Room for a row of text above what is drawn, as a part of the axis."""
FLOAT32 = (1.2e-38, 3.4e38)
"""Smallest normal and largest number of float32, in which networks usually compute."""


@dataclass(frozen=True)
class Line:
    """A quantity of every layer (depth,); theory: the same as predicted, if it is."""

    side: str
    values: np.ndarray
    theory: np.ndarray | None = None


def ridges(histogram: np.ndarray, variance: np.ndarray, frame: float, colour: str, *, dark: bool) -> go.Figure:
    """The distribution of the activations of up to ten layers, the first at the top; heights are square roots.

    histogram: (depth, bins) shares from -frame to frame; variance: (depth,)
    """
    depth, bins = histogram.shape
    layers = np.unique(np.linspace(0, depth - 1, min(depth, RIDGES)).round().astype(int))
    x = (np.arange(bins) + 0.5) / bins * 2 * frame - frame
    figure = go.Figure()
    fill = _mixed(colour, theme.palette(dark)["paper"], 0.45)
    for row, (layer, spread) in enumerate(zip(layers, spreads(np.sqrt(variance[layers])), strict=True)):
        base = float(len(layers) - 1 - row)
        heights = np.sqrt(histogram[layer])
        heights = heights / max(heights.max(), 1e-12) * 1.35
        shown = histogram[layer].sum() > 0.005
        figure.add_scatter(
            x=np.concatenate([[-frame], x, [frame]]), y=base + np.concatenate([[0], heights * shown, [0]]),
            mode="lines", fill="toself", fillcolor=fill, line={"color": colour, "width": 1.5}, showlegend=False,
            hoverinfo="skip",
        )  # fmt: skip
        figure.add_annotation(
            x=1, xref="paper", y=base + 0.2, xanchor="left", showarrow=False, text=f" σ {spread}",
            font={"size": 14, "color": theme.palette(dark)["muted"]},
        )  # fmt: skip
    figure.update_layout(template=theme.template(dark), margin={"l": 8, "r": 76, "t": 8, "b": 8}, hovermode=False)
    figure.update_xaxes(title_text="activation", range=(-frame, frame), zeroline=False)
    figure.update_yaxes(
        title_text="layer", range=(-0.15, len(layers) + 0.45), showgrid=False, zeroline=False,
        tickvals=list(range(len(layers))), ticktext=[str(layer + 1) for layer in layers[::-1]],
    )  # fmt: skip
    return figure


def spreads(values: np.ndarray) -> list[str]:
    """Sizes (N,) in few characters, all of them as powers of ten if one has to be."""
    power = not all(map(is_handy, values))
    return [short(float(each), power=power) for each in values]


def _mixed(colour: str, paper: str, share: float) -> str:
    mixed = (round(share * int(colour[i : i + 2], 16) + (1 - share) * int(paper[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{each:02x}" for each in mixed)


def by_layer(
    lines: Sequence[Line],
    *,
    title: str,
    log: bool = False,
    square: bool = False,
    unit: str = "",
    dark: bool,
) -> go.Figure:
    """One quantity against the layer for each side, dotted what theory predicts.

    log: a logarithmic axis that shows at least a factor 100 around 1, and where float32 ends if that is in sight
    square: the quantity is the square of what a network computes with, like a variance: float32 ends at squares too
    Where a value is not finite there is a gap, and a row at the top says where.
    unit: for what lies between 0 and 1, how that is written, in d3's way; the axis then goes from 0 to 1
    """
    figure = go.Figure()
    depth = max(len(line.values) for line in lines)
    for line in lines:
        values = _plain(line.values, log)
        layers = np.arange(1, len(values) + 1)
        figure.add_scatter(
            x=layers, y=values, name=line.side, mode="lines+markers", showlegend=len(lines) > 1,
            line={"color": SIDES[line.side], "width": WIDTHS[line.side]}, marker={"size": WIDTHS[line.side] + 3},
            hovertemplate=f"%{{y:{unit or '.3g'}}}",
        )  # fmt: skip
        if line.theory is not None:
            figure.add_scatter(
                x=layers, y=_plain(line.theory, log), name=f"{line.side}, theory", mode="lines", hoverinfo="skip",
                line={"color": SIDES[line.side], "width": 2, "dash": "dot"}, showlegend=False,
            )  # fmt: skip
    missing = list(filter(None, map(_missing, lines)))
    figure.update_layout(template=theme.template(dark), margin={"l": 8, "r": 12, "t": 8, "b": 8})
    figure.update_xaxes(title_text="layer", range=(0.5, depth + 0.5), zeroline=False, tickformat="d", nticks=9)
    figure.update_yaxes(title_text=title, zeroline=False)
    if unit:
        ticks = {} if not missing else {"tickvals": [0, 0.5, 1]}
        figure.update_yaxes(range=(-0.04, 1.04 + _ROW * len(missing)), tickformat=unit, **ticks)
    if log:
        room = _ROW * len(missing)
        _log_axis(figure, [_plain(line.values, True) for line in lines], 2 if square else 1, room, dark)
    if missing:
        figure.add_annotation(
            x=1, xref="paper", xanchor="right", y=1, yref="paper", yanchor="top", align="right", showarrow=False,
            text="<br>".join(missing), font={"color": theme.palette(dark)["muted"], "size": 14},
        )  # fmt: skip
    return figure


def _missing(line: Line) -> str:
    """In which layers there is no number, if there are such layers."""
    layers = np.flatnonzero(~np.isfinite(np.asarray(line.values, dtype=float))) + 1
    if not layers.size:
        return ""
    named = f"layer {layers[0]}" if layers.size == 1 else f"layers {layers[0]}–{layers[-1]}"
    return f"{line.side}: too large to measure in {named}"


def _plain(values: np.ndarray, log: bool) -> np.ndarray:
    """NaN where there is no number, or none on a logarithmic axis."""
    values = np.asarray(values, dtype=float)
    return np.where(np.isfinite(values) & ((values > 0) | (not log)), values, np.nan)


def _log_axis(figure: go.Figure, values: Sequence[np.ndarray], exponent: int, room: float, dark: bool) -> None:
    """room: what is left free at the top, as a part of the axis."""
    found = np.concatenate([each[np.isfinite(each)] for each in values])
    low, high = (np.log10(found.min()), np.log10(found.max())) if found.size else (0.0, 0.0)
    low, high = min(low, -2) - 0.3, max(high, 2) + 0.3
    high += room * (high - low)
    figure.update_yaxes(tickfont_size=12, **log_axis(low, high, most=7))
    muted = theme.palette(dark)["muted"]
    text = "float32 ends here" if exponent == 1 else "σ leaves float32 here"
    for end, anchor in zip(FLOAT32, ("top", "bottom"), strict=True):
        if low < (place := exponent * np.log10(end)) < high:
            figure.add_hline(y=10**place, line={"color": muted, "dash": "dash", "width": 1.5})
            figure.add_annotation(
                x=0.02, xref="paper", xanchor="left", y=place, yanchor=anchor, text=text, showarrow=False,
                font={"color": muted, "size": 14},
            )  # fmt: skip
