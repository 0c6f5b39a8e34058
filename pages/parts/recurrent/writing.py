"""A network that writes: continuations of what a visitor types, what comes next, and which unit follows what."""

import zlib

import numpy as np
import streamlit as st
from torch import Tensor

from dlcore.formula.numbers import number, signed
from dlcore.inspect import writing
from dlcore.models.rnn import Recurrent
from pages.figures import recurrent as figures
from pages.figures import text as texts
from pages.parts.recurrent import pictures, units
from pages.shared import link, page
from pages.shared.plot import plot

PROMPT = "The following "
READ = 'A list (or "sequence") is written as [1, 2, (3, 4)]: see the function "print(value)".\n'
"""What networks that learned from Python's manual are given first; others are given words of their own text."""
PROMPTED, SHOWN_FIRST = 24, 90
TEMPERATURES = [each / 20 for each in range(1, 41)]
SHOWN = 12


def write(model: Recurrent) -> None:
    """The visitor begins, the network goes on."""
    left, right = st.columns([7, 5], gap="medium")
    with left:
        begun = _begun(model, "rnn_prompt", PROMPT, PROMPTED)
        prompt = _shortened(st.text_area("Begin a text, and the network continues it", **begun, height=90), 1_000)
        temperature = link.stops(
            "rnn_temperature", "Temperature", TEMPERATURES, 0.7,
            help="Below 1, likely characters become even likelier and the text repeats itself. Above 1, it takes more "
            "risks and makes more mistakes.",
        )  # fmt: skip
        seed = st.session_state.setdefault("_rnn_dice", 0)
        st.button("Write it again", icon=":material/casino:", on_click=_roll, key="rnn_again")
        written = writing.continuation(model, prompt, 400, temperature, seed)
        with st.container(height=300, key="rnn_written"):
            st.html(texts.written(prompt + written, len(prompt)))
        _unknown(model, prompt)
    with right:
        following = writing.next_characters(model, prompt, temperature)[:SHOWN]
        shares = np.array([share for _, share in following])
        figure = figures.bars(shares, texts.visibles([each for each, _ in following]), dark=page.is_dark())
        st.markdown("**What comes next?**")
        plot("rnnfig_next", figure, height=440, file_name="next", alt="The most likely next characters.")
        st.latex(rf"p_k = \frac{{e^{{z_k / T}}}}{{\sum_j e^{{z_j / T}}}}, \qquad T = {number(temperature)}")


def _unknown(model: Recurrent, text: str) -> None:
    """Name the characters of a text that the network did not learn."""
    unknown = sorted({each for each in text if each not in model.alphabet.characters})
    if unknown:
        shown = " ".join(texts.visibles(unknown[:12]))
        st.caption(f"It has never seen these characters and reads all of them as one unknown character: {shown}")


def _shortened(text: str, most: int) -> str:
    """The beginning of a text, with a sentence where there is more."""
    if len(text) > most:
        st.caption(f"The text has {len(text):,} characters, of which the first {most:,} are read.")
    return text[:most]


def _roll() -> None:
    """A callback: another seed."""
    st.session_state["_rnn_dice"] = st.session_state.get("_rnn_dice", 0) + 1


def _begun(model: Recurrent, key: str, manual: str, count: int) -> dict[str, str]:
    """The key of a field, and its first content: `manual` after Python's manual, else words of what was learned."""
    data = model.config.data
    if data.name == "topics":
        return {"key": key, "value": manual}
    return {"key": f"{key}_{zlib.crc32(data.text.encode()):08x}", "value": writing.unseen(data, count)}


def _text(model: Recurrent) -> str:
    """What is read: a field that all pictures of a text share."""
    begun = _begun(model, "rnn_reading", READ, SHOWN_FIRST)
    given = st.text_area("Text to read", **begun, height=100)
    return _shortened(given, writing.MOST_READ) or "\n"


def reading(model: Recurrent) -> tuple[Tensor, Tensor]:
    """What the visitor typed as numbers: all characters but the last, and for each of them the one that follows."""
    text = _text(model)
    _unknown(model, text)
    encoded = model.alphabet.encode(text if len(text) > 1 else text + "\n")
    return encoded[:-1], encoded[1:]


def letters(model: Recurrent) -> None:
    """The state of one unit as a colour behind every character."""
    text = _text(model)
    states = writing.activations(model, text).numpy()
    layers, size = states.shape[1:]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        layer = layers
        if layers > 1:
            names = {str(each): f"layer {each}" for each in range(1, layers + 1)}
            layer = int(link.choice("rnn_states", "Layer", tuple(names), str(layers), names=names, width=160))
        wanted = {"": "this one", **{name: f"the one that best {said}" for name, (said, _) in units.FOLLOWED.items()}}
        which = link.choice("rnn_follows", "Which unit", tuple(wanted), "", names=wanted, width=400)
        number = link.number("rnn_unit", f"Unit, 1 to {size}", 1, size, 1, 1, width=160, disabled=bool(which))
    found = states[:, layer - 1]
    if which:
        said, curve = units.FOLLOWED[which]
        match = units.correlations(found, curve(text))
        number = int(np.abs(match).argmax()) + 1
        st.markdown(
            f"Of {size} units, **unit {number}** best {said}: correlation {signed(match[number - 1], 2)} over this "
            f"text. (In a short text, units can match by chance: try a longer one.)"
        )
    values = found[:, number - 1]
    st.html(texts.coloured(text, values))
    figure = pictures.steps(
        model.config, np.array([ord(each) for each in text], dtype=np.int32), values[:, None], dark=page.is_dark()
    )
    plot("rnnfig_letters", figure, height=175, file_name="unit", alt=f"The state of unit {number}, by character.")
    st.caption("Blue is negative, orange is positive. Point at a character to see its number.")
