"""One unit of a recurrent layer, step by step: its gates as curves, its formulas with the numbers of the step."""

import numpy as np
import streamlit as st
import torch

from dlcore.inspect.recurrent import trace
from dlcore.inspect.unroll import Layer
from pages.figures import recurrent as figures
from pages.parts.recurrent.subject import Subject
from pages.shared import link, page
from pages.shared.plot import Frames, Readout, Track, plot

Line = tuple[str, str, tuple[str, ...]]
"""What a line says, the line with places for numbers, and the columns of `numbers` that go there."""


def _line(said: str, letter: str, function: str, block: int, name: str) -> Line:
    """A gate or candidate: a function of what the inputs give and what the state before gives."""
    formula = rf"{letter}_t = {function}(\num{{0}} + \pnum{{1}}) = \num{{2}}"
    return said, formula, (f"now {block}", f"held {block}", name)


_MIXED = r"\num{0} \cdot \pnum{1} + \num{2} \cdot \pnum{3} = \num{4}"
_LINES: dict[str, tuple[Line, ...]] = {
    "lstm": (
        _line("input gate: how much is written", "i", r"\sigma", 0, "input"),
        _line("forget gate: how much of the cell stays", "f", r"\sigma", 1, "forget"),
        _line("candidate: what would be written", "g", r"\tanh", 2, "candidate"),
        _line("output gate: how much is shown", "o", r"\sigma", 3, "output"),
        (
            "cell: the memory",
            rf"c_t = f_t c_{{t-1}} + i_t g_t = {_MIXED}",
            ("forget", "cell before", "input", "candidate", "cell"),
        ),
        (
            "hidden state",
            r"h_t = o_t \tanh(c_t) = \num{0} \cdot \tanh(\num{1}) = \num{2}",
            ("output", "cell", "hidden"),
        ),
    ),
    "gru": (
        _line("reset gate: how much of the old state is used", "r", r"\sigma", 0, "reset"),
        _line("update gate: how much of the old state stays", "z", r"\sigma", 1, "update"),
        (
            "candidate",
            r"n_t = \tanh(\num{0} + \num{1} \cdot \pnum{2}) = \num{3}",
            ("now 2", "reset", "held 2", "candidate"),
        ),
        (
            "hidden state",
            rf"h_t = (1 - z_t) n_t + z_t h_{{t-1}} = {_MIXED}",
            ("1 - update", "candidate", "update", "hidden before", "hidden"),
        ),
    ),
    "simple-gated": (
        _line("candidate", r"\tilde h", r"\tanh", 0, "candidate"),
        _line("gate: how much is new", r"\alpha", r"\sigma", 1, "alpha"),
        (
            "hidden state",
            rf"h_t = \alpha_t \tilde h_t + (1 - \alpha_t) h_{{t-1}} = {_MIXED}",
            ("alpha", "candidate", "1 - alpha", "hidden before", "hidden"),
        ),
    ),
    "rnn-tanh": (_line("hidden state", "h", r"\tanh", 0, "hidden"),),
    "rnn-relu": (_line("hidden state", "h", r"\operatorname{ReLU}", 0, "hidden"),),
}


@torch.no_grad()
def numbers(layer: Layer, unit: int) -> dict[str, np.ndarray]:
    """Everything that one unit computes, (steps,) each.

    Besides the signals of the cell: `now k`, what the inputs give to its k-th sum (W x_t + b); `held k`, what the state
    before gives (U h_{t−1} + b); `… before`, a state as the step finds it; `1 - …`, what a gate leaves.
    """
    found = {name: values[:, unit].numpy() for name, values in layer.values.items()}
    for name in ("hidden", "cell"):
        if name in layer.values:
            found[f"{name} before"] = layer.before(name)[:, unit].numpy()
    for name in ("update", "alpha"):
        if name in layer.values:
            found[f"1 - {name}"] = 1 - found[name]
    weights, rows = layer.weights, slice(unit, None, layer.hidden.shape[1])
    now = layer.seen @ weights.inputs[rows].T + weights.input_bias[rows]
    held = layer.before("hidden") @ weights.hidden[rows].T + weights.hidden_bias[rows]
    for block in range(now.shape[1]):
        found[f"now {block}"], found[f"held {block}"] = now[:, block].numpy(), held[:, block].numpy()
    return found


def readouts(layer: Layer, unit: int) -> list[Readout]:
    """Every formula of the unit, its numbers following the steps."""
    found = numbers(layer, unit)
    return [
        Readout(latex, np.stack([found[name] for name in names], axis=1), title)
        for title, latex, names in _LINES[layer.cell]
    ]


def unit(subject: Subject) -> None:
    """Choose a layer and a unit, and go through the sequence with it."""
    seen = trace(subject.model, subject.inputs)
    layers = {str(place): each.name for place, each in enumerate(seen.layers)}
    size = seen.layers[0].hidden.shape[1]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if len(layers) > 1:
            place = link.choice("rnn_layer", "Layer", tuple(layers), list(layers)[-1], names=layers, width=220)
            layer = seen.layers[int(place)]
        else:
            layer = seen.layers[0]
        number = link.number("rnn_unit", f"Unit, 1 to {size}", 1, size, 1, 1, width=160)
        st.button(
            "The busiest unit", icon=":material/bolt:", on_click=_busiest, args=(layer,), key="rnn_busiest",
            help="The one whose state changes most over this sequence.",
        )  # fmt: skip
    place = number - 1
    lines = {name: values[:, place].numpy() for name, values in layer.values.items() if name != "sum"}
    steps = len(seen)
    names = subject.characters
    figure = figures.gates(lines, step_title="character" if names else "step", step_names=names, dark=page.is_dark())
    across = np.repeat(np.arange(1, steps + 1)[:, None], len(lines), axis=1)
    track = Track(len(lines), x=across, y=np.stack(list(lines.values()), axis=1), mode="set")
    labels = [f"step {step + 1}{f': {names[step]}' if names else ''}" for step in range(steps)]
    film = Frames(steps, [track], labels, readouts(layer, place), fps=min(8, max(3, steps / 8)), arrive="keep")
    plot(
        "rnnfig_unit", figure, height=360, frames=film, file_name="gates",
        alt=f"The gates of unit {number}, {layer.name}, step by step.",
    )  # fmt: skip
    st.caption(
        "In each sum, the first number comes from the input of this step, the second from what the layer remembers. "
        "The letters are explained in “The formulas of the cells”."
    )


def _busiest(layer: Layer) -> None:
    """A callback."""
    change = layer.hidden.diff(dim=0).abs().sum(0) if len(layer.hidden) > 1 else layer.hidden[0].abs()
    st.session_state["rnn_unit"] = int(change.argmax()) + 1
