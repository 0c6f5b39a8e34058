"""One optimizer's steps seen from inside: arrows on the map, and what it remembers."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dlcore.descent.narration import Line, Narration
from dlcore.descent.trace import Trace
from pages.figures import theme
from pages.figures.descent import course, decades, stacked
from pages.figures.film import Film

ARROWS = {"against the gradient": "#d6278a", "against the memory": "#12a594", "the step": ""}
"""Title → colour; where it is empty, the colour of text."""
COORDINATES = ("#3f90da", "#e76300")
LONGEST = 0.16
"""Of the map's width: how long the longest arrow is whose length is only comparable to others of its kind."""


def stages(narration: Narration) -> list[str]:
    """The stages that this optimizer has, in their order."""
    return list(dict.fromkeys(line.stage for line in narration.lines))


def moments(trace: Trace, narration: Narration, divided: bool) -> tuple[np.ndarray, np.ndarray]:
    """For each frame: the number of the step that is shown, and the index of the stage that it has reached."""
    count = len(stages(narration)) if divided else 1
    step = np.repeat(np.arange(trace.steps), count)
    stage = np.tile(np.arange(count), trace.steps) if divided else np.full(trace.steps, len(stages(narration)) - 1)
    return step, stage


def reached(line: Line, narration: Narration, stage: np.ndarray) -> np.ndarray:
    """For each frame: whether the stage of a formula has been reached."""
    return stages(narration).index(line.stage) <= stage


def add_arrows(film: Film, trace: Trace, narration: Narration, step: np.ndarray, stage: np.ndarray, dark: bool) -> None:
    """Against the gradient, along the memory, and the real step: arrows that appear as their stages are reached."""
    order = stages(narration)
    low, high = film.figure.layout.xaxis.range
    width = np.array([high - low, np.ptp(film.figure.layout.yaxis.range)])
    start = trace.positions[:-1]
    flat = trace.objective.dimensions == 1
    if flat:  # arrows run along x, at the height of the curve
        start = np.column_stack([start, trace.values[:-1]])
    wanted = [("gradient", "against the gradient", -trace.seen)]
    if narration.memory is not None:
        wanted.append(("moments", "against the memory", -narration.memory))
    wanted.append(("scale", "the step", None))
    for name, title, direction in wanted:
        reach = trace.moves if direction is None else _comparable(direction, width[0])
        reach = np.column_stack([reach, np.zeros(len(reach))]) if flat else reach
        shape = _arrow(start, reach, width)[step]
        shape[order.index(name) > stage] = np.nan
        film.figure.add_scatter(
            x=shape[-1, :, 0], y=shape[-1, :, 1], mode="lines", name=title, hoverinfo="skip",
            line={"color": ARROWS[title] or theme.palette(dark)["ink"], "width": 4 if direction is None else 3},
        )  # fmt: skip
        film.follow("set", x=shape[..., 0], y=shape[..., 1])


def _comparable(vectors: np.ndarray, width: float) -> np.ndarray:
    """Vectors whose lengths grow with the fourth root of their own, so that small ones are seen beside large ones."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    longest = max(float(length.max()), 1e-300)
    with np.errstate(invalid="ignore", divide="ignore"):
        unit = np.where(length > 0, vectors / length, 0.0)
    return unit * LONGEST * width * (length / longest) ** 0.25


def _arrow(start: np.ndarray, reach: np.ndarray, width: np.ndarray) -> np.ndarray:
    """Polylines (n, 5, 2): tail, tip, one barb, tip, the other barb. Barbs are shorter than the arrow."""
    tip = start + reach
    along = reach / width
    length = np.linalg.norm(along, axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        unit = np.where(length > 0, along / length, 0.0)
    size = np.minimum(0.028, 0.5 * length)
    across = unit[:, ::-1] * (-1, 1)
    barbs = [tip + (-unit * size + side * across * size * 0.55) * width for side in (1, -1)]
    return np.stack([start, tip, barbs[0], tip, barbs[1]], axis=1)


def mind(trace: Trace, narration: Narration, step: np.ndarray, dark: bool) -> Film:
    """What the optimizer saw, remembered and did, for each coordinate against steps; a mark follows the frames."""
    rows = {"gradient seen": trace.seen}
    if narration.memory is not None:
        rows["memory"] = narration.memory
    if narration.rates is not None:
        rows["rate per coordinate"] = narration.rates
    rows["step"] = trace.moves
    film = Film(stacked(list(rows)))
    steps = np.arange(1, trace.steps + 1)
    for row, (title, values) in enumerate(rows.items(), 1):
        place = {"row": row, "col": 1}
        for axis, colour in zip(range(values.shape[1]), COORDINATES, strict=False):
            film.figure.add_scatter(
                x=steps, y=values[:, axis], mode="lines", name="xy"[axis], showlegend=row == 1, opacity=0.75,
                line={"color": colour, "width": 2.5}, hovertemplate="%{y:.4g}", **place,
            )  # fmt: skip
            film.add("point", steps[step], values[step, axis], place, name="xy"[axis], mode="markers",
                     showlegend=False, hoverinfo="skip", marker={"color": colour, "size": 10})  # fmt: skip
        wide = title.startswith("rate") and values.min() > 0 and values.max() > 30 * values.min()
        look = decades(np.log10([values.min(), values.max()])) if wide else {"range": _range(values), "nticks": 4}
        film.figure.update_yaxes(**look, **place)
    film.figure.update_xaxes(range=[0.5, trace.steps + 0.5])
    film.figure.update_xaxes(title_text="step", row=len(rows), col=1)
    legend = {"x": 1, "xanchor": "right", "y": 1.0, "yanchor": "bottom"}
    film.figure.update_layout(template=theme.template(dark), margin={"t": 28, "r": 12}, legend=legend)
    return film


def _range(values: np.ndarray) -> list[float]:
    low, high = float(values.min()), float(values.max())
    room = 0.1 * (high - low) or 0.1
    return [low - room, high + room]


def labels(step: np.ndarray, stage: np.ndarray, titles: Sequence[str]) -> list[str]:
    """A short text for each frame: the step, and what is being done if the frames are stages."""
    if len(step) and len(np.unique(step)) == len(step):
        return [f"step {each + 1}" for each in step]
    return [f"step {each + 1}: {titles[at].lower()}" for each, at in zip(step, stage, strict=True)]


def window(trace: Trace) -> tuple[tuple[float, float], ...]:
    """The part of the landscape that the way crosses, with some room around it."""
    bounds = np.array(trace.objective.bounds)
    whole = np.ptp(bounds, axis=1)
    inside = np.clip(trace.positions, bounds[:, 0], bounds[:, 1])
    low, high = inside.min(axis=0), inside.max(axis=0)
    half = np.full(len(whole), max(0.12, 0.65 * ((high - low) / whole).max())) * whole
    middle = (low + high) / 2
    return tuple(zip((middle - half).tolist(), (middle + half).tolist(), strict=True))


def fall(trace: Trace, step: np.ndarray, dark: bool) -> Film:
    """The height against steps, with a mark that follows the frames."""
    film = Film(go.Figure())
    color = theme.palette(dark)["ink"]
    film.figure.add_scatter(
        x=np.arange(trace.steps + 1), y=trace.values, mode="lines", line={"color": color, "width": 2}, opacity=0.6,
        hovertemplate="f %{y:.4g}<extra></extra>",
    )  # fmt: skip
    film.add("point", step, trace.values[step], mode="markers", hoverinfo="skip", marker={"color": color, "size": 10})
    film.figure.update_xaxes(title_text="step", range=[-0.5, trace.steps + 0.5])
    film.figure.update_yaxes(title_text="f", nticks=5, range=_range(trace.values))
    film.figure.update_layout(template=theme.template(dark), showlegend=False, margin={"t": 10, "r": 12})
    return film


def walk(trace: Trace, step: np.ndarray, moved: np.ndarray, dark: bool) -> Film:
    """The map with one way on it: the racer stands where step `step` begins, or, once it has `moved`, where it ends."""
    film = course(trace.objective, [], np.array([0]), dark, window(trace))
    at = step + moved
    flat = trace.objective.dimensions == 1
    x = trace.positions[:, 0]
    y = trace.values if flat else trace.positions[:, 1]
    ink = theme.palette(dark)["ink"]
    film.figure.add_scatter(
        x=x, y=y, mode="lines+markers", name="whole way", opacity=0.35, line={"color": ink, "width": 1},
        marker={"color": ink, "size": 4}, hoverinfo="skip",
    )  # fmt: skip
    film.add("point", x[at], y[at], name=trace.racer.rule.title, mode="markers", hoverinfo="skip",
             marker={"color": ink, "size": 13})  # fmt: skip
    return film
