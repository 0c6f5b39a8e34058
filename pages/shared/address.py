"""The one way in which a control and the page's link go together.

Streamlit binds numbers, switches and texts to the address. It would write options as they are labelled, so they are
bound here: by identifiers, which stay when a label is reworded. Links that carry labels are understood and rewritten.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

_KEPT, _DRAWN, _COUNT, _PART = "_link_keys", "_link_drawn", "_link_count", "_link_part"
_STARTED = "_link_started"

_ENTRIES = """
export default function() {
  if (window.dlcoreAddress) return;
  window.dlcoreAddress = true;
  let acted = false;  // whether the visitor has done something since the last entry
  let moved = null;  // what arrow keys move now: all of it is one act, as a drag is
  const act = event => {
    if (["Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
    const moves = event.key?.startsWith("Arrow") ? event.composedPath()[0] : null;
    if (!event.repeat && !(moves && moves === moved)) acted = true;
    moved = moves;
  };
  for (const kind of ["pointerdown", "keydown"]) window.addEventListener(kind, act, true);
  window.addEventListener("popstate", () => { acted = false; moved = null; }, true);
  const { pushState: push, replaceState: replace } = history;
  history.pushState = history.replaceState = (state, title, url) => {
    const to = new URL(url ?? location.href, location.href);
    const stays = to.pathname === location.pathname;
    const add = (acted && to.href !== location.href) || !stays;
    if (add) acted = false;
    return (add ? push : replace).call(history, state, title, url);
  };
}
"""
_component = st.components.v2.component("dlcore_address", js=_ENTRIES)


@dataclass(frozen=True)
class Known:
    """The options of a control, each with its identifier in links, and what else links may call them."""

    texts: Mapping[Any, str]
    also: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def named(cls, options: Iterable[str], names: Mapping[str, str] | None = None) -> "Known":
        """Options that are identifiers themselves; links from before carry their `names`."""
        options = tuple(options)
        return cls({each: each for each in options}, {(names or {}).get(each, each): each for each in options})

    @classmethod
    def numbers(cls, options: Iterable[float], form: Callable[[float], str]) -> "Known":
        """Numbers, however they are written; links from before carry them in this `form`."""
        options = tuple(options)
        return cls({each: _written(each) for each in options}, {form(each): each for each in options})

    def read(self, text: str) -> Any:
        """The option that a link means; None if there is no such option."""
        for option, identifier in self.texts.items():
            if text == identifier:
                return option
        if text in self.also:
            return self.also[text]
        value = number(text)
        return next((each for each in self.texts if isinstance(each, int | float) and each == value), None)


def number(text: str) -> float:
    """The number that is written here; NaN if it is none."""
    try:
        return float(text)
    except ValueError:
        return math.nan


def typed(key: str) -> dict[str, Any]:
    """Arguments for a control of a number, a switch or a text: its value is in the link."""
    remember([key])
    return {"key": key, "bind": "query-params"}


def one(key: str, known: Known, default: Any, *, always: bool = False) -> dict[str, Any]:
    """Arguments for a control that takes one of some options. It needs no default: its value is set here.

    default: what is not written into the link, unless `always`
    """
    state = st.session_state
    if (texts := _from_link(key)) is not None:
        found = known.read(texts[-1]) if texts else None
        state[key] = default if found is None else found
    elif state.get(key) not in known.texts:  # new, or the options have changed
        state[key] = default
    value = state[key]
    write(key, [known.texts[value]] if always or value != default else [])
    return held(key)


def several(key: str, known: Known, default: Sequence[Any], most: int | None = None) -> dict[str, Any]:
    """The same for any number of options, at most `most`; an empty text in the link is none of them."""
    state = st.session_state
    if (texts := _from_link(key)) is not None:
        found = [each for text in texts if (each := known.read(text)) is not None]
        usable = found or texts == [""]
        state[key] = list(dict.fromkeys(found))[:most] if usable else list(default)
    elif key not in state or not set(state[key]) <= known.texts.keys():
        state[key] = [each for each in state.get(key, default) if each in known.texts]
    value = state[key]
    write(key, [] if value == list(default) else [known.texts[each] for each in value] or [""])
    return held(key)


def given(key: str) -> list[str]:
    """What the link says that a control is about to take from it."""
    return _from_link(key) or []


def coming(key: str, default: str) -> str:
    """What a text is going to be whose control is drawn later in this run."""
    linked = st.query_params.get(key) or default
    return linked if get_script_run_ctx().is_history_navigation else st.session_state.get(key) or linked


def once(key: str) -> list[str] | None:
    """What the link says for a key that has no control: at the start of a visit, and after Back or Forward."""
    started = st.session_state.setdefault(_STARTED, set())
    if key in started and not get_script_run_ctx().is_history_navigation:
        return None
    started.add(key)
    return st.query_params.get_all(key)


def remember(keys: Iterable[str]) -> None:
    """Let `keep` keep these controls too."""
    st.session_state.setdefault(_KEPT, set()).update(keys)


def keep() -> None:
    """Keep the values of controls that are not shown now, which Streamlit would forget.

    To be called wherever controls come and go: at the start of every run, and of fragments with several sections.
    """
    for key in st.session_state.get(_KEPT, ()):
        if key in st.session_state:
            st.session_state[key] = st.session_state[key]


@contextmanager
def part(name: str = "") -> Iterator[None]:
    """Draw a part of the page, by default all of it: options that are not drawn in it any more leave the link."""
    state = st.session_state
    outer = state.get(_PART, "")
    begun = state[_COUNT] = state.get(_COUNT, 0) + 1
    state[_PART] = name
    try:
        yield
    finally:
        state[_PART] = outer
    drawn = state.setdefault(_DRAWN, {})
    for key in [key for key, (count, place) in drawn.items() if count < begun and name in ("", place)]:
        del drawn[key]
        write(key, [])


def fragment(draw: Callable[..., Any]) -> Callable[..., Any]:
    """st.fragment for a function that draws controls which come and go."""

    @wraps(draw)
    def drawn(*args: Any, **named: Any) -> Any:
        with part(f"{draw.__module__}.{draw.__qualname__}"):
            return draw(*args, **named)

    return st.fragment(drawn)


def one_entry_an_act() -> None:
    """Let Back and Forward go through what the visitor did: one entry in the browser's history for each act.

    Streamlit adds one whenever a script changes the address: several for an experiment, one for a page's first words;
    and none for its own controls. Here the first change after an act adds one, and all that follow replace it. It
    takes no room.
    """
    _component(key="address", height=1)


def _from_link(key: str) -> list[str] | None:
    """What the link says where it decides: when a control appears, and after Back or Forward. None if it does not."""
    given = st.query_params.get_all(key)
    if get_script_run_ctx().is_history_navigation:
        return given
    return given if given and key not in st.session_state.get(_DRAWN, {}) else None


def write(key: str, texts: list[str]) -> None:
    """Put texts into the link under a key, or take the key out of it."""
    if st.query_params.get_all(key) == texts:
        return
    if texts:
        st.query_params[key] = texts if len(texts) > 1 else texts[0]
    else:
        del st.query_params[key]


def held(key: str) -> dict[str, Any]:
    """Arguments for a control whose value was agreed on with the link before."""
    remember([key])
    state = st.session_state
    state.setdefault(_DRAWN, {})[key] = (state.get(_COUNT, 0), state.get(_PART, ""))
    return {"key": key, "persist_state": "session"}


def _written(value: float) -> str:
    short = f"{value:g}"
    return short if float(short) == value else str(value)
