"""A canvas to draw a digit on: streamlit-drawable-canvas, with a drawing that lasts and payloads that are checked.

The browser knows the strokes first: its own buttons undo, clear and copy a link at once. Each change is sent with the
id of the last drawing that the server had put there, so that nothing is taken for newer than it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from importlib.metadata import distribution
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import numpy as np
import streamlit as st

from dlcore.data import ink
from dlcore.data.strokes import render
from dlcore.errors import UnreadableImage
from pages.figures import theme
from pages.shared import address, canvas_text
from pages.shared.examples import PEN, UNITS
from pages.shared.served import addresses

SIDE = 340
"""Side of the canvas in its own pixels, and on the screen where that is as wide."""
INK, HINT = "#3584d6", "#7d8794"
"""Seen on a light and on a dark sheet, so that a change of theme leaves the drawing alone."""
MAX_BYTES = 1_000_000
DRAW = "draw"
"""The key of the canvas on the page Draw."""
LINKED = "drawing"
"""The name of a drawing in a link. The button Copy link writes it; it is taken out of the address once it is read."""
NO_DRAWING = "The canvas sent something that is not a drawing: clear it and draw again."

_HERE = Path(__file__).parent
_WRAPPED = "streamlit-drawable-canvas.streamlit_drawable_canvas"
_BUILD = Path(str(distribution("streamlit-drawable-canvas").locate_file("streamlit_drawable_canvas/frontend/build")))
_BUTTON = '<button type="button" class="{0}"><span class="icon" aria-hidden="true">{1}</span><b>{2}</b></button>'
_ACTS = (("undo", "undo", "Undo"), ("clear", "delete", "Clear"), ("copy", "link", "Copy link"))
_BUTTONS = "".join(_BUTTON.format(*each) for each in _ACTS)
_board = st.components.v2.component(
    "dlcore_canvas",
    html=f'<div class="sheet canvas-root"></div><div class="acts">{_BUTTONS}<p role="status"></p></div>',
    css=(_BUILD / "index-style.css").read_text(encoding="utf-8") + (_HERE / "canvas.css").read_text(encoding="utf-8"),
    js="".join((_HERE / f"canvas{part}.js").read_text(encoding="utf-8") for part in ("_text", "_pen", "")),
)
_said = st.components.v2.component(
    "dlcore_canvas_said",
    html='<p role="status"></p>',
    css="p { position: absolute; width: 1px; height: 1px; margin: 0; overflow: hidden; clip-path: inset(50%); }",
    js="""export default function ({ data, parentElement }) {
      const region = parentElement.querySelector("p");
      if (region.textContent !== data) region.textContent = data;
    }""",
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

    A drawing in the link comes first. The drawing outlives a change of page or theme, and the browser keeps it for its
    next visit. UnreadableImage if the link, what was kept, or what the browser sent is no drawing.
    """
    import streamlit_drawable_canvas as package  # cannot be imported outside of a running app

    package.out = _mounted
    kept, pad = _kept(key), f"{key}.pad"
    kept["problem"] = _brought(key, kept) or kept["problem"]
    if pad not in st.session_state and (kept["id"] or kept["raw"]):
        _show(key, kept["objects"])
    try:
        result = package.st_canvas(
            stroke_width=round(PEN * SIDE / UNITS),
            stroke_color=INK,
            width=SIDE,
            height=SIDE,
            initial_drawing={"name": key, "id": kept["id"], "seen": kept["since"], "objects": kept["shown"]},
            return_image_data=True,
            key=pad,
        )
        raw, png = result.json_data, result.image_bytes
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise UnreadableImage(NO_DRAWING) from error
    st.html(f"<style>{_paper(pad)}{_hint(pad)}</style>")
    if raw != kept["raw"] and png is not None:
        _take(kept, raw, png)
    if kept["problem"] and not kept["drawing"]:
        raise UnreadableImage(kept["problem"])
    kept["problem"] = ""
    return kept["drawing"]


def drawing(key: str) -> Drawing | None:
    """What this visitor has drawn on the canvas called `key`, on whatever page it is; None if it is blank."""
    return st.session_state.get(f"{key}.kept", {}).get("drawing")


def objects(key: str) -> list[dict[str, Any]]:
    """The strokes on the canvas called `key` as Fabric.js has them, in pixels, unchecked."""
    return st.session_state.get(f"{key}.kept", {}).get("objects", [])


def invite(key: str, title: str, line: str) -> None:
    """Other words on the blank canvas, such as for a network of other classes. It takes effect below `digit_canvas`."""
    st.html(f"<style>{_hint(f'{key}.pad', title, line)}</style>")


def prompt(key: str, said: str = "") -> None:
    """Have a screen reader say what became of the drawing. It takes a line of the page, so call it below all else."""
    _said(key=f"{key}.prompt", data=said, height=1)


def put(key: str, strokes: Strokes) -> None:
    """Replace what is on the canvas called `key`; call it before `digit_canvas`, such as from a button's callback.

    strokes: polylines of (x, y) in 0…UNITS, y down
    """
    kept = _kept(key)
    placed = as_tuples(strokes)
    kept["drawing"] = Drawing(render(placed, size=UNITS, width=PEN), placed) if placed else None
    _show(key, [_path(stroke) for stroke in placed])


def as_tuples(strokes: Strokes) -> tuple[tuple[tuple[float, float], ...], ...]:
    """The same strokes as tuples, to compare and to keep."""
    return tuple(tuple((float(x), float(y)) for x, y in stroke) for stroke in strokes)


def _mounted(**given: Any) -> Any:
    """What st_canvas mounts, in the frame that canvas.js makes around it."""
    bundle = next(_BUILD.glob("index-*.js")).name
    found = addresses(f"_stcore/bidi-components/{_WRAPPED}/{bundle}")
    return _board(**{**given, "data": {**given["data"], "addresses": found}, "width": "stretch"})


def _brought(key: str, kept: dict[str, Any]) -> str:
    """Put there what the link brings along, or else what the browser kept; returns what is wrong with it."""
    if linked := address.once(LINKED):
        address.write(LINKED, [])
        text, which, instead = linked[-1], "in the link", "Ask for the link again, or draw here."
    elif not (kept["id"] or kept["raw"]) and (text := _sent(key).get("stored")):
        which, instead = "that this browser kept", "It is forgotten: draw it again."
    else:
        return ""
    try:
        put(key, canvas_text.strokes(str(text)))
    except UnreadableImage as error:
        if not linked:
            put(key, ())
        return f"The drawing {which} cannot be read: {error} {instead}"
    return ""


def _sent(key: str) -> Mapping[str, Any]:
    """What the browser has last sent, which the script may not have seen yet; empty if it is no drawing."""
    state = st.session_state.get(f"{key}.pad")
    sent = state.get("drawing") if isinstance(state, Mapping) else None
    raw = sent.get("raw") if isinstance(sent, Mapping) else None
    return raw if isinstance(raw, Mapping) else {}


def _show(key: str, objects: list[dict]) -> None:
    """Have the browser show these Fabric objects, and what was drawn since it last sent something."""
    kept = _kept(key)
    seen = (_sent(key) or kept["raw"] or {}).get("seen")
    since = seen if isinstance(seen, int | float) else 0
    kept.update(id=uuid4().hex[:12], since=since, objects=objects, shown=objects)


def _path(stroke: Sequence[tuple[float, float]]) -> dict[str, Any]:
    """A polyline as the Fabric.js object that the canvas itself makes of a stroke."""
    scaled = [(x * SIDE / UNITS, y * SIDE / UNITS) for x, y in stroke]
    (x, y), *rest = scaled
    return {
        "type": "Path",
        "path": [["M", x, y], *(["L", *point] for point in rest or [(x + 0.02, y)])],  # no line of no length is painted
        "stroke": INK,
        "strokeWidth": PEN * SIDE / UNITS,
        "strokeLineCap": "round",
        "strokeLineJoin": "round",
        "fill": None,
    }


def _take(kept: dict[str, Any], raw: Any, png: bytes) -> None:
    """Believe what the browser sent, if it is a drawing and not older than what was put there."""
    objects = raw.get("objects") if isinstance(raw, dict) else None
    if not isinstance(objects, list) or not all(isinstance(each, dict) for each in objects):
        raise UnreadableImage(NO_DRAWING)
    kept["raw"] = raw
    if kept["id"] and raw.get("after", kept["id"]) != kept["id"]:
        return
    pixels = ink.decode(png, max_bytes=MAX_BYTES, max_side=SIDE)
    if pixels.shape[:2] != (SIDE, SIDE):
        raise UnreadableImage(f"The canvas sent a picture that is not {SIDE}×{SIDE} pixels: clear it and draw again.")
    opacity = np.ascontiguousarray(pixels[:, :, 3])
    kept["objects"] = objects
    strokes = kept["drawing"].strokes if kept["drawing"] and not raw.get("touched", True) else ()
    kept["drawing"] = Drawing(opacity, strokes) if opacity.any() else None


def _paper(pad: str) -> str:
    """CSS of the room for the sheet."""
    place = f".st-key-{pad.replace('.', '-')}"
    return f"{place} {{ --side: {SIDE}px; }} .stColumn.stColumn:has({place}) {{ --least: {SIDE}px; }}"


def _hint(pad: str, title: str = "Draw a digit here", line: str = "try a 7 with a bar") -> str:
    """CSS of the invitation on the blank sheet, an SVG image."""
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{SIDE}" height="{SIDE}" fill="{HINT}" text-anchor="middle" '
        f'font-family="{theme.FONT}"><text x="50%" y="49%" font-size="20">{escape(title)}</text>'
        f'<text x="50%" y="57%" font-size="15">{escape(line)}</text></svg>'
    )
    return f'.st-key-{pad.replace(".", "-")} {{ --hint: url("data:image/svg+xml,{quote(svg)}"); }}'


def _kept(key: str) -> dict[str, Any]:
    """The drawing as this session knows it.

    id, shown: of what was last put there, None before; since: when the browser had last sent something before that
    raw: what it last sent; objects: the strokes as Fabric.js has them
    problem: what is wrong with the drawing that was brought along, until there is another one
    """
    start = {"id": None, "since": 0, "shown": [], "raw": None, "objects": [], "drawing": None, "problem": ""}
    return st.session_state.setdefault(f"{key}.kept", start)
