"""Images of one's own for the next run: chosen as a file, read, and told what became of them."""

import threading

import streamlit as st

from dlcore.config.class_names import joined
from dlcore.errors import DlcoreError
from pages.shared import my_drawings, own_images, page

NAME = "own"
_FILE, _NEW, _PROBLEM = "_own_file", "_own_new", "_own_problem"
STRUCTURE = (
    "A **ZIP with a folder for each class**, such as `cat/1.png`, `cat/2.jpg`, `dog/1.png`: the folder's name is the "
    "class. Or a **CSV** with a label and 784 pixels in each row, as MNIST is often shared."
)
_reading = threading.Semaphore(2)
"""So that the files of a whole class do not take the machine from everybody else."""


def upload() -> None:
    """The field for the file, what is to be in it, and what was found."""
    from dlcore.data.own import files

    file = st.file_uploader(
        "Your own images", ["zip", "csv"], key=_FILE, on_change=_changed, max_upload_size=files.MOST_BYTES // 1_000_000,
        help=f"{STRUCTURE}  \n{files.LIMITS}",
    )  # fmt: skip
    drawn()
    if st.session_state.pop(_NEW, False):
        _read(file)
    if problem := st.session_state.get(_PROBLEM):
        page.problem(problem)
    elif found := own_images.chosen():
        st.caption(page.plain(f"{len(found.examples.labels):,} images of {joined(found.examples.classes)}."))


def drawn() -> None:
    """The drawings that were collected on the page Draw, to be taken instead of a file; a way there."""
    count = len(my_drawings.sheet())
    with st.container(horizontal=True, vertical_alignment="center"):
        if count:
            st.button(f"Use my {count:,} drawings", icon=":material/draw:", on_click=_take_drawings, key="own_drawings")
        st.page_link("pages/draw.py", label="Draw more" if count else "Or draw them yourself", icon=":material/draw:",
                     query_params={"draw_section": "teach", "teach": "symbols"})  # fmt: skip


def _take_drawings() -> None:
    """A callback."""
    st.session_state.pop(_PROBLEM, None)
    try:
        own_images.choose(my_drawings.sheet().examples())
    except DlcoreError as error:
        own_images.choose(None)
        st.session_state[_PROBLEM] = str(error)


def shown() -> bool:
    """What is said above the sample sheet: what to do where there are no images yet, what was changed where there are.

    Returns whether there are some.
    """
    from dlcore.data.own.pictures import RULE

    found = own_images.chosen()
    if found is None:
        st.info(f"Choose your images beside: {STRUCTURE[:1].lower()}{STRUCTURE[1:]}", icon=":material/upload_file:")
        st.caption(RULE)
        return False
    for note in found.notes:
        page.problem(note)
    st.caption(RULE)
    return True


def _changed() -> None:
    st.session_state[_NEW] = True


def _read(file) -> None:
    from dlcore.data.own import files

    st.session_state.pop(_PROBLEM, None)
    own_images.choose(None)
    if file is None:
        return
    try:
        with st.spinner("Reading your images", show_time=True), _reading:
            own_images.choose(files.read(file.getvalue()))
    except DlcoreError as error:
        st.session_state[_PROBLEM] = str(error)
