"""Any Plotly figure, drawn in the browser and updated in place: it can be clicked, dragged and played.

st.plotly_chart mounts a new chart at every change of its data, which flashes and loses zoom and hover. This one keeps
its node, tells where it was clicked, lets points be dragged or moved with keys, and plays frames that were computed in
one go.
"""

import base64
import hashlib
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import streamlit as st

from pages.figures import theme
from pages.figures.film import Track
from pages.shared import plotly_source
from pages.shared.formula import mathml
from pages.shared.numbers import NUMBERS

if TYPE_CHECKING:
    import plotly.graph_objects as go

_HERE = Path(__file__).parent
PLAYER = NUMBERS + (_HERE / "player.js").read_text(encoding="utf-8")
"""JavaScript of numbers, the clock and the bar, for components that play frames."""
PLAYER_CSS = (_HERE / "player.css").read_text(encoding="utf-8")

_component = st.components.v2.component(
    "dlcore_plot",
    html='<div class="plot"><div class="chart" role="img"></div></div>',
    css=(_HERE / "plot.css").read_text(encoding="utf-8") + PLAYER_CSS,
    js=plotly_source.LOADER
    + PLAYER
    + "".join((_HERE / f"{name}.js").read_text("utf-8") for name in ("film", "keys", "readouts", "plot")),
    isolate_styles=False,
)


@dataclass(frozen=True)
class Readout:
    r"""A formula below the figure whose numbers follow the frames.

    latex: with \num{0}, \num{1}, … where the columns of `values` go, and \pnum{i} for one in parentheses if negative
    values: (count, number of columns)
    shown: (count,) whether a frame shows the formula, for which there is room all the time; None for always
    """

    latex: str
    values: Any
    title: str = ""
    shown: Any = None


@dataclass(frozen=True)
class Frames:
    """Pictures to be played, computed beforehand.

    labels: a short text for each frame, beside the slider; by default its index
    arrive: what a person sees when these frames are new: the last one, the first one, a film, the frame they were at,
        or the frame of this number
    group: plots of one group show the same frame; give all but one of them bar=False: the bar is best below the first
    Fix the figure's axis ranges: they do not follow the frames.
    """

    count: int
    tracks: Sequence[Track] = ()
    labels: Sequence[str] | None = None
    readouts: Sequence[Readout] = ()
    fps: float = 20
    arrive: Literal["end", "start", "play", "keep"] | int = "end"
    group: str = ""
    bar: bool = True


def plot(
    key: str,
    figure: "go.Figure",
    *,
    height: int,
    alt: str = "",
    on_pick: Callable[[float, float], None] | None = None,
    drag: Mapping[int, Literal["x", "y", "xy"]] | None = None,
    on_move: Callable[[int, int, float, float], None] | None = None,
    frames: Frames | None = None,
    on_frame: Callable[[int], None] | None = None,
    file_name: str = "figure",
) -> None:
    """Draw or update the figure called `key`.

    on_pick(x, y): a callback for a click or tap in the first pair of axes, in data coordinates; categories
        count from 0
    drag: index of a trace → which way its points may be dragged; on_move(trace, index, x, y) is a callback that runs
        while a point is dragged, as fast as the server answers, and when it is let go
    on_frame(frame): a callback for the frame at which a person stopped playing or scrubbing
    alt: what the picture shows, for those who cannot see it
    Callbacks may set st.session_state, like those of Streamlit's widgets.
    """
    sources = plotly_source.sources()
    if sources is None:
        figure.update_layout(height=height)
        st.plotly_chart(figure, key=key, config=theme.CHART_CONFIG)
        return

    def picked() -> None:
        if (point := _numbers(st.session_state[key].get("picked"), "x", "y")) and on_pick:
            on_pick(*point)

    def moved() -> None:
        event = st.session_state[key].get("moved")
        point = _numbers(event, "trace", "index", "x", "y")
        if point and on_move and int(point[0]) in (drag or {}):
            on_move(int(point[0]), int(point[1]), *point[2:])

    def settled() -> None:
        if (event := _numbers(st.session_state[key].get("settled"), "frame")) and on_frame:
            on_frame(int(event[0]))

    _component(
        key=key,
        data={
            "figure": figure.to_json(),
            "height": height,
            "alt": alt,
            "pick": on_pick is not None,
            "drag": {str(trace): way for trace, way in (drag or {}).items()},
            "frames": None if frames is None else _packed_frames(frames, key),
            "settle": on_frame is not None,
            "file_name": file_name,
            "sources": sources,
        },
        on_picked_change=picked,
        on_moved_change=moved,
        on_settled_change=settled,
    )


def _numbers(event: Any, *names: str) -> list[float] | None:
    """The numbers of an event from the browser; None if it is not what our own script sends."""
    if not isinstance(event, Mapping):
        return None
    values = [event.get(name) for name in names]
    usable = all(isinstance(each, int | float) and math.isfinite(each) for each in values)
    return [float(each) for each in values] if usable else None


def _packed_frames(frames: Frames, key: str) -> dict[str, Any]:
    sent = {
        "count": int(frames.count),
        "fps": float(frames.fps),
        "arrive": frames.arrive,
        "group": frames.group or key,
        "bar": frames.bar,
        "labels": None if frames.labels is None else [str(each) for each in frames.labels],
        "tracks": [
            {
                "trace": track.trace,
                "mode": track.mode,
                **{axis: packed(getattr(track, axis)) for axis in "xyz" if getattr(track, axis) is not None},
            }
            for track in frames.tracks
        ],
        "readouts": [
            {
                "title": each.title,
                "formula": mathml(each.latex),
                "values": packed(each.values),
                "shown": None if each.shown is None else packed(each.shown),
            }
            for each in frames.readouts
        ],
    }
    moving = json.dumps([sent["count"], sent["tracks"]])
    return {**sent, "token": hashlib.blake2b(moving.encode(), digest_size=8).hexdigest()}


def packed(values: Any) -> dict[str, Any]:
    """Little-endian float32 in base64, and how many numbers a frame has."""
    array = np.asarray(values, dtype="<f4")
    return {"data": base64.b64encode(array.tobytes()).decode("ascii"), "width": 1 if array.ndim < 2 else array.shape[1]}
