"""What a network has learned and forgotten, class by class. Data in, Plotly figure out."""

import html
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dlcore.formula.numbers import percent
from dlcore.inspect.certainty import Counted
from dlcore.inspect.forgetting import Change
from pages.figures import theme

WITH, WITHOUT = "with rehearsal", "without rehearsal"
LOOKS = {WITH: (theme.DIGIT_COLOURS[0], "circle"), WITHOUT: (theme.DIGIT_COLOURS[6], "diamond")}
ROW = 34


def height(classes: int) -> int:
    """In pixels."""
    return 120 + ROW * max(classes, 3)


def recalls(series: Sequence[tuple[str, Sequence[Change]]], labels: Sequence[str], *, dark: bool) -> go.Figure:
    """For each class the share of its test images read right, before and after: a line from one to the other.

    series: for each way of learning its name and the change of every class; before is the same in all of them
    """
    names = [html.escape(each) for each in labels]
    places = np.arange(len(names))
    colours, figure = theme.palette(dark), go.Figure()
    nudge = 0.16 if len(series) > 1 else 0.0
    before = [each.before for each in series[0][1]]
    for side, (name, changes) in enumerate(series):
        colour, symbol = LOOKS[name]
        rows = places + nudge * (2 * side - 1)
        after = [each.after for each in changes]
        lines = _segments([each.share for each in before], [each.share for each in after], rows)
        figure.add_scatter(
            x=lines[0], y=lines[1], mode="lines", line={"color": colour, "width": 3}, hoverinfo="skip", showlegend=False
        )
        figure.add_scatter(
            x=np.array([each.share for each in after]), y=rows, mode="markers", name=f"after, {name}",
            marker={"color": colour, "symbol": symbol, "size": 12},
            customdata=[_said(label, "after", name, each) for label, each in zip(names, after, strict=True)],
            hovertemplate="%{customdata}<extra></extra>",
        )  # fmt: skip
    figure.add_scatter(
        x=np.array([each.share for each in before]), y=places, mode="markers", name="before",
        marker={"color": colours["ink"], "symbol": "line-ns-open", "size": 18, "line": {"width": 3}},
        customdata=[_said(label, "before", "", each) for label, each in zip(names, before, strict=True)],
        hovertemplate="%{customdata}<extra></extra>",
    )  # fmt: skip
    figure.update_layout(template=theme.template(dark), hovermode="closest")
    figure.update_layout(margin={"l": 16, "r": 24, "t": 48, "b": 48})
    figure.update_xaxes(title_text="test images read correctly", range=[_low(series), 1.02], tickformat=".0%")
    figure.update_yaxes(
        tickvals=places, ticktext=names, range=[len(names) - 0.4, -0.6], showgrid=False, fixedrange=True
    )
    return figure


def _low(series: Sequence[tuple[str, Sequence[Change]]]) -> float:
    """Where the axis begins: at 0, or nearer where all is well."""
    known = [each.share for _, changes in series for change in changes for each in (change.before, change.after)]
    least = min((each for each in known if each == each), default=0.0)
    return -0.02 if least < 0.6 else 0.48 if least < 0.88 else 0.83


def _segments(start: Sequence[float], end: Sequence[float], rows: np.ndarray) -> tuple[list, list]:
    x = [value for pair in zip(start, end, strict=True) for value in (*pair, None)]
    return x, [value for row in rows for value in (row, row, None)]


def _said(label: str, when: str, how: str, found: Counted) -> str:
    share = percent(found.share) if found.count else "–"
    return f"{label} {when}{f' {how}' if how else ''}: {share}, {found.right:,} of {found.count:,}"
