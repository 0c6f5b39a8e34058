"""What the network will read, before any run: it follows the controls."""

import numpy as np
import streamlit as st

from dlcore.config.images import DataConfig
from dlcore.config.pasted import read
from dlcore.config.run import RunConfig
from dlcore.config.sequences import ROWS, SERIES, TEXTS, SequenceConfig
from dlcore.data.memory import SYMBOLS
from dlcore.errors import DlcoreError
from dlcore.formula.numbers import fixed, number, percent
from pages.figures import panels as heat
from pages.figures import recurrent as figures
from pages.figures import text as texts
from pages.parts.recurrent.controls import SETTINGS
from pages.parts.recurrent.pictures import FEATURES
from pages.shared import page
from pages.shared.plot import plot
from pages.shared.sample_sheet import sample_sheet

SHOWN_TEXT = 1_500
INVITATIONS = {
    "series": "Paste a series into the field, or upload a file: one number per line, or a table in CSV. "
    "The airline passengers below the field are an example.",
    "own": "Paste a text into the field, or upload a file: the network will learn to write like it.",
}


def next_preview() -> None:
    """The same below a run that is shown, on demand."""
    page.on_demand("What the next run reads", ":material/visibility:", "next_data", preview)


def preview() -> None:
    """The data that the controls describe; what is wrong with them is a sentence."""
    data, text = (st.session_state.get(SETTINGS.key(name), "") for name in ("data", "text"))
    if data in INVITATIONS and not text.strip():
        st.info(INVITATIONS[data], icon=":material/content_paste:")
        return
    try:
        config = SETTINGS.read(st.session_state)
        st.markdown("**What the network will read**")
        _draw(config)
    except DlcoreError as error:
        page.problem(error)


def _draw(config: RunConfig) -> None:
    data, seed = config.data, config.training.seed
    if data.name in ROWS:
        st.markdown("Each image is read like a text: from the top, one row at each step.")
        sample_sheet(DataConfig(data.name, data.train_size), seed)
    elif data.name in SERIES:
        _series(data, seed)
    elif data.name in TEXTS:
        _text(data)
    elif data.name == "signals":
        _signals(data, seed)
    else:
        _memory(data, seed)


@st.cache_data(max_entries=16, show_spinner=False)
def _generated(data: SequenceConfig, seed: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """New sequences (count, T, F) and their targets; of signals one of each kind."""
    import torch

    from dlcore.data import sequences, signals

    generator = torch.Generator().manual_seed(seed)
    if data.name == "signals":
        labels = torch.arange(len(signals.SIGNALS))
        return signals.signals(labels, data.noise, generator).numpy(), labels.numpy()
    found = sequences.generated(data, count, generator)
    return found.inputs.numpy(), found.targets.numpy()


def _signals(data: SequenceConfig, seed: int) -> None:
    from dlcore.data.signals import SIGNALS

    inputs, _ = _generated(data, seed, len(SIGNALS))
    st.markdown(
        "Ten kinds of signal, as ten sensors record them over ten steps: blue is negative, orange is positive. Which "
        "kind is it? No single step is enough to tell."
    )
    plot(
        "rnnfig_signals", heat.tiles(inputs, SIGNALS, x_title="step", y_title="sensor", dark=page.is_dark()),
        height=520, alt="One example of each of ten kinds of signal.", file_name="signals",
    )  # fmt: skip


def _memory(data: SequenceConfig, seed: int) -> None:
    inputs, targets = _generated(data, seed, 1)
    steps, answer = inputs[0], targets[0]
    if data.name == "adding":
        marked = steps[:, 0][steps[:, 1] > 0.5]
        st.markdown(
            f"{data.delay} numbers from 0 to 1, two of them marked. The answer at the end is their sum: here "
            f"{' + '.join(fixed(each, 3) for each in marked)} = **{fixed(answer, 3)}**. Always answering 1 has a mean "
            f"squared error of 1/6 = 0.1667."
        )
    else:
        st.markdown(
            f"The first symbol must be remembered and {data.delay} others ignored; when “ask” comes, the answer is "
            f"due: here **{SYMBOLS[int(answer)]}**. Guessing is right in {percent(1 / 8)} of all cases."
        )
    panel = heat.Panel("one sequence", steps, "magnitude", 1.0, FEATURES[data.name])
    plot(
        "rnnfig_memory", heat.panels((panel,), dark=page.is_dark()), height=240 if data.name == "adding" else 380,
        alt="One sequence, step by step.", file_name=data.name,
    )  # fmt: skip


@st.cache_data(max_entries=16, show_spinner=False)
def _values(data: SequenceConfig, seed: int) -> tuple[np.ndarray, tuple[int, int], str]:
    """The whole series in its own units, where its parts end, and a notice."""
    from dlcore.data import sequences

    found = sequences.load(data, seed)
    return found.values.numpy() * found.deviation + found.mean, found.bounds, found.notice


def _series(data: SequenceConfig, seed: int) -> None:
    values, bounds, notice = _values(data, seed)
    if notice:
        st.caption(page.plain(notice))
    if data.name == "series":
        st.caption(page.plain(_found(data)))
    st.markdown(
        f"{len(values):,} values. The network learns from the first part; the second one shows how well it does while "
        f"it learns; the third is used once, at the end."
    )
    plot(
        "rnnfig_series", figures.parts(values, bounds, dark=page.is_dark()), height=400, file_name="series",
        alt="The series with its training, validation and test part.",
    )  # fmt: skip


def _found(data: SequenceConfig) -> str:
    """What was read of a table or of lines, so that a comma or a column that was meant otherwise shows."""
    found = read(data.text, data.column, data.gaps)
    first = ", ".join(number(value, 10) for value in found.values[:4])
    return f"Read from {found.name}: {len(found.values):,} numbers, {first}, … {number(found.values[-1], 10)}."


@st.cache_data(max_entries=8, show_spinner=False)
def _corpus(data: SequenceConfig) -> tuple[str, int, int, int, float]:
    """The beginning of the text, its length, its characters, those that are told apart, and how much of it they are."""
    from dlcore.data import text

    whole = text.corpus(data)
    return whole[:SHOWN_TEXT], len(whole), len(set(whole)), len(text.alphabet(data)) - 1, text.known_share(data)


def _told(different: int, told: int, share: float) -> str:
    """What a network knows of an alphabet."""
    if share == 1:
        return "The network can tell all of them apart."
    return (
        f"The network can tell the {min(told, different):,} most frequent ones apart, which make up {percent(share)} "
        f"of the text. All others, {percent(1 - share)} of it, look the same to it."
    )


def _text(data: SequenceConfig) -> None:
    start, length, different, told, share = _corpus(data)
    st.markdown(
        f"{length:,} characters, {different:,} of them different. {_told(different, told, share)} The first 80 % are "
        f"for training, the next 10 % for validation, the last 10 % for the test."
    )
    with st.container(height=420, key="rnn_corpus"):
        st.html(texts.written(start + ("…" if length > len(start) else "")))
