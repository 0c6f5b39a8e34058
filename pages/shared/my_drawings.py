"""The sheet of this visitor's own drawings, each with what it is: filled on the page Draw, a data set on Train."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import streamlit as st

from dlcore.config.class_names import joined
from dlcore.data.own.sheet import Drawn, Sheet
from dlcore.errors import DlcoreError
from pages.shared import page
from pages.shared.live_sheet import removable_sheet

FILE = "my-drawings.zip"
SHOWN = 120
"""Drawings that are shown, the newest."""
_SHEET, _SAID = "_my_drawings", "_my_drawings_said"


def sheet() -> Sheet:
    """All of it, for as long as the session lasts."""
    return st.session_state.get(_SHEET) or Sheet()


def keep(found: Sheet) -> None:
    """Take this one instead."""
    st.session_state[_SHEET] = found


def change(action: Callable[[Sheet], Sheet]) -> bool:
    """For callbacks: change the sheet; what hinders it is said where the sheet is shown. Whether it was changed."""
    try:
        keep(action(sheet()))
    except DlcoreError as error:
        st.session_state[_SAID] = [str(error)]
        return False
    return True


def add(name: str, image: np.ndarray) -> bool:
    """For callbacks: put a drawing on the sheet as one of a class. image: uint8 (28, 28)"""
    return change(lambda now: now.add(name, image))


def said() -> None:
    """What went wrong when the sheet was last changed, once."""
    for sentence in st.session_state.pop(_SAID, []):
        page.problem(sentence)


def show(key: str, classes: Sequence[str]) -> tuple[Drawn, ...]:
    """The drawings of these classes as small pictures, each of which can be removed; returns them.

    What is on the sheet of other classes is only told.
    """
    said()
    now = sheet()
    mine = now.of(classes)
    places = [place for place, each in enumerate(now.drawings) if each.name in classes]
    shown = list(zip(places, mine, strict=True))[::-1][:SHOWN]
    if shown:
        kinds = ("generated drawing" if each.generated else "drawing" for _, each in shown)
        removable_sheet(
            key, [each.image for _, each in shown], [each.name for _, each in shown],
            [each.generated for _, each in shown],
            [f"{kind} {place + 1}: {each.name}" for kind, (place, each) in zip(kinds, shown, strict=True)],
            places=[place for place, _ in shown], count=len(now), removed=removed,
        )  # fmt: skip
        more = f" The newest {SHOWN} are shown." if len(mine) > SHOWN else ""
        made = " Dashed: generated, not drawn by a person." if any(each.generated for each in mine) else ""
        if more or made:
            st.caption(f"{more}{made}".strip())
    if others := [name for name in now.counts if name not in classes]:
        count = len(now) - len(mine)
        st.caption(page.plain(f"Your sheet also has {count:,} drawings of other classes: {joined(others)}."))
    return mine


def removed(event: Any) -> None:
    """For callbacks: a cross was pressed, on the sheet as the browser shows it: `place` of `count` drawings."""
    if not isinstance(event, Mapping):
        return
    place, count = event.get("place"), event.get("count")
    if isinstance(place, int) and count == len(sheet()):
        change(lambda now: now.without(place))


def take_home(key: str, classes: Sequence[str]) -> None:
    """The sheet as a file, from a file, and empty again."""
    now = sheet()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            "Download the sheet", lambda: sheet().data, FILE, "application/zip", icon=":material/download:",
            disabled=not len(now), on_click="ignore", key=f"{key}_download",
            help="A ZIP with a folder for each class: it can be opened here again, and on Train.",
        )  # fmt: skip
        with st.popover("Open a sheet", icon=":material/upload_file:"):
            st.file_uploader(
                "A ZIP with a folder for each class", ["zip"], key=f"{key}_upload", on_change=_opened,
                args=(f"{key}_upload",), max_upload_size=8,
            )  # fmt: skip
        st.button(
            "Empty it", icon=":material/delete:", key=f"{key}_empty", disabled=not now.of(classes), on_click=change,
            args=(lambda found: found.leaving(classes),), help="Removes the drawings that are shown here.",
        )  # fmt: skip
        with_train = "On Train, choose own under Images, then your drawings."
        st.page_link("pages/train.py", label="Use them on Train", icon=":material/model_training:", help=with_train,
                     query_params={"data": "own"}, disabled=not len(now))  # fmt: skip


def _opened(key: str) -> None:
    """A callback: the drawings of a file come to those that are there."""
    file = st.session_state.get(key)
    if file is None:
        return
    try:
        found, notes = Sheet.read(file.getvalue())
        keep(sheet().with_all(found))
        st.session_state[_SAID] = list(notes)
    except DlcoreError as error:
        st.session_state[_SAID] = [str(error)]
