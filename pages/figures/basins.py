"""Figures about many runs at once: which start ends where, and what each learning rate comes to."""

import math
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dlcore.descent.basins import DIVERGED, FLAT, ON_THE_WAY, OUTSIDE, Basins
from dlcore.descent.sweep import Sweep
from dlcore.descent.trace import Trace
from dlcore.formula.numbers import coordinates, number
from pages.figures import theme
from pages.figures.axes import log_axis
from pages.figures.film import Film

DIVERGED_COLOUR = "#7a1f5c"
BEST, WORST = -8, 1
"""Powers of ten between which the share of the way that is left is coloured."""


def shades(found: Basins) -> list[str]:
    """A colour for each end: one of ten where they are few, else by how low it is."""
    if len(found.ends) <= 10:
        return list(theme.DIGIT_COLOURS[: len(found.ends)])
    from plotly.colors import sample_colorscale

    values = np.array([each.value for each in found.ends])
    depth = (values - values.min()) / max(float(np.ptp(values)), 1e-12)
    return sample_colorscale(theme.SEQUENTIAL, list(1 - depth))


def special(dark: bool) -> dict[int, str]:
    """The colours of starts that reached no end."""
    colours = theme.palette(dark)
    return {
        OUTSIDE: colours["panel"], FLAT: colours["muted"], ON_THE_WAY: colours["grid"], DIVERGED: DIVERGED_COLOUR
    }  # fmt: skip


NAMES = {
    OUTSIDE: "left where f has a value", FLAT: "at rest on flat ground", ON_THE_WAY: "still on its way",
    DIVERGED: "diverged",
}  # fmt: skip
"""What starts that reached no end are called, in the order of their outcomes."""


def picture(found: Basins, walk: Trace, shown: np.ndarray, *, rate: float, shaded: bool = True, dark: bool) -> Film:
    """A pixel for each start, in the colour of where it ended, darker the longer that took; and one way in full.

    walk: the way from one start; shown: which of its steps are frames
    rate: its learning rate, which places it where the objective is one of x alone
    """
    flat = walk.objective.dimensions == 1
    colours = [special(dark)[each] for each in NAMES] + shades(found)
    x, y = found.x.numpy().astype(np.float32), found.y.numpy()
    outcome = found.outcome.numpy()
    said = np.array([*NAMES.values(), *(coordinates(each.point) for each in found.ends)])
    film = Film(go.Figure())
    figure = film.figure
    figure.add_heatmap(
        x=x, y=y, z=outcome.astype(np.int16), zmin=OUTSIDE - 0.5, zmax=len(found.ends) - 0.5, showscale=False,
        colorscale=_steps(colours), customdata=np.stack([said[outcome - OUTSIDE], found.steps.numpy()], axis=-1),
        hovertemplate="from (%{x:.3g}, %{y:.3g}): %{customdata[0]}, %{customdata[1]} steps<extra></extra>",
    )  # fmt: skip
    if shaded:
        steps = np.where(outcome >= 0, np.log(found.steps.numpy()), np.nan).astype(np.float32)
        low, high = np.nanpercentile(steps, (10, 99)) if found.ends else (0, 1)
        figure.add_heatmap(
            x=x, y=y, z=steps, zmin=low, zmax=max(high, low + 0.5), showscale=False, hoverinfo="skip",
            colorscale=[[0, "rgba(0,0,0,0)"], [1, "rgba(0,0,0,0.5)"]],
        )  # fmt: skip
    if not flat:
        for label, end in enumerate(found.ends[:10], start=1):
            _numbered(figure, end.point, str(label), end.kind)
    _way(film, walk, shown, rate)
    _axes(figure, found, flat, dark)
    return film


def _numbered(figure: go.Figure, point: Sequence[float], label: str, kind: str) -> None:
    figure.add_scatter(
        x=[point[0]], y=[point[1]], mode="markers+text", text=[label], textfont={"size": 14, "color": "#1c2430"},
        marker={"size": 22, "color": "#ffffff", "symbol": "circle" if kind == "minimum" else "diamond",
                "line": {"color": "#1c2430", "width": 1.5}},
        hovertemplate=f"{kind} {label}: {coordinates(point)}<extra></extra>",
    )  # fmt: skip


def _way(film: Film, walk: Trace, shown: np.ndarray, rate: float) -> None:
    where = walk.positions[np.minimum(shown, walk.steps)]
    x, y = where.T if walk.objective.dimensions == 2 else (where[:, 0], np.full(len(where), rate))
    for mode, last, look in (
        ("trail", slice(None), {"mode": "lines+markers", "line": {"color": "#ffffff", "width": 2.5},
                                "marker": {"size": 5, "color": "#ffffff", "line": {"color": "#1c2430", "width": 1}}}),
        ("point", slice(-1, None), {"mode": "markers",
                                    "marker": {"size": 15, "color": "#ffffff",
                                               "line": {"color": "#1c2430", "width": 3}}}),
    ):  # fmt: skip
        film.figure.add_scatter(x=x[last], y=y[last], hoverinfo="skip", **look)
        film.follow(mode, x=x, y=y)


def _axes(figure: go.Figure, found: Basins, flat: bool, dark: bool) -> None:
    figure.update_layout(
        template=theme.template(dark), hovermode="closest", showlegend=False, dragmode=False,
        margin={"l": 56, "r": 8, "t": 8, "b": 48},
    )  # fmt: skip
    ends = [float(found.y[0]), float(found.y[-1])]
    figure.update_xaxes(
        title_text="start x", range=[float(found.x[0]), float(found.x[-1])], showgrid=False, zeroline=False
    )
    if flat:
        figure.update_yaxes(
            title_text="learning rate α",
            showgrid=False,
            **log_axis(*(math.log10(each) for each in ends)),
        )
    else:
        figure.update_yaxes(title_text="start y", range=ends, showgrid=False, zeroline=False)


def _steps(colours: Sequence[str]) -> list[list]:
    """A scale of plain bands."""
    count = len(colours)
    return [[(i + side) / count, colour] for i, colour in enumerate(colours) for side in (0, 1)]


def left_over(found: Sweep, start: float, lowest: float) -> np.ndarray:
    """(O, R): the share of the height above `lowest` that is left; infinite where the run diverged."""
    height = max(abs(start - lowest), 1e-300)
    return np.maximum((found.losses.numpy() - lowest) / height, 0)


def sweep_map(
    found: Sweep,
    share: np.ndarray,
    limits: Sequence[tuple[str, float, str]],
    picked: tuple[int, float] | None,
    *,
    dark: bool,
) -> go.Figure:
    """A row for each optimizer, a column for each learning rate, coloured by how much of the way down is left.

    share: (O, R), see `left_over`; limits: text, learning rate and dash of vertical lines; picked: a row and a rate
    """
    titles = [each.rule.title for each in found.racers]
    rates, rows = found.rates.numpy(), np.arange(len(titles))
    with np.errstate(divide="ignore"):
        depth = np.clip(np.log10(share), BEST, WORST)
    gone = ~np.isfinite(share)
    colours = theme.palette(dark)

    def told(left: float) -> str:
        return f"{number(left, 2)} of the way left" if np.isfinite(left) else "diverged"

    said = np.vectorize(told)(share)
    hover = "%{customdata[0]} at α = %{x:.3g}: %{customdata[1]}<extra></extra>"
    names = np.broadcast_to(np.array(titles)[:, None], share.shape)
    common = {"x": rates, "y": rows, "customdata": np.stack([names, said], axis=-1), "hovertemplate": hover, "ygap": 3}
    ticks = [-8, -6, -4, -2, 0]
    figure = go.Figure()
    figure.add_heatmap(
        z=np.where(gone, np.nan, depth), zmin=BEST, zmax=WORST, colorscale=theme.SEQUENTIAL, reversescale=True,
        hoverongaps=False, **common,
        colorbar={"title": {"text": "left of the way down", "side": "top"}, "tickvals": ticks, "thickness": 10,
                  "orientation": "h", "y": 0, "yref": "container", "yanchor": "bottom", "len": 0.9, "outlinewidth": 0,
                  "ticktext": [f"10<sup>{each}</sup>" if each else "all" for each in ticks], "tickfont": {"size": 14}},
    )  # fmt: skip
    figure.add_heatmap(
        z=np.where(gone, 1.0, np.nan), showscale=False, colorscale=[[0, DIVERGED_COLOUR], [1, DIVERGED_COLOUR]],
        hoverongaps=False, **common,
    )  # fmt: skip
    best = [(rate[0], row) for row in rows if (rate := found.best(int(row)))]
    figure.add_scatter(
        x=[each[0] for each in best], y=[each[1] for each in best], mode="markers", hoverinfo="skip",
        marker={"symbol": "star", "size": 13, "color": "#ffffff", "line": {"color": "#1c2430", "width": 1.5}},
    )  # fmt: skip
    if picked:
        figure.add_scatter(
            x=[picked[1]], y=[picked[0]], mode="markers", hoverinfo="skip",
            marker={"symbol": "circle-open", "size": 20, "color": "#ffffff", "line": {"width": 3}},
        )  # fmt: skip
    _limit_lines(figure, limits, rates, colours)
    figure.update_yaxes(tickvals=rows, ticktext=titles, range=[len(rows) - 0.4, -0.6], showgrid=False, zeroline=False)
    _sweep_layout(figure, rates, dark)
    figure.update_layout(margin={"b": 128})
    return figure


def sweep_curves(
    found: Sweep,
    share: np.ndarray,
    limits: Sequence[tuple[str, float, str]],
    *,
    dark: bool,
) -> go.Figure:
    """How much of the way down is left against the learning rate: a curve each, which ends where it diverges."""
    figure, rates = go.Figure(), found.rates.numpy()
    for row, racer in enumerate(found.racers):
        left = np.where(np.isfinite(share[row]), np.clip(share[row], 10.0**BEST, 10.0**WORST), np.nan)
        figure.add_scatter(
            x=rates, y=left, name=racer.rule.title, mode="lines", connectgaps=False, hovertemplate="%{y:.2g}",
            line={"color": theme.DIGIT_COLOURS[row % 10], "width": 2.5, "dash": "dot" if row >= 10 else "solid"},
        )  # fmt: skip
    _limit_lines(figure, limits, rates, theme.palette(dark))
    figure.update_yaxes(
        title_text="left of the way down",
        type="log",
        range=[BEST - 0.2, WORST + 0.1],
        dtick=2,
        zeroline=False,
        exponentformat="power",
    )
    _sweep_layout(figure, rates, dark)
    lines = 22 * len(limits)
    legend = {"y": 1 + (lines + 8) / 350, "yanchor": "bottom"}
    figure.update_layout(showlegend=True, hovermode="x unified", margin={"t": 96 + lines}, legend=legend)
    return figure


def _limit_lines(figure: go.Figure, limits: Sequence, rates: np.ndarray, colours: dict[str, str]) -> None:
    for level, (text, rate, dash) in enumerate(limits):
        if rates[0] <= rate <= rates[-1]:
            figure.add_vline(x=rate, line={"color": colours["ink"], "width": 2, "dash": dash})
            figure.add_annotation(
                x=math.log10(rate), y=1, yref="paper", yanchor="bottom", yshift=22 * level, text=text, showarrow=False,
                font={"size": 14, "color": colours["ink"]}, xanchor="right" if rate > rates[-1] / 30 else "center",
            )  # fmt: skip


def _sweep_layout(figure: go.Figure, rates: np.ndarray, dark: bool) -> go.Figure:
    figure.update_layout(
        template=theme.template(dark), hovermode="closest", showlegend=False, dragmode=False,
        margin={"l": 80, "r": 14, "t": 52, "b": 48},
    )  # fmt: skip
    ends = [math.log10(rates[0]), math.log10(rates[-1])]
    figure.update_xaxes(
        title_text="learning rate α", type="log", range=ends, dtick=1, exponentformat="power", zeroline=False,
        showgrid=False,
    )  # fmt: skip
    return figure
