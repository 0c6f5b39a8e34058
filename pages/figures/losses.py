"""Figures about losses. Data in, Plotly figure out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from dlcore.formula.numbers import number, percent, signed
from dlcore.functions.line_fit import Line
from dlcore.functions.losses import LOSSES
from pages.figures import theme

NEGATIVE, POSITIVE = theme.signed(False)[0][1], theme.signed(False)[-1][1]
"""The colours of values below and above zero."""

_MARGIN = {"l": 60, "r": 16, "t": 28, "b": 48}
_LOW = {**_MARGIN, "t": 12}
_NAMED = {**_MARGIN, "t": 52}
"""With room for names above the picture, and above these for the chart's buttons."""
_AT_EDGE = 0.04
"""How far inside of the picture a point is drawn that lies beyond it, as a part of the axis."""
_SYMBOLS = {-1: "triangle-down", 0: "circle", 1: "triangle-up"}
_SHORTEST_ARROW = 0.15
"""Below this p - y an arrow would be shorter than its head."""


def colour(name: str) -> str:
    """The colour of a loss in every picture; losses of one family share theirs: squared errors are blue."""
    families = list(dict.fromkeys(each.family for each in LOSSES.values()))
    return theme.DIGIT_COLOURS[families.index(LOSSES[name].family) % len(theme.DIGIT_COLOURS)]


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
    dark: bool,
) -> go.Figure:
    """Each curve, a point where the prediction is on it, and with a slope a piece of the tangent.

    Trace 0 has the points, so that they can be dragged; one beyond y_range is a triangle at the edge, with its number.
    target: drawn where it is a place on the axis
    """
    widths = _widths(len(shown))
    places = _within([each.now for each in shown], y_range)
    heights = [height for height, _ in places]
    points = _points([prediction] * len(shown), heights, [each.colour for each in shown], dark)
    points["marker"]["size"] = [each + 12 for each in widths]
    points["marker"]["symbol"] = [_SYMBOLS[out] for _, out in places]
    traces = [{**points, "zorder": 10}]
    for each, width in zip(shown, widths, strict=True):
        traces.append({**_line(each.x, each.y, each.colour, width), "name": each.title, "hovertemplate": "%{y:.4g}"})
        if each.slope is not None:
            shape = (x_range[1] - x_range[0]) / (y_range[1] - y_range[0])
            reach = 0.25 * (x_range[1] - x_range[0]) / np.hypot(1, each.slope * shape)
            ends = np.array([-reach, reach])
            tangent = _line(prediction + ends, each.now + each.slope * ends, theme.palette(dark)["ink"], 1.5)
            traces.append({**tangent, "opacity": 0.8, "hoverinfo": "skip"})
    marks = [("prediction", prediction, "dot")] + ([] if target is None else [("target", target, "solid")])
    return _figure(
        dark,
        traces,
        x={"title": {"text": x_title}, "range": x_range, "hoverformat": ".3g", "zeroline": False},
        y={"title": {"text": y_title}, "range": y_range, "zeroline": True, "zerolinewidth": 2},
        shapes=[_upright(x, dash) for _, x, dash in marks],
        annotations=[
            *_names({text: x for text, x, _ in marks}, x_range, y_range[1]),
            *_numbers_beyond(shown, places, prediction, x_range, dark),
        ],
        margin=_NAMED,
    )


def _names(places: Mapping[str, float], x_range: tuple[float, float], top: float) -> list[dict]:
    """Names above one or two upright lines, within the ends of the axis; the first one gives way if they are close."""
    low, high = x_range
    parts = {text: (x - low) / (high - low) for text, x in places.items()}
    left = min(parts, key=parts.get)
    sides = {}
    for text, part in parts.items():
        inside = "center" if len(parts) == 1 else "right" if text == left else "left"
        sides[text] = "left" if part < 0.25 else "right" if part > 0.75 else inside
    crowded = len(parts) > 1 and len(set(sides.values())) == 1 and np.ptp(list(parts.values())) < 0.25
    said = []
    for index, (text, side) in enumerate(sides.items()):
        row = {"yanchor": "top", "yshift": -2} if crowded and index == 0 else {"yanchor": "bottom", "yshift": 2}
        said.append(_text(places[text], top, text, xanchor=side, **row))
    return said


def _numbers_beyond(
    shown: Sequence[Curve], places: Sequence[tuple[float, int]], x: float, x_range: tuple[float, float], dark: bool
) -> list[dict]:
    """The number of every point that lies beyond the picture, beside its triangle."""
    side = {"xanchor": "left", "xshift": 14} if x < sum(x_range) / 2 else {"xanchor": "right", "xshift": -14}
    look = {"bgcolor": theme.palette(dark)["paper"], "borderpad": 1, **side}
    said = []
    for each, (height, out) in zip(shown, places, strict=True):
        if out:
            said.append(_text(x, height, number(each.now, 3), font={"color": each.colour, "size": 15}, **look))
    return said


def _within(values: Sequence[float], y_range: tuple[float, float]) -> list[tuple[float, int]]:
    """Where points are drawn so that all can be seen, and whether each is above (1) or below (-1) the picture."""
    low, high = y_range
    places, step = [], _AT_EDGE * (high - low)
    for value in values:
        out = int(value > high) - int(value < low)
        row = step * (1 + 2 * [each for _, each in places].count(out))
        places.append(((value, high - row, low + row)[out], out))
    return places


def fitted_lines(
    points: np.ndarray,
    held: int,
    fits: Mapping[str, tuple[str, Line, Line]],
    *,
    x_range: tuple[float, float],
    y_range: tuple[float, float],
    dark: bool,
) -> go.Figure:
    """Points and the best line of each loss, dotted where it would be without the held point.

    points: (N, 2), trace 0; fits: name of a loss → title, line, line without the held point
    """
    colours = theme.palette(dark)
    ringed = [index == held for index in range(len(points))]
    marker = {
        "size": [18 if each else 13 for each in ringed],
        "color": colours["ink"],
        "opacity": 1,
        "line": {
            "color": [POSITIVE if each else colours["paper"] for each in ringed],
            "width": [4 if each else 2 for each in ringed],
        },
    }
    says = "x %{x:.1f}, y %{y:.1f}: drag me<extra></extra>"
    traces = [{**_points(*points.T, None, dark), "marker": marker, "zorder": 10, "hoverinfo": None}]
    traces[0]["hovertemplate"] = says
    ends = np.array(x_range)
    for width, (name, (title, line, without)) in zip(_widths(len(fits)), fits.items(), strict=True):
        dotted = _line(ends, without(ends), colour(name), 2, "dot")
        traces.append({**dotted, "opacity": 0.8, "hoverinfo": "skip"})
        traces.append({**_line(ends, line(ends), colour(name), width), "name": title, "hoverinfo": "skip"})
    return _figure(
        dark,
        traces,
        x={"title": {"text": "x"}, "range": x_range, "zeroline": False},
        y={"title": {"text": "y"}, "range": y_range, "zeroline": False},
        hovermode="closest",
    )


def logit_bars(logits: Sequence[float], labels: Sequence[str], true: int, *, limit: float, dark: bool) -> go.Figure:
    """A bar for each class with a handle at its end; trace 0 has the handles."""
    rows = list(range(len(labels)))
    colours = theme.digit_colours(len(labels))
    handles = {**_points(list(logits), rows, colours, dark), "zorder": 10, "hoverinfo": None}
    handles["marker"]["size"] = 20
    handles["hovertemplate"] = "logit %{x:.2f}: drag me<extra></extra>"
    beside = [("left", 12) if value >= 0 else ("right", -12) for value in logits]
    return _bars(
        labels, true, dark, [handles, {**_bar(logits, colours), "opacity": 0.55, "hoverinfo": "skip"}],
        x={"title": {"text": "logit z"}, "range": [-1.25 * limit, 1.25 * limit], "zerolinewidth": 2},
        annotations=[
            _text(value, row, f"{value:.1f}", xanchor=anchor, xshift=shift)
            for row, (value, (anchor, shift)) in enumerate(zip(logits, beside, strict=True))
        ],
    )  # fmt: skip


def probability_bars(
    probabilities: Sequence[float],
    wanted: Sequence[float],
    labels: Sequence[str],
    true: int,
    *,
    symbol: str = "y",
    dark: bool,
) -> go.Figure:
    """What the softmax makes of the logits, and for each class the target, called `symbol`, as an upright mark.

    An arrow leads from the probability to the target: it is as long as p - y.
    """
    bars = {**_bar(probabilities, theme.digit_colours(len(labels))), "hovertemplate": "%{x:.2%}<extra></extra>"}
    mark = {"symbol": "line-ns", "size": 34, "line": {"width": 4, "color": theme.palette(dark)["ink"]}}
    targets = {
        **_points(list(wanted), list(range(len(labels))), None, dark),
        "marker": mark, "cliponaxis": False, "hoverinfo": None, "hovertemplate": "target %{x:.3f}<extra></extra>",
    }  # fmt: skip
    arrows = [
        {
            "x": y, "y": row + 0.42, "ax": p, "ay": row + 0.42, "xref": "x", "yref": "y", "axref": "x", "ayref": "y",
            "text": "", "showarrow": True, "arrowhead": 2, "arrowwidth": 3,
            "arrowcolor": POSITIVE if p > y else NEGATIVE,
        }
        for row, (p, y) in enumerate(zip(probabilities, wanted, strict=True))
        if abs(p - y) > _SHORTEST_ARROW
    ]  # fmt: skip
    said = [_text(1.06, row, percent(p), xanchor="left") for row, p in enumerate(probabilities)]
    title = {"text": f"probability p, mark: target {symbol}"}
    return _bars(
        labels, true, dark, [bars, targets], annotations=[*arrows, *said],
        x={"title": title, "range": [0, 1.45], "tickvals": [0, 0.5, 1], "tickformat": ".0%"},
    )  # fmt: skip


def gradient_bars(gradient: Sequence[float], labels: Sequence[str], true: int, *, dark: bool) -> go.Figure:
    """The derivative of the loss by each logit: orange where the logit should fall, blue where it should rise.

    Each number stands on the other side of zero, where its bar never is.
    """
    colours = [POSITIVE if value > 0 else NEGATIVE for value in gradient]
    reach = 1.1 * max(1.0, *(abs(value) for value in gradient))
    across = [("right", -6) if value > 0 else ("left", 6) for value in gradient]
    return _bars(
        labels, true, dark, [{**_bar(gradient, colours), "hovertemplate": "%{x:.4f}<extra></extra>"}],
        x={"title": {"text": "gradient ∂L/∂z"}, "range": [-reach, reach], "zerolinewidth": 2},
        annotations=[
            _text(0, row, signed(value, 3), xanchor=anchor, xshift=shift)
            for row, (value, (anchor, shift)) in enumerate(zip(gradient, across, strict=True))
        ],
    )  # fmt: skip


def gradient_by_logit(
    logits: np.ndarray, gradients: Mapping[str, tuple[str, np.ndarray]], target: float, *, dark: bool
) -> go.Figure:
    """How strong each loss pulls at every logit; then one point a loss, for the frames to move."""
    lines = [
        {**_line(logits, values, colour(name), 3), "name": title, "hovertemplate": "%{y:.4f}"}
        for name, (title, values) in gradients.items()
    ]
    ends = [float(logits.min()), float(logits.max())]
    return _figure(
        dark,
        [*lines, *(_points([None], [None], [colour(name)], dark) for name in gradients)],
        x={"title": {"text": "logit z"}, "range": ends, "hoverformat": ".2f"},
        y={
            "title": {"text": "gradient ∂L/∂z"},
            "range": [-1.1, 0.15] if target else [-0.15, 1.1],
            "zerolinewidth": 2,
        },
        margin=_LOW,
    )


def learning(steps: int, titles: Mapping[str, str], target: float, *, dark: bool) -> go.Figure:
    """Room for the prediction after every step, one empty trace a loss, then one point each, for the frames to fill."""
    lines = [
        {**_line([None], [None], colour(name), 4), "name": title, "hovertemplate": "%{y:.3f}"}
        for name, title in titles.items()
    ]
    ends = [{**_points([None], [None], [colour(name)], dark), "cliponaxis": False} for name in titles]
    dashed = {"color": theme.palette(dark)["muted"], "dash": "dash", "width": 2}
    level = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": target, "y1": target, "line": dashed}
    return _figure(
        dark,
        [*lines, *ends],
        x={"title": {"text": "step"}, "range": [0, steps]},
        y={"title": {"text": "prediction p = σ(z)"}, "range": [-0.03, 1.03]},
        shapes=[level],
        annotations=[_text(steps, target, f"target {target:g}", xanchor="right", yshift=-12 if target else 12)],
        margin=_LOW,
    )


def _figure(dark: bool, traces: Sequence[dict], *, x: dict, y: dict, **layout) -> go.Figure:
    """Built in one go: adding traces and annotations one by one makes Plotly check all of them each time."""
    whole = {"template": theme.template(dark), "showlegend": False, "margin": _MARGIN, "xaxis": x, "yaxis": y}
    return go.Figure(data=list(traces), layout={**whole, **layout})


def _bars(labels: Sequence[str], true: int, dark: bool, traces: Sequence[dict], **layout) -> go.Figure:
    """Level bars, the first class on top, the true one marked."""
    names = [f"<b>{label} ✓</b>" if row == true else label for row, label in enumerate(labels)]
    rows = {"tickvals": list(range(len(labels))), "ticktext": names, "range": [len(labels) - 0.4, -0.6]}
    y = {**rows, "showgrid": False, "zeroline": False}
    return _figure(dark, traces, y=y, hovermode="closest", bargap=0.45, margin=_LOW, **layout)


def _widths(count: int) -> list[float]:
    """Widths in px, the first line widest, so that lines that lie on each other all show."""
    return [3.0 + 2 * (count - 1 - index) for index in range(count)]


def _line(x: Sequence, y: Sequence, colour: str, width: float, dash: str = "solid") -> dict:
    look = {"color": colour, "width": width, "dash": dash, "simplify": False}
    return {"type": "scatter", "mode": "lines", "x": x, "y": y, "line": look}


def _points(x: Sequence, y: Sequence, colours: Sequence[str] | None, dark: bool) -> dict:
    marker = {"size": 16, "color": colours, "opacity": 1, "line": {"width": 2, "color": theme.palette(dark)["paper"]}}
    return {"type": "scatter", "mode": "markers", "x": x, "y": y, "marker": marker, "hoverinfo": "skip"}


def _bar(lengths: Sequence[float], colours: Sequence[str]) -> dict:
    rows = list(range(len(lengths)))
    return {"type": "bar", "orientation": "h", "x": list(lengths), "y": rows, "marker": {"color": colours}}


def _text(x: float, y: float, text: str, **place) -> dict:
    return {"x": x, "y": y, "text": text.replace("-", "−"), "showarrow": False, **place}


def _upright(x: float, dash: str) -> dict:
    line = {"color": "#8a93a0", "width": 1.5, "dash": dash}
    return {"type": "line", "yref": "paper", "x0": x, "x1": x, "y0": 0, "y1": 1, "line": line}
