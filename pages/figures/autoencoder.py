"""Codes as a scatter, coloured by class: still, or on their way from epoch to epoch. No streamlit in here."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from pages.figures import theme

_ROOM = 0.06
"""Of the width, left free around the points."""


def cloud(
    planes: np.ndarray,
    labels: np.ndarray,
    names: Sequence[str],
    *,
    axes: tuple[str, str],
    dark: bool,
    legend: bool = False,
) -> go.Figure:
    """The last of `planes`, one trace for each class, with room for all planes.

    planes: float32 (T, N, 2), the same samples at T moments; labels: int64 (N,); names: of the classes
    legend: above the points, else each name stands where its points are
    """
    colours, palette = theme.digit_colours(len(names)), theme.palette(dark)
    figure = go.Figure(layout={"template": theme.template(dark)})
    for label, name in enumerate(names):
        points = planes[-1][labels == label]
        figure.add_scatter(
            x=points[:, 0], y=points[:, 1], name=name, mode="markers", showlegend=legend,
            marker={"size": 6, "color": colours[label], "opacity": 0.75},
            hovertemplate=f"{name}<br>%{{x:.2f}}, %{{y:.2f}}<extra></extra>",
        )  # fmt: skip
        if len(points) and not legend:
            x, y = np.median(points, axis=0)
            figure.add_annotation(
                x=x, y=y, text=f"<b>{name}</b>", showarrow=False, font={"size": 16, "color": palette["ink"]},
                bgcolor=palette["paper"], bordercolor=colours[label], borderwidth=2, borderpad=2, opacity=0.9,
            )  # fmt: skip
    (left, right), (bottom, top) = limits(planes)
    figure.update_xaxes(title_text=axes[0], range=[left, right])
    figure.update_yaxes(title_text=axes[1], range=[bottom, top])
    return figure.update_layout(hovermode="closest", margin={"l": 48, "r": 8, "t": 40 if legend else 8, "b": 44})


def limits(planes: np.ndarray) -> tuple[tuple[float, float], tuple[float, float]]:
    """Ranges of x and y in which all points (…, 2) lie, with some room."""
    points = planes.reshape(-1, 2)
    low, high = points.min(0), points.max(0)
    room = _ROOM * np.maximum(high - low, 1e-3)
    return tuple(zip((low - room).tolist(), (high + room).tolist(), strict=True))


def by_class(planes: np.ndarray, labels: np.ndarray, classes: int) -> list[tuple[int, np.ndarray, np.ndarray]]:
    """For each trace of `cloud` its place, and x and y (T, n) of its points at each moment."""
    return [
        (label, planes[:, labels == label, 0], planes[:, labels == label, 1])
        for label in range(classes)
        if (labels == label).any()
    ]


def glide(before: np.ndarray, now: np.ndarray, moments: int = 12) -> np.ndarray:
    """(moments, N, 2): points (N, 2) on their way, slow at both ends."""
    shares = (1 - np.cos(np.pi * np.linspace(0, 1, moments))) / 2
    return before[None] + shares[:, None, None] * (now - before)[None]
