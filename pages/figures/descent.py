"""Landscapes with optimizers on them: maps, surfaces, and what they did against steps."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import plotly.graph_objects as go
import torch
from plotly.subplots import make_subplots

from dlcore.descent.objective import Objective
from dlcore.descent.optimizers import OPTIMIZERS
from dlcore.descent.trace import Trace
from pages.figures import theme
from pages.figures.axes import log_axis
from pages.figures.film import Film

Bounds = tuple[tuple[float, float], ...]
RESOLUTION = 101
MOST_FRAMES = 300
FLOOR = 1e-12
"""Where logarithmic axes end: less is rounding."""


def frames(traces: Sequence[Trace]) -> np.ndarray:
    """Which steps are shown as frames: all of them, or every second, third, … of a long race."""
    longest = max((each.steps for each in traces), default=0)
    stride = max(1, -(-longest // MOST_FRAMES))
    return np.unique(np.append(np.arange(0, longest + 1, stride), longest))


def colours(names: Sequence[str]) -> dict[str, str]:
    """A colour for each of up to ten optimizers: its own, or a free one where two would share it."""
    order, free, found = list(OPTIMIZERS), list(theme.DIGIT_COLOURS), {}
    for name in sorted(names, key=order.index):
        wish = theme.DIGIT_COLOURS[order.index(name) % len(theme.DIGIT_COLOURS)]
        found[name] = wish if wish in free else free[0]
        free.remove(found[name])
    return found


def heights(objective: Objective, resolution: int = RESOLUTION) -> tuple[np.ndarray, ...]:
    """Coordinates of a grid over the landscape, (n,) each, and its heights: (n,), or (n, n) with y first."""
    axes = [torch.linspace(low, high, resolution, dtype=torch.float64) for low, high in objective.bounds]
    grid = torch.stack(torch.meshgrid(*axes, indexing="xy"), dim=-1)
    return (*(each.numpy() for each in axes), objective.value(grid).numpy())


def lifted(objective: Objective, values: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Heights as they are drawn: logarithms where the landscape is steep. reference: heights all over it."""
    finite = reference[np.isfinite(reference)]
    if not len(finite):
        return values
    low = finite.min() if objective.lowest is None else objective.lowest
    steep = objective.steep or finite.max() - low > 50 * max(np.median(finite) - low, 1e-12)
    usable = np.where(np.isfinite(values), np.maximum(values - low, 0), np.nan)
    return np.log10(1 + usable / max(0.05 * float(np.median(finite) - low), 1e-12)) if steep else usable


def along(trace: Trace, shown: np.ndarray) -> np.ndarray:
    """Its positions at the frames, (frames, d); a racer that was stopped stays where it was."""
    return trace.positions[np.minimum(shown, trace.steps)]


def course(objective: Objective, traces: Sequence[Trace], shown: np.ndarray, dark: bool, window: Bounds = ()) -> Film:
    """The map of a landscape in two dimensions, or its curve in one, with the way of every racer.

    window: the part of it that is drawn, by default all of it
    """
    part = replace(objective, bounds=window) if window else objective
    film = Film(_map(part, dark) if objective.dimensions == 2 else _curve(part, dark))
    colour = colours([each.racer.rule.name for each in traces])
    ink = theme.palette(dark)["ink"]
    for each in traces:
        where, look = along(each, shown), colour[each.racer.rule.name]
        x, y = where.T if objective.dimensions == 2 else (where[:, 0], each.values[np.minimum(shown, each.steps)])
        film.add("trail", x, y, name=each.racer.rule.title, mode="lines", line={"color": look, "width": 3})
        film.add(
            "point", x, y, name=each.racer.rule.title, mode="markers", showlegend=False, hoverinfo="skip",
            marker={"color": look, "size": 13, "line": {"color": ink, "width": 2}},
        )  # fmt: skip
    return film


def _map(objective: Objective, dark: bool) -> go.Figure:
    x, y, raw = heights(objective)
    colours = theme.palette(dark)
    figure = go.Figure()
    figure.add_contour(
        x=x.astype(np.float32), y=y.astype(np.float32), z=np.sqrt(lifted(objective, raw, raw)).astype(np.float32),
        customdata=_single(raw), colorscale=theme.SEQUENTIAL, opacity=0.5, ncontours=22, showscale=False,
        line={"width": 0.6}, hovertemplate="x %{x:.3g}<br>y %{y:.3g}<br>f %{customdata:.4g}<extra></extra>",
    )  # fmt: skip
    _add_minima(figure, [(*each, None)[:2] for each in objective.minima], colours)
    _square_axes(figure, objective, dark)
    return figure


def _single(values: np.ndarray) -> np.ndarray:
    """As float32, infinite where that is too small for a number."""
    with np.errstate(over="ignore"):
        return values.astype(np.float32)


def _curve(objective: Objective, dark: bool) -> go.Figure:
    x, y = heights(objective, 401)
    colours = theme.palette(dark)
    figure = go.Figure()
    figure.add_scatter(
        x=x, y=np.where(np.isfinite(y), y, np.nan), mode="lines", name="f(x)", showlegend=False,
        line={"color": colours["muted"], "width": 3}, hovertemplate="x %{x:.3g}<br>f %{y:.4g}<extra></extra>",
    )  # fmt: skip
    _add_minima(figure, [(each[0], objective.lowest) for each in objective.minima], colours)
    finite = y[np.isfinite(y)]
    low, high = (finite.min(), finite.max()) if len(finite) else (0.0, 1.0)
    room = 0.06 * (high - low or 1.0)
    figure.update_layout(template=theme.template(dark), hovermode="closest", margin={"t": 8, "r": 8}, showlegend=False)
    figure.update_xaxes(title_text="x", range=objective.bounds[0])
    figure.update_yaxes(title_text="f(x)", range=[low - room, high + room])
    return figure


def _add_minima(figure: go.Figure, points: Sequence[tuple], colours: dict[str, str]) -> None:
    if not points:
        return
    x, y = zip(*points, strict=True)
    figure.add_scatter(
        x=x, y=y, mode="markers", name="Minimum", hovertemplate="minimum (%{x:.4g}, %{y:.4g})<extra></extra>",
        marker={"symbol": "x-thin", "size": 13, "color": colours["ink"], "line": {"color": colours["ink"], "width": 3}},
    )  # fmt: skip


def _square_axes(figure: go.Figure, objective: Objective, dark: bool) -> None:
    figure.update_layout(template=theme.template(dark), hovermode="closest", margin={"t": 8, "r": 8}, showlegend=False)
    figure.update_xaxes(title_text="x", range=objective.bounds[0], showgrid=False, zeroline=False)
    figure.update_yaxes(title_text="y", range=objective.bounds[1], showgrid=False, zeroline=False)


def surface(objective: Objective, traces: Sequence[Trace], shown: np.ndarray, dark: bool) -> Film:
    """The landscape in three dimensions, with the way of every racer; what lies outside of it is not drawn."""
    x, y, raw = heights(objective, 61)
    z = lifted(objective, raw, raw)
    film = Film(go.Figure())
    film.figure.add_surface(
        x=x, y=y, z=z.astype(np.float32), colorscale=theme.SEQUENTIAL, opacity=0.85, showscale=False,
        hovertemplate="x %{x:.3g}<br>y %{y:.3g}<br>height %{z:.4g}<extra></extra>",
        contours={"z": {"show": True, "usecolormap": False, "color": "rgba(128,128,128,0.5)", "width": 1}},
    )  # fmt: skip
    colour = colours([each.racer.rule.name for each in traces])
    low, high = np.array(objective.bounds).T
    lift = 0.012 * (np.nanmax(z) - np.nanmin(z) or 1.0)
    for each in traces:
        where = along(each, shown)
        inside = ((where >= low) & (where <= high)).all(axis=1)
        height = lifted(objective, each.values[np.minimum(shown, each.steps)], raw) + lift
        points = np.column_stack([where, height])
        points[~inside] = np.nan
        for mode, look in (
            ("trail", {"mode": "lines", "line": {"color": colour[each.racer.rule.name], "width": 7}}),
            ("point", {"mode": "markers", "marker": {"color": colour[each.racer.rule.name], "size": 6}}),
        ):
            shape = points if mode == "trail" else points[-1:]
            film.figure.add_scatter3d(
                x=shape[:, 0], y=shape[:, 1], z=shape[:, 2], name=each.racer.rule.title, hoverinfo="skip", **look
            )
            columns = dict(zip("xyz", points.T.astype(np.float32), strict=True))
            film.follow(mode, **columns)
    film.figure.update_layout(
        template=theme.template(dark), showlegend=False, margin={"l": 0, "r": 0, "t": 0, "b": 0},
        scene={"aspectratio": {"x": 1, "y": 1, "z": 0.6}, "camera": {"eye": {"x": -1.05, "y": -1.35, "z": 1.25}},
               "xaxis": {"title": "x"}, "yaxis": {"title": "y"}, "zaxis": {"title": "", "showticklabels": False}},
    )  # fmt: skip
    return film


def progress(traces: Sequence[Trace], shown: np.ndarray, dark: bool) -> Film:
    """Height, slope and distance to the minimum against steps, on logarithmic axes: a faint preview, and what was."""
    objective = traces[0].objective
    curves = {_height_title(objective): _above(traces), "slope |∇f|": [each.slopes for each in traces]}
    if objective.minima:
        curves["distance to the minimum"] = [each.distances for each in traces]
    colour = colours([each.racer.rule.name for each in traces])
    film = Film(stacked(list(curves)))
    for row, values in enumerate(curves.values(), 1):
        place = {"row": row, "col": 1}
        for each, curve in zip(traces, values, strict=True):
            look = {"color": colour[each.racer.rule.name]}
            steps = np.arange(each.steps + 1)
            y = np.maximum(curve, FLOOR).astype(np.float32)
            film.figure.add_scatter(
                x=steps, y=y, mode="lines", line={**look, "width": 1.5}, opacity=0.3, showlegend=False,
                name=each.racer.rule.title, hovertemplate="%{y:.3g}", **place,
            )  # fmt: skip
            at = np.minimum(shown, each.steps)
            film.add("trail", at, y[at], place, name=each.racer.rule.title, mode="lines", showlegend=False,
                     hoverinfo="skip", line={**look, "width": 3})  # fmt: skip
            film.add("point", at, y[at], place, name=each.racer.rule.title, mode="markers", showlegend=False,
                     hoverinfo="skip", marker={**look, "size": 8})  # fmt: skip
        film.figure.update_yaxes(**decades(_log_range(values)), **place)
    film.figure.update_xaxes(range=[0, 1.02 * max(1, int(shown[-1]))])
    film.figure.update_xaxes(title_text="step", row=len(curves), col=1)
    film.figure.update_layout(template=theme.template(dark), margin={"t": 26, "r": 12})
    return film


def stacked(titles: Sequence[str]) -> go.Figure:
    """One chart below the other over the same steps, each with its title at its upper left."""
    figure = make_subplots(
        rows=len(titles), cols=1, shared_xaxes=True, vertical_spacing=0.32 / len(titles), subplot_titles=titles
    )
    figure.update_annotations(x=0, xanchor="left", font={"size": 14})
    return figure


def decades(limits: Sequence[float]) -> dict[str, Any]:
    """A logarithmic axis over the powers of ten around `limits`, which are powers of ten too."""
    low, high = math.floor(limits[0]), math.ceil(limits[1])
    return log_axis(low, max(high, low + 1), most=5)


def _height_title(objective: Objective) -> str:
    return "f above the lowest found" if objective.lowest is None else "f above the minimum"


def _above(traces: Sequence[Trace]) -> list[np.ndarray]:
    lowest = traces[0].objective.lowest
    if lowest is None:
        lowest = min(float(np.nanmin(each.values)) for each in traces)
    return [each.values - lowest for each in traces]


def _log_range(curves: Sequence[np.ndarray]) -> list[float]:
    """Powers of ten around all curves; what a diverging one does beyond a hundred times the start is cut off.

    A curve is NaN where its racer is outside of where the function is defined, but never at the start.
    """
    first = max(max(float(each[0]) for each in curves), FLOOR)
    together = np.clip(np.concatenate(curves), FLOOR, 100 * first)
    return [float(np.log10(np.nanmin(together))) - 0.2, float(np.log10(np.nanmax(together))) + 0.2]
