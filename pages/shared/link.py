"""Controls whose values are part of the page's link, and a sentence for each value in a link that cannot be used.

Streamlit quietly puts its default in the place of a bad value. Here the visitor is told what was wrong with it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

import streamlit as st

from dlcore.formula.numbers import number as written
from dlcore.formula.numbers import plain
from pages.shared import address, page

_PROBLEMS, _PLACE = "_link_problems", "_link_place"
_SHOWN = 60
_INSTEAD = "The default is used instead."


def problems() -> None:
    """Reserve the place for the sentences, near the top of a page and before its controls."""
    st.session_state[_PROBLEMS] = set()
    st.session_state[_PLACE] = st.container()


def slider(key: str, label: str, low: float, high: float, default: float, step: float, **options: Any) -> float:
    """A number between `low` and `high`. `default`, `low`, `high` and `step` are all int or all float."""
    kind = type(default)
    _keep_within(key, kind(low), kind(high))
    _check(key, lambda text: _within(text, kind(low), kind(high)))
    return st.slider(label, kind(low), kind(high), default, step=kind(step), **options, **address.typed(key))


def number(key: str, label: str, low: float, high: float, default: float, step: float, **options: Any) -> float:
    """The same as a field to type into."""
    kind = type(default)
    _keep_within(key, kind(low), kind(high))
    _check(key, lambda text: _within(text, kind(low), kind(high)))
    return st.number_input(label, kind(low), kind(high), default, step=kind(step), **options, **address.typed(key))


def stops(
    key: str,
    label: str,
    values: Sequence[float],
    default: float,
    *,
    form: Callable[[float], str] = written,
    **options: Any,
) -> float:
    """A slider that stops at `values` only, such as learning rates that grow by powers of ten."""
    known = address.Known.numbers(values, "{:g}".format if form is written else form)
    _tell_names(key, known)
    return st.select_slider(label, values, format_func=form, **options, **address.one(key, known, default))


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
    known, shown = address.Known.named(options, names), _names(options, names)
    _tell_names(key, known)
    bound = address.one(key, known, default)
    if look == "segmented":
        more = {"width": "stretch", **more}
        return st.segmented_control(label, options, format_func=shown.get, required=True, **more, **bound)
    return st.selectbox(label, options, format_func=shown.get, **more, **bound)


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
    known, shown = address.Known.named(options, names), _names(options, names)
    _tell_names(key, known, empty=True)
    _tell_number(key, known, most)
    bound = address.several(key, known, list(default), most)
    more = {"placeholder": "Choose", **more}
    return st.multiselect(label, options, format_func=shown.get, max_selections=most, **more, **bound)


def toggle(key: str, label: str, default: bool = False, **options: Any) -> bool:
    """On or off."""
    _check(key, lambda text: None if text.lower() in ("true", "false") else f"it must be true or false. {_INSTEAD}")
    return st.toggle(label, value=default, **options, **address.typed(key))


def text(key: str, label: str, default: str, most: int, **options: Any) -> str:
    """A line of text of at most `most` characters.

    The browser is not told the limit: it would refuse a longer paste without a word.
    """
    _check(key, lambda given: None if len(given) <= most else f"only {most} characters are used.")
    kept = st.session_state.get(key) or ""
    if len(kept) > most:
        _tell(key, f"{label}: the text has {len(kept):,} characters, of which the first {most:,} are used.")
        st.session_state[key] = kept[:most]
    return st.text_input(label, value=default, **options, **address.typed(key))[:most]


def _keep_within(key: str, low: float, high: float) -> None:
    """Bring a value that was kept to the nearest end, where the limits depend on something else."""
    kept = st.session_state.get(key)
    if kept is not None and not low <= kept <= high:
        st.session_state[key] = min(max(kept, low), high)


def _check(key: str, rule: Callable[[str], str | None]) -> None:
    """Tell what is wrong with the values that the link gives to `key`, on the run that takes them from the link."""
    if key in st.session_state or key not in st.query_params:
        return
    for given in st.query_params.get_all(key):
        if why := rule(given):
            unusable(key, given, why)


def unusable(key: str, given: str, why: str) -> None:
    """Say that the link gives something to `key` that cannot be used, and why."""
    _tell(key, f"The link says {key}={given[:_SHOWN]}, but {why}")


def _tell(key: str, sentence: str) -> None:
    if _PLACE not in st.session_state or key in st.session_state[_PROBLEMS]:
        return
    st.session_state[_PROBLEMS].add(key)
    with st.session_state[_PLACE]:
        page.problem(sentence)


def _within(text: str, low: float, high: float) -> str | None:
    """What is wrong with a number; where only whole ones will do, Streamlit cuts off what is behind the point."""
    value, whole = address.number(text), isinstance(low, int)
    if low <= value <= high and not (whole and value % 1):
        return None
    kind = "a whole number" if whole else "a number"
    instead = f"{int(value)} is used instead." if low <= value <= high else _INSTEAD
    return f"it must be {kind} between {plain(low)} and {plain(high)}. {instead}"


def _some(words: Sequence[str], most: int = 12) -> str:
    return ", ".join(words[:most]) + (", …" if len(words) > most else "")


def _tell_names(key: str, known: address.Known, *, empty: bool = False) -> None:
    """Tell which names in the link are none of the options.

    empty: whether no name at all, which is an empty one in the link, is fine
    """
    given = address.given(key)
    wrong = [text for text in given if known.read(text) is None and not (empty and text == "")]
    instead = _INSTEAD if len(wrong) == len(given) else "Only the others are used."
    for text in wrong:
        unusable(key, text, f"it must be one of {_some(list(known.texts.values()))}. {instead}")


def _tell_number(key: str, known: address.Known, most: int | None) -> None:
    """Tell that a link names more than can be chosen."""
    found = {option for text in address.given(key) if (option := known.read(text)) is not None}
    if most and len(found) > most:
        _tell(f"{key} most", f"The link names {len(found)} of {key}, but only the first {most} are used.")


def _names(options: Iterable[str], names: Mapping[str, str] | None) -> dict[str, str]:
    return {each: (names or {}).get(each, each) for each in options}
