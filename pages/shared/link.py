"""Controls whose values are part of the page's link, and a sentence for each value in a link that cannot be used.

Streamlit quietly puts its default in the place of a bad value. Here the visitor is told what was wrong with it.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

import streamlit as st

from pages.shared import page

LINKED = "query-params"
_PROBLEMS, _PLACE, _KEPT, _ANEW = "_link_problems", "_link_place", "_link_keys", "_link_anew"
_SHOWN = 60
_INSTEAD = "The default is used instead."


def problems() -> None:
    """Reserve the place for the sentences, near the top of a page and before its controls."""
    told = st.session_state[_PROBLEMS] if st.session_state.pop(_ANEW, False) else {}
    st.session_state[_PROBLEMS] = {}
    st.session_state[_PLACE] = st.container()
    for key, sentence in told.items():
        _tell(key, sentence)


def slider(key: str, label: str, low: float, high: float, default: float, step: float, **options: Any) -> float:
    """A number between `low` and `high`. `default`, `low`, `high` and `step` are all int or all float."""
    kind = type(default)
    _keep_within(key, kind(low), kind(high))
    _check(key, lambda text: _within(text, low, high))
    return st.slider(label, kind(low), kind(high), default, step=kind(step), **_bound(key, options))


def number(key: str, label: str, low: float, high: float, default: float, step: float, **options: Any) -> float:
    """The same as a field to type into."""
    kind = type(default)
    _keep_within(key, kind(low), kind(high))
    _check(key, lambda text: _within(text, low, high))
    return st.number_input(label, kind(low), kind(high), default, step=kind(step), **_bound(key, options))


def stops(
    key: str,
    label: str,
    values: Sequence[float],
    default: float,
    *,
    form: Callable[[float], str] = "{:g}".format,
    **options: Any,
) -> float:
    """A slider that stops at `values` only, such as learning rates that grow by powers of ten."""
    written = [form(each) for each in values]
    given = st.query_params.get_all(key)
    _rewrite(key, {text: form(each) for text in given for each in values if each == _number(text)})
    _check(key, lambda text: None if text in written else f"it must be one of {_some(written)}. {_INSTEAD}")
    return st.select_slider(label, values, value=default, format_func=form, **_bound(key, options))


def choice(
    key: str,
    label: str,
    options: Sequence[str],
    default: str,
    *,
    names: Mapping[str, str] | None = None,
    look: Literal["segmented", "select"] = "select",
    **more: Any,
) -> str:
    """One of `options`, shown under their `names`; a row of buttons or a drop-down list."""
    shown = _names(options, names)
    if st.session_state.get(key, default) not in options:  # they depend on something else, which has changed
        st.session_state[key] = default
    _check_names(key, shown)
    if look == "segmented":
        more = {"width": "stretch", **more}
        return st.segmented_control(
            label, options, default=default, format_func=shown.get, required=True, **_bound(key, more)
        )
    index = list(options).index(default)
    return st.selectbox(label, options, index=index, format_func=shown.get, **_bound(key, more))


def many(
    key: str,
    label: str,
    options: Sequence[str],
    default: Iterable[str],
    *,
    names: Mapping[str, str] | None = None,
    most: int | None = None,
    **more: Any,
) -> list[str]:
    """Any number of `options`, at most `most`, in the order in which they were chosen."""
    shown = _names(options, names)
    _check_names(key, shown, empty=True)
    _check_number(key, shown, most)
    more = {"placeholder": "Choose", **more}
    return st.multiselect(
        label, options, default=list(default), format_func=shown.get, max_selections=most, **_bound(key, more)
    )


def toggle(key: str, label: str, default: bool = False, **options: Any) -> bool:
    """On or off."""
    _check(key, lambda text: None if text.lower() in ("true", "false") else f"it must be true or false. {_INSTEAD}")
    return st.toggle(label, value=default, **_bound(key, options))


def text(key: str, label: str, default: str, most: int, **options: Any) -> str:
    """A line of text of at most `most` characters."""
    _check(key, lambda given: None if len(given) <= most else f"only {most} characters are used.")
    return st.text_input(label, value=default, max_chars=most, **_bound(key, options))


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


def run_chosen(key: str, widget: str, everybodys: str = "") -> None:
    """A callback of the control `widget`: keep what was chosen under `key`, and name it in the link."""
    st.session_state[key] = st.session_state[widget]
    name_run(key, st.session_state[key], everybodys)


def wanted_run(key: str, default: str) -> str:
    """The run in the link, else the one that this visitor chose, which is kept under `key`, else `default`."""
    linked, state = st.query_params.get("run"), st.session_state
    if linked and linked != state.get(f"{key}_named"):
        state[key] = linked
    return linked or state.get(key) or default


def name_run(key: str, choice: str, everybodys: str = "") -> None:
    """Let the link name the network that is shown, unless a link without a name shows it to everybody."""
    named = st.session_state[f"{key}_named"] = "" if choice == everybodys else choice
    if not named:
        st.query_params.pop("run", None)
    elif st.query_params.get("run") != named:
        st.query_params["run"] = named


def _keep_within(key: str, low: float, high: float) -> None:
    """Bring a value that was kept to the nearest end, where the limits depend on something else."""
    kept = st.session_state.get(key)
    if kept is not None and not low <= kept <= high:
        st.session_state[key] = min(max(kept, low), high)


def _bound(key: str, options: Mapping[str, Any]) -> dict[str, Any]:
    remember([key])
    return {**options, "key": key, "bind": LINKED}


def _check(key: str, rule: Callable[[str], str | None]) -> None:
    """Tell what is wrong with the values that the link gives to `key`, on the run that takes them from the link."""
    if key in st.session_state or key not in st.query_params:
        return
    for given in st.query_params.get_all(key):
        if why := rule(given):
            _tell(key, f"The link says {key}={given[:_SHOWN]}, but {why}")


def _tell(key: str, sentence: str) -> None:
    if _PLACE not in st.session_state or key in st.session_state[_PROBLEMS]:
        return
    st.session_state[_PROBLEMS][key] = sentence
    with st.session_state[_PLACE]:
        page.problem(sentence)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _within(text: str, low: float, high: float) -> str | None:
    if low <= _number(text) <= high:
        return None
    return f"it must be a number between {low:g} and {high:g}. {_INSTEAD}"


def _some(words: Sequence[str], most: int = 12) -> str:
    return ", ".join(words[:most]) + (", …" if len(words) > most else "")


def _check_names(key: str, shown: Mapping[str, str], *, empty: bool = False) -> None:
    """Links carry the names that are shown, as Streamlit writes them, or the options themselves, as people do.

    empty: whether no name at all, which Streamlit writes as an empty one, is fine
    """
    _rewrite(key, shown)
    known = list(shown.values())
    usable = [*known, ""] if empty else known
    instead = "Only the others are used." if any(each in known for each in st.query_params.get_all(key)) else _INSTEAD
    _check(key, lambda text: None if text in usable else f"it must be one of {_some(known)}. {instead}")


def _check_number(key: str, shown: Mapping[str, str], most: int | None) -> None:
    """Tell that a link names more than can be chosen, on the run that takes them from the link."""
    given = {each for each in st.query_params.get_all(key) if each in shown.values()}
    if most and len(given) > most and key not in st.session_state:
        _tell(f"{key} most", f"The link names {len(given)} of {key}, but only the first {most} are used.")


def _rewrite(key: str, shown: Mapping[str, str]) -> None:
    """Options that the link names as people do are rewritten as they are shown, and the page starts anew.

    Streamlit would take them out of the address.
    """
    given = st.query_params.get_all(key)
    if key not in st.session_state and any(each in shown and each not in shown.values() for each in given):
        st.query_params[key] = [shown.get(each, each) for each in given]
        st.session_state[_ANEW] = _PROBLEMS in st.session_state
        st.rerun()


def _names(options: Sequence[str], names: Mapping[str, str] | None) -> dict[str, str]:
    return {each: (names or {}).get(each, each) for each in options}
