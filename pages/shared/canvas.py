"""A canvas to draw a digit on: streamlit-drawable-canvas, with a drawing that lasts and payloads that are checked."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import streamlit as st

from dlcore.data import ink
from dlcore.data.strokes import render
from dlcore.errors import UnreadableImage
from pages.figures import theme
from pages.shared.examples import PEN, UNITS

SIDE = 340
"""Side of the canvas on the screen, in pixels: the widest that fits a phone."""
INK, HINT = "#3584d6", "#7d8794"
"""Seen on a light and on a dark sheet, so that a change of theme leaves the drawing alone."""
MAX_BYTES = 1_000_000
DRAW = "draw"
"""The key of the canvas on the page Draw."""
NO_DRAWING = "The canvas sent something that is not a drawing: clear it and draw again."

_prompt = st.components.v2.component(
    "dlcore_canvas_prompt", js=Path(__file__).with_name("canvas_prompt.js").read_text(encoding="utf-8")
)

Strokes = Sequence[Sequence[tuple[float, float]]]


@dataclass(frozen=True)
class Drawing:
    """What is on the canvas.

    pixels: uint8 (SIDE, SIDE), 0 = paper, 255 = ink
    strokes: what `put` placed there, as long as nothing was drawn since; otherwise empty
    """

    pixels: np.ndarray
    strokes: tuple[tuple[tuple[float, float], ...], ...] = ()


def digit_canvas(key: str) -> Drawing | None:
    """The canvas called `key`; returns what is drawn on it, None while it is blank.

    The drawing outlives a change of page or theme. UnreadableImage if the browser sent something that is no drawing.
    """
    from streamlit_drawable_canvas import st_canvas  # cannot be imported outside of a running app

    kept, pad = _kept(key), f"{key}.pad"
    if pad not in st.session_state:
        _show(kept, kept["objects"])
    try:
        result = st_canvas(
            stroke_width=round(PEN * SIDE / UNITS),
            stroke_color=INK,
            width=SIDE,
            height=SIDE,
            initial_drawing=kept["initial"],
            return_image_data=True,
            key=pad,
        )
        raw, png = result.json_data, result.image_bytes
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise UnreadableImage(NO_DRAWING) from error
    if raw != kept["seen"] and png is not None:
        kept["seen"] = raw
        _take(kept, raw, png)
    blank = not kept["objects"]
    st.html(f"<style>{_paper(pad, _hint() if blank else '')}</style>")
    with st.container(horizontal=True):
        st.button("Undo", icon=":material/undo:", disabled=blank, on_click=_undo, args=(key,), key=f"{key}.undo")
        st.button("Clear", icon=":material/delete:", disabled=blank, on_click=put, args=(key, ()), key=f"{key}.clear")
    return kept["drawing"]


def drawing(key: str) -> Drawing | None:
    """What this visitor has drawn on the canvas called `key`, on whatever page it is; None if it is blank."""
    return st.session_state.get(f"{key}.kept", {}).get("drawing")


def objects(key: str) -> list[dict[str, Any]]:
    """The strokes on the canvas called `key` as Fabric.js has them, in pixels, unchecked."""
    return st.session_state.get(f"{key}.kept", {}).get("objects", [])


def invite(key: str, title: str, line: str) -> None:
    """Other words on the blank canvas, such as for a network of other classes. It takes effect below `digit_canvas`."""
    if not _kept(key)["objects"]:
        st.html(f"<style>{_paper(f'{key}.pad', _hint(title, line))}</style>")


def prompt(key: str) -> None:
    """Have strokes sent the moment the pen is lifted. It takes a line of the page, so call it below all else."""
    _prompt(key=f"{key}.prompt", height=1)


def put(key: str, strokes: Strokes) -> None:
    """Replace what is on the canvas called `key`; call it before `digit_canvas`, such as from a button's callback.

    strokes: polylines of (x, y) in 0…UNITS, y down
    """
    kept = _kept(key)
    placed = as_tuples(strokes)
    kept["drawing"] = Drawing(render(placed, size=UNITS, width=PEN), placed) if placed else None
    _show(kept, [_path(stroke) for stroke in placed])


def as_tuples(strokes: Strokes) -> tuple[tuple[tuple[float, float], ...], ...]:
    """The same strokes as tuples, to compare and to keep."""
    return tuple(tuple((float(x), float(y)) for x, y in stroke) for stroke in strokes)


def _undo(key: str) -> None:
    """Take the last stroke away. The browser sends the picture of what is left as soon as it shows it."""
    kept = _kept(key)
    _show(kept, kept["objects"][:-1])
    if not kept["objects"]:
        kept["drawing"] = None


def _show(kept: dict[str, Any], objects: list[dict]) -> None:
    """Have the browser show these Fabric objects; a new version makes it load them even if it did so before."""
    kept["objects"] = objects
    kept["version"] += 1
    kept["initial"] = {"version": kept["version"], "objects": objects}


def _path(stroke: Sequence[tuple[float, float]]) -> dict[str, Any]:
    """A polyline as the Fabric.js object that the canvas itself makes of a stroke."""
    scaled = [(x * SIDE / UNITS, y * SIDE / UNITS) for x, y in stroke]
    rest = scaled[1:] or scaled
    return {
        "type": "Path",
        "path": [["M", *scaled[0]], *(["L", *point] for point in rest)],
        "stroke": INK,
        "strokeWidth": PEN * SIDE / UNITS,
        "strokeLineCap": "round",
        "strokeLineJoin": "round",
        "fill": None,
    }


def _take(kept: dict[str, Any], raw: Any, png: bytes) -> None:
    """Believe what the browser sent, if it is a drawing."""
    objects = raw.get("objects") if isinstance(raw, dict) else None
    if not isinstance(objects, list) or not all(isinstance(each, dict) for each in objects):
        raise UnreadableImage(NO_DRAWING)
    pixels = ink.decode(png, max_bytes=MAX_BYTES, max_side=SIDE)
    if pixels.shape[:2] != (SIDE, SIDE):
        raise UnreadableImage(f"The canvas sent a picture that is not {SIDE}×{SIDE} pixels: clear it and draw again.")
    opacity = np.ascontiguousarray(pixels[:, :, 3])
    kept["objects"] = objects
    kept["drawing"] = Drawing(opacity, _untouched(kept)) if opacity.any() else None


def _untouched(kept: dict[str, Any]) -> tuple:
    """The strokes that were put there, if the browser still shows just them."""
    before = kept["drawing"]
    return before.strokes if before and len(before.strokes) == len(kept["objects"]) else ()


def _paper(pad: str, hint: str) -> str:
    """CSS of the sheet below the transparent canvas, with an invitation on it: the address of an image, or none."""
    hint = hint and f' url("{hint}")'
    sheet = f".st-key-{pad.replace('.', '-')}"
    return (
        f"{sheet} {{ width: {SIDE}px; background: light-dark(#fff, #0a0d12){hint} center / cover; }}"
        f".stColumn.stColumn:has({sheet}) {{ --least: {SIDE}px; }}"
    )


def _hint(title: str = "Draw a digit here", line: str = "try a 7 with a bar") -> str:
    """The invitation as an SVG image."""
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{SIDE}" height="{SIDE}" fill="{HINT}" text-anchor="middle" '
        f'font-family="{theme.FONT}"><text x="50%" y="49%" font-size="20">{escape(title)}</text>'
        f'<text x="50%" y="57%" font-size="15">{escape(line)}</text></svg>'
    )
    return f"data:image/svg+xml,{quote(svg)}"


def _kept(key: str) -> dict[str, Any]:
    """The drawing as this session knows it.

    initial: what the browser was last told to show; seen: what it last sent; objects: the strokes as Fabric.js has them
    """
    start = {"version": 0, "initial": None, "seen": None, "objects": [], "drawing": None}
    return st.session_state.setdefault(f"{key}.kept", start)
