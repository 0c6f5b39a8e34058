"""Colours and the Plotly template: one place for every figure, light and dark."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import plotly.graph_objects as go

DIGIT_COLOURS = (
    "#3f90da",
    "#ffa90e",
    "#bd1f01",
    "#94a4a2",
    "#832db6",
    "#a96b59",
    "#e76300",
    "#b9ac70",
    "#717581",
    "#92dadd",
)
"""A colour for each digit: M. Petroff's ten, tested for colour-blind viewers (arXiv:2107.02270)."""

SEQUENTIAL = "Cividis"
"""Plotly's name of the scale for magnitudes."""

TRAIN, VALIDATION = "solid", "dash"
"""Line styles: the same hue, solid for training and dashed for validation."""

LOSS_COLOUR, ACCURACY_COLOUR = "#3f90da", "#e76300"

_PALETTES = {
    "light": {"paper": "#fbfaf7", "panel": "#f0eee8", "ink": "#1c2430", "muted": "#5b6472", "grid": "#e0dcd2"},
    "dark": {"paper": "#12161d", "panel": "#1c222c", "ink": "#e9e6df", "muted": "#a3acba", "grid": "#2d3541"},
}
_NEGATIVE, _POSITIVE = "#2f7fd0", "#e8772e"

FONT = "Segoe UI, Inter, Roboto, Helvetica Neue, Noto Sans, Liberation Sans, sans-serif"


def palette(dark: bool) -> dict[str, str]:
    """The theme's colours by role: paper, panel, ink, muted, grid. They equal those of .streamlit/config.toml."""
    return _PALETTES["dark" if dark else "light"]


def signed(dark: bool) -> list[list]:
    """A Plotly scale for signed values: blue below zero, the page's own colour at zero, orange above."""
    return [[0.0, _NEGATIVE], [0.5, palette(dark)["paper"]], [1.0, _POSITIVE]]


@cache
def template(dark: bool) -> "go.layout.Template":
    """The Plotly template of the dark theme, or of the light one."""
    import plotly.graph_objects as go

    colours = palette(dark)
    axis = {
        "gridcolor": colours["grid"],
        "linecolor": colours["grid"],
        "zerolinecolor": colours["grid"],
        "tickcolor": colours["grid"],
        "tickfont": {"color": colours["muted"], "size": 14},
        "title": {"font": {"color": colours["muted"], "size": 14}, "standoff": 8},
        "automargin": True,
        "exponentformat": "power",
        "minexponent": 5,
        "separatethousands": True,
    }
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "size": 14, "color": colours["ink"]},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "colorway": DIGIT_COLOURS,
            "colorscale": {"sequential": SEQUENTIAL, "diverging": signed(dark)},
            "xaxis": axis,
            "yaxis": axis,
            "margin": {"l": 56, "r": 16, "t": 24, "b": 48},
            "hoverlabel": {
                "bgcolor": colours["panel"],
                "bordercolor": colours["grid"],
                "font": {"family": FONT, "size": 14, "color": colours["ink"]},
            },
            "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "font": {"size": 14}},
            "hovermode": "x unified",
            "annotationdefaults": {"bgcolor": f"{colours['paper']}cc", "borderpad": 1},  # words over curves
        },
        data={"scatter": [{"cliponaxis": False}]},  # a marker at the end of an axis is drawn whole
    )


BAR = 30
"""Height of a figure's mode bar, in pixels: room for it above what it must not cover."""

CHART_CONFIG = {
    "displaylogo": False,
    "modeBarButtonsToRemove": ["zoom", "pan", "select", "lasso2d", "zoomIn", "zoomOut", "autoScale"],
    "toImageButtonOptions": {"format": "svg"},
}
"""For st.plotly_chart(config=…): a mode bar with download and reset only."""


def digit_colours(labels: int = 10) -> tuple[str, ...]:
    """A colour for each of `labels` classes, the same class always the same colour."""
    return tuple(DIGIT_COLOURS[i % len(DIGIT_COLOURS)] for i in range(labels))
