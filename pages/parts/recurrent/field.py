"""A field for a long text, pasted or from a file. Nothing is cut, and no letter is guessed, without a sentence."""

import streamlit as st

from dlcore.config.fields import setting
from dlcore.config.sequences import SequenceConfig
from dlcore.data.encodings import NAMES, Decoded, decoded
from dlcore.errors import DlcoreError
from dlcore.formula.numbers import percent
from pages.shared import page
from pages.shared.settings import Settings

MOST = setting(SequenceConfig, "text")["most"]
_DETECTED = "detected"
LOST = "\ufffd"
"""Stands for bytes that are no character in an encoding."""


def field(settings: Settings, name: str, label: str, placeholder: str, kinds: tuple[str, ...]) -> None:
    """The setting `text` as the data set with this name knows it; each keeps its own while the other is chosen."""
    key = settings.key("text")
    kept, notice, upload = f"_{key}_{name}", f"_{key}_{name}_notice", f"{key}_{name}_file"
    if key not in st.session_state:
        st.session_state[key] = st.session_state.get(kept, "")
    st.session_state[kept] = st.text_area(
        label, key=key, height=140, placeholder=placeholder, on_change=_cut, args=(key, notice),
    )  # fmt: skip
    with st.popover("Upload a file", icon=":material/upload_file:", width="stretch"):
        file = st.file_uploader(
            f"A text file, of which up to {MOST:,} characters are used", kinds, key=upload,
            on_change=_uploaded, args=(key, notice, upload), max_upload_size=8,
        )  # fmt: skip
        if file is not None:
            st.selectbox(
                "Encoding", (_DETECTED, *NAMES), key=f"{upload}_encoding", on_change=_take, args=(key, notice, upload),
                format_func=lambda each: NAMES.get(each, "as detected"),
                help="Which character each byte of the file stands for. Choose another encoding if letters look wrong.",
            )  # fmt: skip
    for sentence in st.session_state.get(notice, ()):
        st.caption(page.plain(sentence))


def forget(settings: Settings, name: str) -> None:
    """For callbacks: another text is in the field."""
    st.session_state.pop(f"_{settings.key('text')}_{name}_notice", None)


def _cut(key: str, notice: str) -> None:
    """A callback: what was pasted or typed."""
    st.session_state[key], sentence = shortened(st.session_state[key], "The text")
    st.session_state[notice] = [sentence] if sentence else []


def _uploaded(key: str, notice: str, upload: str) -> None:
    """A callback: another file, of which nothing is known yet."""
    st.session_state[f"{upload}_encoding"] = _DETECTED
    _take(key, notice, upload)


def _take(key: str, notice: str, upload: str) -> None:
    """A callback: what was uploaded goes into the field, read in the encoding that was chosen."""
    file = st.session_state.get(upload)
    chosen = st.session_state.get(f"{upload}_encoding", _DETECTED)
    st.session_state[notice] = []
    if file is None:
        return
    try:
        found = decoded(file.getvalue(), "" if chosen == _DETECTED else chosen)
    except DlcoreError as error:
        st.session_state[notice] = [f"{file.name}: {error}."]
        return
    st.session_state[key], cut = shortened(found.text, "The file")
    st.session_state[notice] = [*filter(None, (said(found), cut))]


def shortened(text: str, what: str) -> tuple[str, str]:
    """As much of a text as a run can read, up to the end of a line; and a sentence where that is not all of it."""
    if len(text) <= MOST:
        return text, ""
    kept = text[:MOST].rpartition("\n")[0] or text[:MOST]
    return kept, (
        f"{what} has {len(text):,} characters, and a run can read {MOST:,}: the first {len(kept):,} are kept, up to "
        f"the end of a line. The rest is not used."
    )


def said(found: Decoded) -> str:
    """A sentence on how a file was read, unless it says so itself."""
    lost = found.text.count(LOST)
    bad = f" {percent(lost / len(found.text))} of its characters cannot be read that way." if lost else ""
    if found.certain and not lost:
        return ""
    guess = "was read as" if found.certain else "does not say how it is encoded and was read as"
    return f"The file {guess} {found.name}.{bad} If letters look wrong, choose another encoding under “Upload a file”."
