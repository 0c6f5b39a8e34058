"""How a reader of images fares as they are changed. Data in, Plotly figure out."""

from collections.abc import Sequence

import plotly.graph_objects as go

from dlcore.inspect.certainty import Interval
from pages.figures import theme


def fall(
    strengths: Sequence[float],
    accuracy: Sequence[float],
    intervals: Sequence[Interval],
    refused: Sequence[float],
    title: str,
    *,
    drawing: tuple[Sequence[float], str] | None,
    now: float,
    dark: bool,
) -> go.Figure:
    """Accuracy against the strength of a change, with its 95 % interval as a band.

    accuracy, refused: shares, 0 to 1, at each strength; drawing: what the probability of the drawing's own class is at
    each, and its name; now: the strength that is set
    """
    colours = theme.palette(dark)
    strengths = [float(each) for each in strengths]
    figure = go.Figure()
    edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
    figure.add_scatter(x=strengths, y=[each.high for each in intervals], **edge)
    figure.add_scatter(
        x=strengths, y=[each.low for each in intervals], fill="tonexty", fillcolor=f"{theme.ACCURACY_COLOUR}33", **edge
    )
    look = {"mode": "lines+markers", "hovertemplate": "%{y:.1%}"}
    figure.add_scatter(
        x=strengths, y=list(accuracy), name="accuracy on test images", marker={"size": 6},
        line={"color": theme.ACCURACY_COLOUR, "width": 3}, **look,
    )  # fmt: skip
    figure.add_scatter(
        x=strengths, y=list(refused), name="of them refused", mode="lines", hovertemplate="%{y:.1%}",
        line={"color": colours["muted"], "width": 2, "dash": "dot"},
    )  # fmt: skip
    if drawing:
        figure.add_scatter(
            x=strengths, y=list(drawing[0]), name=f"this drawing: probability of {drawing[1]}",
            marker={"size": 6, "symbol": "diamond"}, line={"color": theme.LOSS_COLOUR, "width": 3, "dash": "dash"},
            **look,
        )  # fmt: skip
    figure.add_vline(x=now, line={"color": colours["ink"], "width": 2})
    figure.update_layout(template=theme.template(dark), margin={"l": 8, "r": 12, "t": theme.BAR + 30, "b": 44})
    figure.update_xaxes(title_text=title, range=[strengths[0], strengths[-1]], fixedrange=True)
    figure.update_yaxes(
        title_text="share", range=[-0.02, 1.04], tickformat=".0%", tickvals=[0, 0.25, 0.5, 0.75, 1], fixedrange=True
    )
    return figure
