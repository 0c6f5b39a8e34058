"""Images of one's own: those that this visitor has chosen for the next run, and those that a run has brought along."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from dlcore.config.fields import DataSection
from dlcore.config.image_sets import IMAGE_SETS
from dlcore.config.run import RunConfig
from dlcore.data.own.examples import Examples, Found
from dlcore.errors import DlcoreError
from pages.figures import words
from pages.shared import page, session, trained

if TYPE_CHECKING:
    from dlcore.data.sets import Dataset

_CHOSEN = "_own_images"


def chosen(state: Mapping[Any, Any] | None = None) -> Found | None:
    """What this visitor has chosen, for as long as the session lasts; None before."""
    return (st.session_state if state is None else state).get(_CHOSEN)


def choose(found: Found | None) -> None:
    """Take these for the next run."""
    st.session_state[_CHOSEN] = found


def settings(state: Mapping[Any, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """What the chosen images add to a config: to its data, and to the run itself."""
    found = chosen(state)
    if found is None:
        return {}, {}
    return {"labels": found.examples.classes}, {"examples": found.examples.digest}


def data(config: RunConfig) -> bytes | None:
    """The file of the images that a config names, if they are the chosen ones."""
    found = chosen()
    return found.examples.data if found and found.examples.digest == config.examples else None


def take_over(run_id: str, config: RunConfig) -> None:
    """Choose the images that a run has brought along, if they are its data."""
    if not config.data.brought:
        return
    try:
        choose(Found(Examples.read(session.store().examples(run_id) or b"")))
    except DlcoreError as error:
        st.toast(page.plain(str(error)))


def dataset(name: str, choice: str) -> "Dataset":
    """The image set of that name. choice: a run, which has its images with it where they are its own"""
    from dlcore.data import sets  # torch: whoever gets here has waited for it already

    return sets.load(name, examples=session.store().examples(trained.parted(choice)[0]) if name == "own" else None)


@st.cache_resource(max_entries=4, show_spinner="Opening the images")
def opened(name: str, choice: str) -> "Dataset | None":
    """The same, kept; None if the set is not on this machine."""
    return dataset(name, choice) if name in IMAGE_SETS and IMAGE_SETS[name].ready() else None


def learned(data: DataSection, choice: str) -> "Dataset | None":
    """The set that a network learned from; None if it is not on this machine.

    choice: the run that the network is from, or the name of a bundled one
    """
    return opened(data.name, choice if data.brought else "")


def missing(data: DataSection) -> str:
    """That the set that a network learned from is not there, for a sentence that goes on."""
    return f"{words.dataset(data.name)}, on which it was trained, is not on this machine"


def source(name: str, choice: str) -> str:
    """The same as Python, for the code view; it uses Store where the images lie with the run."""
    if name != "own":
        return f"load({name!r})"
    return f"load({name!r}, examples=Store().examples({trained.parted(choice)[0]!r}))"
