"""The loss of a network on a plane through its weights, and the path of training in it."""

import numpy as np
import plotly.graph_objects as go

from dlcore.inspect.loss_plane import Course, Slice
from pages.figures import theme
from pages.figures.descent import decades
from pages.figures.film import Film

PATH = "#e76300"
SHADOW = theme.LOSS_COLOUR
AXES = {"path": ("a, along d₁", "b, along d₂"), "random": ("a, times d₁", "b, times d₂")}
FLOOR = 1e-6
"""Losses below are as good as none; logarithms need an end."""


def contour(found: Slice, course: Course | None, plane: str, dark: bool) -> Film:
    """The plane as a map in levels of the logarithm of the loss; plane: "path" or "random", for the axes' titles."""
    height, film = _lifted(found.losses), Film(go.Figure())
    film.figure.add_contour(
        x=found.a, y=found.b, z=height.astype(np.float32), customdata=found.losses, colorscale=theme.SEQUENTIAL,
        opacity=0.6, ncontours=24, line={"width": 0.6}, colorbar=_scale(height),
        hovertemplate="a %{x:.3g}<br>b %{y:.3g}<br>loss %{customdata:.4g}<extra></extra>",
    )  # fmt: skip
    ink = theme.palette(dark)["ink"]
    if course is not None:
        x, y = course.points.T
        look = {"name": "path of training", "showlegend": False}
        film.add("trail", x, y, mode="lines+markers", hoverinfo="skip", **look,
                 line={"color": PATH, "width": 3}, marker={"color": PATH, "size": 6})  # fmt: skip
        film.add("point", x, y, mode="markers", hoverinfo="skip", **look,
                 marker={"color": PATH, "size": 14, "line": {"color": ink, "width": 2}})  # fmt: skip
    film.figure.add_scatter(
        x=[0], y=[0], mode="markers", name="θ*", showlegend=False, hovertemplate="θ*, the last network<extra></extra>",
        marker={"symbol": "x-thin", "size": 14, "color": ink, "line": {"color": ink, "width": 3}},
    )  # fmt: skip
    titles = AXES[plane]
    film.figure.update_layout(template=theme.template(dark), hovermode="closest", margin={"t": 8, "r": 8})
    film.figure.update_xaxes(title_text=titles[0], range=[found.a[0], found.a[-1]], showgrid=False, zeroline=False)
    film.figure.update_yaxes(title_text=titles[1], range=[found.b[0], found.b[-1]], showgrid=False, zeroline=False)
    return film


def surface(found: Slice, course: Course | None, plane: str, dark: bool) -> Film:
    """The same in three dimensions; the path lies on it, at the loss of its projections."""
    height, film = _lifted(found.losses), Film(go.Figure())
    film.figure.add_surface(
        x=found.a, y=found.b, z=height.astype(np.float32), customdata=found.losses, colorscale=theme.SEQUENTIAL,
        opacity=0.75, showscale=False,
        hovertemplate="a %{x:.3g}<br>b %{y:.3g}<br>loss %{customdata:.4g}<extra></extra>",
        contours={"z": {"show": True, "usecolormap": False, "color": "rgba(128,128,128,0.5)", "width": 1}},
    )  # fmt: skip
    if course is not None:
        z = _lifted(course.shown) + 0.04 * float(np.ptp(height))
        columns = {"x": course.points[:, 0], "y": course.points[:, 1], "z": z}
        for mode, look in (
            ("trail", {"mode": "lines+markers", "line": {"color": PATH, "width": 7}, "marker": {"size": 3}}),
            ("point", {"mode": "markers", "marker": {"color": PATH, "size": 7}}),
        ):
            part = slice(None) if mode == "trail" else slice(-1, None)
            shape = {axis: values[part] for axis, values in columns.items()}
            film.figure.add_scatter3d(**shape, name="path of training", hoverinfo="skip", **look)
            film.follow(mode, **columns)
    titles, ticks = AXES[plane], _scale(height)
    film.figure.update_layout(
        template=theme.template(dark), showlegend=False, margin={"l": 0, "r": 0, "t": 0, "b": 0},
        scene={"aspectratio": {"x": 1, "y": 1, "z": 0.6}, "camera": {"eye": {"x": -1.2, "y": -1.55, "z": 1.4}},
               "xaxis": {"title": titles[0]}, "yaxis": {"title": titles[1]},
               "zaxis": {"title": "loss", "tickvals": ticks["tickvals"], "ticktext": ticks["ticktext"]}},
    )  # fmt: skip
    return film


def losses(course: Course, titles: tuple[str, ...], dark: bool) -> Film:
    """The true loss at each checkpoint beside the loss of its projection, on a logarithmic axis."""
    film, at = Film(go.Figure()), np.arange(len(titles))
    curves = {"the network itself": (course.losses, PATH, "solid"), "its projection": (course.shown, SHADOW, "dot")}
    for name, (values, colour, dash) in curves.items():
        y = np.maximum(values, FLOOR)
        film.figure.add_scatter(
            x=at, y=y, mode="lines", opacity=0.3, showlegend=False, line={"color": colour, "width": 1.5, "dash": dash},
            name=name, customdata=titles, hovertemplate="%{customdata}: %{y:.4g}<extra>" + name + "</extra>",
        )  # fmt: skip
        film.add("trail", at, y, name=name, mode="lines+markers", hoverinfo="skip",
                 line={"color": colour, "width": 3, "dash": dash}, marker={"color": colour, "size": 6})  # fmt: skip
    together = np.log10(np.maximum(np.concatenate((course.losses, course.shown)), FLOOR))
    finite = together[np.isfinite(together)]
    film.figure.update_layout(template=theme.template(dark), hovermode="closest", margin={"t": 30, "r": 8})
    film.figure.update_xaxes(title_text="checkpoint", range=[-0.2, len(titles) - 0.8])
    film.figure.update_yaxes(title_text="loss", **decades([finite.min(), finite.max()]))
    return film


def _lifted(values: np.ndarray) -> np.ndarray:
    """log₁₀ of losses; what overflowed is as high as the highest of the others."""
    height = np.log10(np.maximum(values, FLOOR))
    finite = height[np.isfinite(height)]
    return np.minimum(height, finite.max() if len(finite) else 0.0)


def _scale(height: np.ndarray) -> dict:
    """Ticks at losses that are easily read, for an axis of logarithms."""
    low, high = float(height.min()), float(height.max())
    steps = (1, 2, 5) if high - low < 3 else (1,)
    ticks = [float(f"{digit}e{power}") for power in range(int(low) - 1, int(high) + 2) for digit in steps]
    shown = [each for each in ticks if low <= np.log10(each) <= high]
    texts = [f"{each:g}" for each in shown]
    return {"title": {"text": "loss"}, "thickness": 12, "tickvals": np.log10(shown), "ticktext": texts}
