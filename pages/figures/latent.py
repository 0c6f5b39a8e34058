"""Pictures of what an autoencoder draws, and of the plane in which its codes lie. No streamlit in here."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import plotly.graph_objects as go
from PIL import Image, ImageColor

from pages.figures import png, theme
from pages.figures.autoencoder import cloud

HERE, OWN = "#bd1f01", "#832db6"
"""The point that is decoded, and the visitor's own digit."""
CODES, PIXELS = "#3f90da", "#e76300"
USUAL, ODD = "#3f90da", "#e76300"
BINS = 40


def as_pixels(drawn: np.ndarray) -> np.ndarray:
    """float (…, h, w), 0 to 1 → uint8, 0 to 255."""
    return np.round(255 * np.clip(drawn, 0, 1)).astype(np.uint8)


def mask(image: np.ndarray, scale: int) -> str:
    """A data address of a PNG whose opacity is uint8 (h, w), each pixel `scale` wide: browsers smooth masks."""
    return _mask(np.ascontiguousarray(image).tobytes(), image.shape, scale)


@lru_cache(maxsize=512)
def _mask(pixels: bytes, shape: tuple[int, int], scale: int) -> str:
    alpha = Image.frombytes("L", shape[::-1], pixels)
    alpha = alpha.resize((shape[1] * scale, shape[0] * scale), Image.Resampling.NEAREST)
    return png.address(Image.merge("LA", (Image.new("L", alpha.size), alpha)), compress_level=4)


def side_by_side(images: np.ndarray) -> np.ndarray:
    """(T, h, w) → (h, T·w)."""
    return np.concatenate(list(images), axis=1)


def tapestry(images: np.ndarray, colour: str) -> str:
    """A data address of one PNG with uint8 images (rows, columns, h, w), the first row on top, in ink of `colour`."""
    rows, columns, height, width = images.shape
    alpha = images.swapaxes(1, 2).reshape(rows * height, columns * width)
    whole = np.empty((*alpha.shape, 4), np.uint8)
    whole[..., :3] = ImageColor.getrgb(colour)
    whole[..., 3] = alpha
    return png.address(Image.fromarray(whole, "RGBA"), compress_level=4)


# The map.


def code_map(
    points: np.ndarray,
    labels: np.ndarray,
    names: Sequence[str],
    *,
    axes: tuple[str, str],
    dark: bool,
    dots: bool = True,
    backdrop: str = "",
) -> go.Figure:
    """The scatter of codes (N, 2), coloured by class.

    dots: whether codes are shown, and not just the room that they take
    backdrop: address of a picture that fills the plane
    """
    figure = cloud(points[None], labels, names, axes=axes, dark=dark)
    if not dots:
        figure.update_traces(visible=False).update_layout(annotations=[])
    if backdrop:
        (left, right), (bottom, top) = figure.layout.xaxis.range, figure.layout.yaxis.range
        figure.add_layout_image(
            source=backdrop, xref="x", yref="y", x=left, y=top, sizex=right - left, sizey=top - bottom,
            sizing="stretch", layer="below", opacity=0.45 if dots else 1,
        )  # fmt: skip
        figure.update_xaxes(showgrid=False, zeroline=False)
        figure.update_yaxes(showgrid=False, zeroline=False)
    return figure


def lattice(figure: go.Figure, columns: int, rows: int) -> np.ndarray:
    """float32 (rows, columns, 2): the middles of the tiles of a `backdrop`, the topmost row first."""
    (left, right), (bottom, top) = figure.layout.xaxis.range, figure.layout.yaxis.range
    across = left + (right - left) * (np.arange(columns) + 0.5) / columns
    down = top - (top - bottom) * (np.arange(rows) + 0.5) / rows
    return np.stack(np.meshgrid(across, down), axis=-1).astype(np.float32)


def add_place(figure: go.Figure, place: Sequence[float], said: str, colour: str, symbol: str = "x-thin") -> int:
    """Mark a place in the plane; returns the index of its trace."""
    thin = symbol.endswith("thin")
    figure.add_scatter(
        x=[float(place[0])], y=[float(place[1])], mode="markers", name=said, showlegend=False, cliponaxis=False,
        marker={
            "symbol": symbol, "size": 20, "color": colour,
            "line": {"width": 5 if thin else 2, "color": colour if thin else "#ffffff"},
        },
        hovertemplate=f"{said}<br>%{{x:.2f}}, %{{y:.2f}}<extra></extra>",
    )  # fmt: skip
    return len(figure.data) - 1


def add_way(figure: go.Figure, ways: np.ndarray, colour: str) -> None:
    """A line through places (T, 2) of the plane."""
    figure.add_scatter(
        x=ways[:, 0], y=ways[:, 1], mode="lines", line={"color": colour, "width": 3, "dash": "dot"},
        showlegend=False, hoverinfo="skip",
    )  # fmt: skip


# Anomalies.


def errors(usual: np.ndarray, odd: np.ndarray, threshold: float, said: tuple[str, str], dark: bool) -> go.Figure:
    """Shares of the errors of usual and odd images, with a threshold; its handle is the last trace."""
    figure = go.Figure(layout={"template": theme.template(dark)})
    edges = np.linspace(0, max(np.quantile(usual, 0.995), np.quantile(odd, 0.98), threshold) * 1.05, BINS + 1)
    highest = 0.0
    for values, name, colour in zip((usual, odd), said, (USUAL, ODD), strict=True):
        share = np.histogram(np.clip(values, 0, edges[-1]), edges)[0] / len(values)
        highest = max(highest, share.max())
        figure.add_bar(
            x=(edges[1:] + edges[:-1]) / 2, y=share, width=np.diff(edges), name=name,
            marker={"color": colour, "opacity": 0.6, "line": {"width": 0}},
            hovertemplate="error %{x:.4f}: %{y:.1%}<extra>" + name + "</extra>",
        )  # fmt: skip
    figure.add_vline(x=threshold, line={"color": theme.palette(dark)["ink"], "width": 2, "dash": "dash"})
    figure.add_scatter(
        x=[threshold], y=[highest * 1.06], mode="markers", showlegend=False,
        marker={"size": 16, "color": theme.palette(dark)["ink"], "symbol": "triangle-down"},
        hovertemplate="threshold %{x:.4f}: drag it<extra></extra>",
    )  # fmt: skip
    figure.update_layout(barmode="overlay", bargap=0, hovermode="closest")
    figure.update_xaxes(title_text="squared error per pixel (last bar: all larger)", range=[0, edges[-1]])
    figure.update_yaxes(title_text="share of the images", tickformat=".0%", range=[0, highest * 1.12])
    return figure


def roc(wrong: np.ndarray, found: np.ndarray, at: tuple[float, float], said: tuple[str, str], dark: bool) -> go.Figure:
    """The ROC, and where on it the threshold lies: `at` is (false, true positive rate)."""
    palette = theme.palette(dark)
    figure = go.Figure(layout={"template": theme.template(dark)})
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", line={"color": palette["muted"], "dash": "dot"}, hoverinfo="skip",
        showlegend=False,
    )  # fmt: skip
    figure.add_scatter(
        x=wrong, y=found, mode="lines", line={"color": ODD, "width": 3}, showlegend=False,
        hovertemplate="%{y:.1%} found at %{x:.1%} false alarms<extra></extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=[at[0]], y=[at[1]], mode="markers", marker={"size": 14, "color": palette["ink"]}, showlegend=False,
        hovertemplate="%{y:.1%} found at %{x:.1%} false alarms<extra>threshold</extra>",
    )  # fmt: skip
    figure.update_layout(hovermode="closest")
    figure.update_xaxes(title_text=f"false alarms: share of the {said[0]}", tickformat=".0%", range=[-0.02, 1.02])
    figure.update_yaxes(title_text=f"found: share of the {said[1]}", tickformat=".0%", range=[-0.02, 1.02])
    return figure


# Few labels.


def few(counts: Sequence[int], curves: dict[str, tuple[Sequence[float], Sequence[float]]], dark: bool) -> go.Figure:
    """Accuracy against the number of labels: mean and spread by name, a line for each."""
    figure = go.Figure(layout={"template": theme.template(dark)})
    for (name, (mean, spread)), colour in zip(curves.items(), (CODES, PIXELS), strict=True):
        figure.add_scatter(
            x=list(counts), y=mean, name=name, mode="lines+markers", line={"color": colour, "width": 3},
            marker={"size": 10}, error_y={"type": "data", "array": spread, "thickness": 2, "width": 8},
            hovertemplate="%{y:.1%} ± %{error_y.array:.1%}",
        )  # fmt: skip
    figure.update_xaxes(title_text="labelled images", type="log", tickvals=list(counts), ticktext=[*map(str, counts)])
    figure.update_yaxes(title_text="accuracy on test images", tickformat=".0%", range=[0, 1.02])
    return figure
