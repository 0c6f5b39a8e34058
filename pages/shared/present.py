"""Presentation mode, for a projector: the picture and its few controls fill the screen. `present=1` in a link opens it.

The server leaves the page as it is. A style sheet takes away what is not shown, and a script in the browser chooses
`--fit`, the factor for the heights of all pictures with which the page just fills the window.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

from pages.shared import address

_HERE = Path(__file__).parent
_STYLE = f"<style>{(_HERE / 'present.css').read_text(encoding='utf-8')}</style>"
_KEY = "present"
_ON = "1"

_fit = st.components.v2.component("dlcore_present", js=(_HERE / "present.js").read_text(encoding="utf-8"))


def on() -> bool:
    """Whether this visitor sees the page in presentation mode."""
    return st.session_state.get(_KEY, False)


def entered() -> None:
    """Read the mode from the link, and write it there again: Streamlit drops it where another page is opened.

    app.py calls this once per run of a page, in a place that is always drawn: it takes no room.
    """
    if (linked := address.once(_KEY)) is not None:
        st.session_state[_KEY] = linked == [_ON]
    address.write(_KEY, [_ON] if on() else [])
    _fit(key="present_fit", data={"on": on()}, height=1)


def title(text: str, sentence: str) -> None:
    """The top of a page: its title, a sentence below it, and the way into presentation mode and out of it."""
    if on():
        st.html(_STYLE)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="header"):
        st.title(text, anchor=False, width="content")
        if on():
            st.button("Leave", key="leave_presentation", icon=":material/fullscreen_exit:", shortcut="Esc",
                      help="Back to the whole page.", on_click=_switch, args=(False,))  # fmt: skip
        else:
            st.button("Present", key="enter_presentation", icon=":material/fullscreen:", shortcut="P", on_click=_switch,
                      args=(True,), help="For a projector: the picture and its controls fill the screen.")  # fmt: skip
    with aside("sentence"):
        st.markdown(sentence)


@contextmanager
def aside(name: str) -> Iterator[None]:
    """A part of the page that is left out in presentation mode; its controls keep their values.

    name: of its own on the page
    """
    with st.container(key=f"aside_{name}"):
        yield


@contextmanager
def unfitted(name: str) -> Iterator[None]:
    """A part below the first screen, to which one scrolls: in presentation mode its pictures keep their heights.

    name: of its own on the page
    """
    with st.container(key=f"unfitted_{name}"):
        yield


def _switch(to: bool) -> None:
    st.session_state[_KEY] = to
