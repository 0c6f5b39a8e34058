"""A network for symbols of one's own as one file: saved here, opened elsewhere."""

import streamlit as st

from dlcore.config.class_names import joined
from dlcore.errors import DlcoreError
from dlcore.training.script import Ran, export
from pages.parts.draw.board import Board
from pages.shared import my_drawings, page, reader, session, trained

FILE = "symbols.zip"
_KEY, _SAID = "project_file", "_project_said"


def show(board: Board) -> None:
    """Save the network that reads now, if it is for images of one's own; open one that was saved."""
    st.markdown("**Take it with you**: drawings, settings, weights and script in one ZIP, which opens on any machine.")
    brought = board.classifier.config.data.brought
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            "Download the project", lambda: packed(board.choice), FILE, "application/zip", icon=":material/download:",
            disabled=not brought, on_click="ignore", key="project_save",
            help="Of the network that reads now." if brought else "First train a network on your own drawings.",
        )  # fmt: skip
        with st.popover("Open a project", icon=":material/folder_open:"):
            st.file_uploader("A project's ZIP", ["zip"], key=_KEY, on_change=_open, max_upload_size=32)
    for sentence in st.session_state.pop(_SAID, []):
        page.problem(sentence)


def packed(choice: str) -> bytes:
    """The project of a run."""
    from dlcore.use.project import Project

    run_id, _ = trained.parted(choice)
    store = session.store()
    run = store.readable(run_id)
    start = run.started_record
    ran = Ran(start.precision, start.data, run.threads, start.device) if start else Ran()
    return Project(run.config, trained.weights(choice), store.examples(run_id) or b"").packed(export(run.config, ran))


def _open() -> None:
    """A callback: what a ZIP holds becomes a run of this visitor, which reads, and its drawings are on the sheet."""
    from dlcore.data.own.sheet import Sheet
    from dlcore.use import project

    file = st.session_state.get(_KEY)
    if file is None:
        return
    try:
        found = project.read(file.getvalue())
        images = found.images
        title = f"{joined(images.classes)}, opened from {file.name}"
        run_id = session.store().adopt(found.config, session.owner(), found.weights, title, found.examples)
        my_drawings.keep(my_drawings.sheet().with_all(Sheet.from_examples(images)))
        st.session_state["symbols"] = ", ".join(images.classes)
        reader.use(run_id)
    except DlcoreError as error:
        st.session_state[_SAID] = [str(error)]
