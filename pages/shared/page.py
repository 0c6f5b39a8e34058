"""What every page does first, and how it shows that something went wrong."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st
from streamlit.elements.lib.mutable_expander_container import ExpanderContainer
from streamlit.runtime.pages_manager import PagesManager

from dlcore.config.kinds import KINDS
from dlcore.errors import DlcoreError
from dlcore.formula.expression import InvalidExpression
from pages.shared import address, present

_ENTERED = "_entered_through_app"
_STYLE = f"<style>{(Path(__file__).parent / 'page.css').read_text(encoding='utf-8')}</style>"


def of_kind(kind: str) -> str:
    """The file of the page on which runs of a kind are watched."""
    return f"pages/{KINDS[kind].page}.py"


def entered() -> None:
    """app.py calls this before it runs a page."""
    st.session_state[_ENTERED] = True


def guard() -> None:
    """Send the visit through app.py if Streamlit started this page's file on its own.

    The first visit to a fresh server with a deep link does that, because of the name of the directory `pages`.
    """
    if not st.session_state.get(_ENTERED):
        PagesManager.uses_pages_directory = False  # as st.navigation does, which only app.py calls
        st.rerun()


def header(title: str, sentence: str) -> None:
    """The top of a page: its title, and one sentence on what you will see."""
    st.html(_STYLE)
    present.title(title, sentence)


def is_dark() -> bool:
    """Whether this visitor sees the dark theme; light until the browser has told."""
    return st.context.theme.type == "dark"


def on_demand(title: str, icon: str, key: str, draw: Callable[[], None]) -> None:
    """An expander whose content is drawn, and computed, only while it is open."""
    place = st.expander(title, icon=icon, on_change="rerun", key=key)
    if place.open:
        with place:
            draw()


def expander(title: str, icon: str, key: str, *, wrong: bool = False) -> ExpanderContainer:
    """An expander with controls: open or closed as the visitor left it, whatever changes around it.

    wrong: whether what was typed in it cannot be used; it opens when that begins
    """
    address.remember([key])
    state, memory = st.session_state, f"_{key}_wrong"
    if wrong and not state.get(memory):
        state[key] = True
    state[memory] = wrong
    return st.expander(title, icon=icon, key=key, on_change="rerun")


def problem(error: DlcoreError | str) -> None:
    """Show what went wrong as one sentence, and the character of a typed expression where it shows.

    Markdown in it is shown as it is.
    """
    st.warning(plain(str(error)), icon=":material/error:")
    if isinstance(error, InvalidExpression):
        st.code(error.pointer, language=None)


def plain(text: str) -> str:
    """`text` with Markdown's own characters escaped, for words that come from a link, a file or a user."""
    return "".join(f"\\{each}" if each in "\\`*_{}[]()<>#+-!|$~:" else each for each in text)


@contextmanager
def section(chosen: str, names: Iterable[str]) -> Iterator[None]:
    """What a choice of sections shows. Nothing of another section stays below while this one is computed.

    names: of all sections; each has a place of its own, and those of the others are empty from the start. One place for
    all would not do: Streamlit may send that it is empty and what comes next as one, and keep what was in it.
    """
    places = {name: st.container() if name == chosen else st.empty() for name in names}
    with places[chosen]:
        yield


@contextmanager
def sentences() -> Iterator[None]:
    """Within this block a DlcoreError becomes a sentence on the page, and the page goes on after the block."""
    try:
        yield
    except DlcoreError as error:
        problem(error)
