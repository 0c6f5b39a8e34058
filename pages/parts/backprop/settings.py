"""The network's controls, and the lesson that they describe."""

import streamlit as st

from dlcore.backprop.derivatives import DERIVATIVES
from dlcore.backprop.gradients import GRADIENTS
from dlcore.backprop.lesson import MAX_UPDATES, SETS, Edit, Lesson, Trajectory, read_edits, sample_set
from dlcore.backprop.network import INITIALISATIONS, MAX_LAYERS, MAX_SAMPLES, MAX_UNITS, OUTPUTS, Network
from dlcore.errors import DlcoreError
from dlcore.functions.activations import ACTIVATIONS
from dlcore.functions.losses import LOSSES
from pages.shared import link, page

RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 30.0, 100.0)
DONE, EDITS, _AHEAD = "bp_done", "bp_edits", "_bp_ahead"
AHEAD = 50
"""Updates beyond those that are done: the loss curve shows them, and a training begins with them."""
OWN = "0.5 0.1: 1; -0.3 0.8: 0"
DATA_NAMES = {"xor": "XOR", "circles": "Circles", "sine": "Sine wave", "own": "Your own numbers"}

_ACTIVATION_NAMES = {name: ACTIVATIONS[name].title for name in DERIVATIVES} | {"softmax": "Softmax"}
_SHORT = [LOSSES[name].short for name in GRADIENTS]
_LOSS_NAMES = {  # in few words, which a narrow column has room for
    name: LOSSES[name].short + (f" ({LOSSES[name].takes})" if _SHORT.count(LOSSES[name].short) > 1 else "")
    for name in GRADIENTS
}
_START_NAMES = {"xavier": "Xavier", "he": "He", "wide": "Far too wide", "equal": "All equal", "zero": "All zero"}


def controls() -> Lesson | None:
    """Draw the controls; the lesson that they describe, None after a sentence that says why there is none."""
    data = link.choice("bp_data", "Samples", tuple(SETS), "xor", names=DATA_NAMES, help=_listed(SETS))
    own = ""
    if data == "own":
        own = link.text(
            "bp_own", "Inputs: targets; next sample", OWN, 1000,
            help=f"Up to {MAX_SAMPLES} samples of up to {MAX_UNITS} numbers each, such as 0 1: 1; 1 1: 0",
        )  # fmt: skip
    depth = link.slider(
        "bp_layers", "Layers", 1, MAX_LAYERS, 2, 1, help="Layers with weights: hidden ones and the output."
    )
    hidden = [_hidden(layer) for layer in range(1, depth)]
    output = link.choice("bp_out", "Output activation", OUTPUTS, "sigmoid", names=_ACTIVATION_NAMES)
    loss = link.choice("bp_loss", "Loss", tuple(GRADIENTS), "bce", names=_LOSS_NAMES)
    rate = link.stops("bp_rate", "Learning rate α", RATES, 0.5)
    with page.expander("Batch, start and edits", ":material/tune:", "bp_more"):
        batch = link.slider(
            "bp_batch", "Samples in a batch", 0, 16, 0, 1, help="0 takes all samples; 1 takes one after another."
        )
        initial = link.choice(
            "bp_start", "Weights at the start", tuple(INITIALISATIONS), "xavier", names=_START_NAMES,
            help=_listed(INITIALISATIONS),
        )  # fmt: skip
        seed = link.number("bp_seed", "Seed", 0, 99_999, 1, 1)
        written = link.text(
            EDITS, "Numbers set by hand", "", 1500,
            help="Updates done, a colon, the number's name and value: 0:W1.2.1=0.5 is layer 1, row 2, column 1.",
        )  # fmt: skip
        st.button("Undo the edits", key="bp_undo", icon=":material/undo:", on_click=clear_edits, disabled=not written)
    with page.sentences():
        about = LOSSES[loss]
        classes = output == "softmax" or about.kind == "classification"
        X, Y = sample_set(data, classes, own)
        network = Network(
            (len(X[0]), *(units for units, _ in hidden), len(Y[0])), (*(name for _, name in hidden), output), loss
        )
        lesson = Lesson(network, X, Y, rate, batch, initial, seed)
        return _with_edits(lesson, written)
    return None


def _hidden(layer: int) -> tuple[int, str]:
    with st.container(key=f"bp_hidden{layer}"):
        left, right = st.columns([1, 2], gap="xsmall")
    with left:
        units = link.number(f"bp_u{layer}", f"Units {layer}", 1, MAX_UNITS, 3, 1)
    with right:
        name = link.choice(f"bp_a{layer}", f"Activation {layer}", tuple(DERIVATIVES), "tanh", names=_ACTIVATION_NAMES)
    return units, name


def _listed(table: dict[str, str]) -> str:
    return "  \n".join(table.values())


def _with_edits(lesson: Lesson, written: str) -> Lesson:
    """The lesson with the numbers that were set by hand; those that another network was meant with are named."""
    fitting, others = [], []
    try:
        edits = read_edits(written)
    except DlcoreError as error:
        others, edits = [str(error)], ()
    for edit in edits:
        try:
            lesson = Lesson(**{**vars(lesson), "edits": (*fitting, edit)})
            fitting.append(edit)
        except DlcoreError as error:
            others.append(str(error))
    if others:
        sentence = f"{others[0][:1].upper()}{others[0][1:]}"
        page.problem(f"{sentence}. It is left out; undo the edits to forget it.")
    return lesson


@st.cache_resource(max_entries=8, show_spinner=False)
def trajectory(lesson: Lesson) -> Trajectory:
    """One for all visitors with the same settings: it only ever grows, up to 3 MB for the largest network."""
    return Trajectory(lesson)


def done() -> int:
    """Updates that are done, as the link says, with buttons for more."""
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        updates = typed_done()
        for more in (1, 10, 100):
            st.button(
                f"+{more}",
                key=f"bp_plus{more}",
                on_click=move,
                args=(more,),
                help=f"{more} more updates" if more > 1 else "One more update",
            )
        st.button("Start", key="bp_zero", icon=":material/replay:", on_click=at, args=(0,), help="Back to the start")
    return updates


def typed_done() -> int:
    """The field alone."""
    help_text = "The update after these is the one that is shown step by step."
    return link.number(DONE, "Updates done", 0, MAX_UPDATES, 0, 1, width=150, help=help_text)


def ahead(lesson: Lesson, updates: int) -> int:
    """How many updates are to be computed: those that are done and some more, or what the training asked for."""
    asked_for, wanted = st.session_state.get(_AHEAD, (None, 0))
    return min(MAX_UPDATES, max(updates + AHEAD, wanted if asked_for == lesson else 0))


def look_further(lesson: Lesson, updates: float) -> None:
    """A callback: the training will soon have shown all updates that are computed."""
    st.session_state[_AHEAD] = (lesson, int(max(0, min(MAX_UPDATES, updates))))


def move(updates: int) -> None:
    """A callback: as many updates on."""
    at(st.session_state.get(DONE, 0) + updates)


def at(updates: float) -> None:
    """A callback: show the network after so many updates."""
    st.session_state[DONE] = int(max(0, min(MAX_UPDATES, round(updates))))


def set_by_hand(name: tuple, value: float) -> None:
    """A callback: keep an edit in the link. What the browser sends is checked as if it were typed."""
    edit = Edit(st.session_state.get(DONE, 0) if name[0] in ("W", "b") else 0, name, value)
    try:
        kept = [
            each
            for each in read_edits(st.session_state.get(EDITS, ""))
            if (each.update, each.name) != (edit.update, name)
        ]
        st.session_state[EDITS] = " ".join(map(str, read_edits(" ".join(map(str, (*kept, edit))))))
    except DlcoreError as error:
        st.session_state["_bp_problem"] = str(error)
    except (TypeError, ValueError):
        st.session_state["_bp_problem"] = "A weight cannot have this value."


def clear_edits() -> None:
    """A callback: forget what was set by hand."""
    st.session_state[EDITS] = ""
