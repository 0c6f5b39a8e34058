"""A picture of one's own in place of the drawing: chosen, dropped, pasted or taken with the camera."""

import io
import threading
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import streamlit as st
from PIL import Image

from dlcore.data import ink, picture_files
from dlcore.data.ink import Ink, InkStep
from dlcore.errors import DlcoreError
from pages.figures import digits
from pages.shared import page
from pages.shared.canvas import SIDE, Drawing

MOST_MB = picture_files.MAX_BYTES // 1_000_000
_BROUGHT, _PROBLEM, _COUNT = "_draw_picture", "_draw_picture_problem", "_draw_picture_count"
TITLES = {
    "picture": "Your picture",
    "colour": "By its colours",
    "sheet": "The sheet",
    "light": "Even light",
    "lines": "Without lines",
    "frame": "Without the frame",
    "enlarge": "Enlarged",
}
IN_A_ROW = 4
_reading = threading.Semaphore(2)
"""So that the photographs of a whole class do not take the machine from everybody else."""
_hand_over = st.components.v2.component(
    "dlcore_picture",
    html='<p role="status" hidden></p>',
    css="p { margin: 0; color: var(--st-text-color); font: 0.875rem var(--st-font); overflow-wrap: anywhere; }",
    js=Path(__file__).with_name("picture.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class Brought:
    """A picture that takes the place of the drawing.

    shown: a JPEG or PNG file of it, small; note: what is missing from it, or empty
    drawing: its ink, as if it were drawn; steps: those to the ink; problem: empty, or why there is none
    """

    shown: bytes
    drawing: Drawing
    steps: tuple[InkStep, ...]
    problem: str
    note: str

    def read(self, **switched: bool) -> Ink:
        """The image that a network reads, as `ink.read` makes it of a drawing."""
        drawn = ink.read(self.drawing.pixels, canvas=True, **switched)
        return replace(drawn, problem=self.problem or ink.OF_PICTURES.get(drawn.problem, drawn.problem))


def brought() -> Brought | None:
    """The picture that this visitor has brought; None while the canvas is used."""
    return st.session_state.get(_BROUGHT)


def show(picture: Brought) -> None:
    """The picture where the canvas is, and the way back."""
    st.image(picture.shown, width=SIDE)
    st.button("Back to the canvas", icon=":material/draw:", on_click=leave, key="draw_picture_leave")
    if picture.note:
        st.caption(page.plain(picture.note))


def problem() -> None:
    """Why what was brought cannot be read, as one sentence that stays until something else is done."""
    if said := st.session_state.pop(_PROBLEM, None):
        page.problem(said)


def bring() -> None:
    """The ways to bring a picture, below the canvas."""
    count = st.session_state.setdefault(_COUNT, 0)
    with st.expander("Bring a picture", icon=":material/add_photo_alternate:"):
        key = f"draw_file_{count}"
        st.file_uploader(
            "A photograph or a scan of one digit", key=key, on_change=_take, args=(key,), max_upload_size=MOST_MB,
            help="On paper of any kind: the light, the desk, printed lines and frames are taken away first. It is read "
            "on the server and kept only until you leave.",
        )  # fmt: skip
        st.caption("Or drop it on this page, or paste it with Ctrl+V.")
        if st.checkbox("Use the camera", key="draw_camera"):
            shot = f"draw_shot_{count}"
            st.camera_input("Hold the digit into the camera", key=shot, on_change=_take, args=(shot,))
    _hand_over(key="draw_picture_hand", data={"count": count, "shown": brought() is not None})


def show_steps(picture: Brought) -> None:
    """What was done before there was ink, a picture for each step that it took."""
    for first in range(0, len(picture.steps), IN_A_ROW):
        columns = st.columns(IN_A_ROW, gap="medium")
        for column, step in zip(columns, picture.steps[first : first + IN_A_ROW], strict=False):
            with column:
                st.html(digits.picture(step.image, TITLES[step.name], step.caption))


def _take(key: str) -> None:
    """Read the file of a control, and begin a new one: the same file may come again, and none is kept."""
    state = st.session_state
    file = state.get(key)
    state[_PROBLEM] = None
    if file is None:
        return
    state[_COUNT] += 1
    try:
        with _reading:
            state[_BROUGHT] = _read(file.getvalue())
    except DlcoreError as error:
        state[_PROBLEM] = str(error)


def _read(data: bytes) -> Brought:
    opened = picture_files.opened(data)
    found = ink.found(opened.pixels)
    return Brought(_small(opened.pixels), Drawing(found.ink), found.steps, found.problem, opened.note)


def _small(pixels: np.ndarray) -> bytes:
    """A file of at most twice the canvas's side."""
    image = Image.fromarray(pixels)
    image.thumbnail((2 * SIDE, 2 * SIDE))
    file = io.BytesIO()
    if pixels[..., 3].min() == 255:
        image.convert("RGB").save(file, "JPEG", quality=88)
    else:
        image.save(file, "PNG")
    return file.getvalue()


def leave() -> None:
    """Go back to the canvas."""
    st.session_state[_BROUGHT] = st.session_state[_PROBLEM] = None
