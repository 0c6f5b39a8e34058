"""What several readers say of one drawing: a card for each as HTML, and one chart with all of them. No streamlit."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import plotly.graph_objects as go

from pages.figures import theme

SYMBOLS = ("circle", "diamond", "square", "triangle-up", "cross", "star", "pentagon", "hexagon")


@dataclass(frozen=True)
class Card:
    """One reader. symbol: its answer; headline and line: how sure, and what comes next; note: its classes and such"""

    title: str
    symbol: str
    headline: str
    line: str
    note: str = ""
    together: bool = False


def cards(shown: Sequence[Card]) -> str:
    """All of them beside each other, as many as there is room for; the one of all together has a frame in colour."""
    return (
        '<div role="list" aria-label="The readers and what they say" class="ballot" style="display:grid;gap:0.7rem;'
        f'grid-template-columns:repeat(auto-fill,minmax(min(13rem,100%),1fr))">{"".join(map(_card, shown))}</div>'
    )


def _card(card: Card) -> str:
    edge = theme.ACCURACY_COLOUR if card.together else "color-mix(in srgb, currentColor 22%, transparent)"
    size = "3.4rem" if len(card.symbol) <= 2 else "1.5rem"
    note = f'<div style="opacity:0.75;margin-top:0.3rem">{escape(card.note)}</div>' if card.note else ""
    return (
        f'<div role="listitem" style="border:{2 if card.together else 1}px solid {edge};border-radius:0.6rem;'
        'padding:0.6rem 0.9rem;min-width:0;overflow-wrap:anywhere;line-height:1.35">'
        f"<div><b>{escape(card.title)}</b></div>"
        '<div style="display:flex;align-items:center;gap:0.9rem;min-height:4rem">'
        f'<div style="font-size:{size};font-weight:700;line-height:1.1;min-width:2.2rem;text-align:center">'
        f"{escape(card.symbol)}</div>"
        f'<div><div style="font-weight:650">{escape(card.headline)}</div>'
        f'<div style="opacity:0.8">{escape(card.line)}</div></div></div>{note}</div>'
    )


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table that fits a phone, with names in its first column; what follows a line break in a cell is smaller."""
    line = "border-bottom:1px solid color-mix(in srgb, currentColor 18%, transparent)"
    cell = "padding:0.35rem 0.45rem;text-align:{};" + line
    left, right = cell.format("left"), cell.format("right")
    names = "".join(
        f'<th scope="col" style="{right if place else left}">{escape(each)}</th>' for place, each in enumerate(head)
    )
    body = "".join(
        f'<tr><th scope="row" style="{left};font-weight:400;overflow-wrap:anywhere">{escape(name)}</th>'
        + "".join(f'<td style="{right}">{_two_lines(each)}</td>' for each in cells)
        + "</tr>"
        for name, *cells in rows
    )
    return (
        '<div style="overflow-x:auto"><table style="border-collapse:collapse;line-height:1.35;'
        f'font-variant-numeric:tabular-nums"><thead><tr>{names}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _two_lines(text: str) -> str:
    first, _, rest = text.partition("\n")
    return escape(first) + (f'<br><span style="opacity:0.75;font-size:0.875rem">{escape(rest)}</span>' if rest else "")


def spread(
    mean: Sequence[float],
    said: Sequence[Sequence[float]],
    names: Sequence[str],
    labels: Sequence[str],
    colours: Sequence[str],
    *,
    dark: bool,
) -> go.Figure:
    """The mean of all readers as bars, each reader as a mark of its own.

    mean: (classes,); said: (readers, classes); names: of the readers; labels and colours: of the classes
    """  # fmt: skip
    palette = theme.palette(dark)
    places = np.arange(len(labels))
    figure = go.Figure()
    figure.add_bar(
        x=places, y=list(mean), marker_color=list(colours), marker_opacity=0.45, name="all together (mean)",
        hovertemplate="%{y:.1%}", width=0.7, showlegend=False,
    )  # fmt: skip
    across = np.linspace(-0.24, 0.24, len(said)) if len(said) > 1 else np.zeros(1)
    for place, (row, name) in enumerate(zip(said, names, strict=True)):
        figure.add_scatter(
            x=places + across[place], y=list(row), mode="markers", name=name, hovertemplate="%{y:.1%}",
            marker={"symbol": SYMBOLS[place % len(SYMBOLS)], "size": 10, "color": palette["ink"],
                    "line": {"color": palette["paper"], "width": 1}},
        )  # fmt: skip
    figure.update_layout(
        template=theme.template(dark), margin={"l": 8, "r": 12, "t": theme.BAR + 34, "b": 44}, hovermode="closest"
    )
    figure.update_xaxes(
        tickvals=places,
        ticktext=list(labels),
        range=[-0.6, len(labels) - 0.4],
        showgrid=False,
        zeroline=False,
        fixedrange=True,
        title_text="class",
    )
    figure.update_yaxes(
        title_text="probability", range=[-0.03, 1.05], tickformat=".0%", tickvals=[0, 0.25, 0.5, 0.75, 1],
        fixedrange=True,
    )  # fmt: skip
    return figure
