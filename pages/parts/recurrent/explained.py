"""What a recurrent network is: the formulas of its cells, its number of parameters, and a few words."""

import streamlit as st

from dlcore.config.run import RunConfig
from dlcore.errors import DlcoreError
from pages.parts.recurrent.beside import CELL_NAMES
from pages.parts.recurrent.controls import SETTINGS

_RNN = r"h_t = {f}(W_x x_t + b_x + W_h h_{{t-1}} + b_h)"
FORMULAS = {
    "rnn-tanh": (_RNN.format(f=r"\tanh"),),
    "rnn-relu": (_RNN.format(f=r"\operatorname{ReLU}"),),
    "gru": (
        r"r_t = \sigma(W_r x_t + U_r h_{t-1} + b_r) \qquad z_t = \sigma(W_z x_t + U_z h_{t-1} + b_z)",
        r"n_t = \tanh(W_n x_t + b_n + r_t \odot (U_n h_{t-1} + d_n))",
        r"h_t = (1 - z_t) \odot n_t + z_t \odot h_{t-1}",
    ),
    "lstm": (
        r"i_t = \sigma(W_i x_t + U_i h_{t-1} + b_i) \qquad f_t = \sigma(W_f x_t + U_f h_{t-1} + b_f)",
        r"o_t = \sigma(W_o x_t + U_o h_{t-1} + b_o) \qquad g_t = \tanh(W_g x_t + U_g h_{t-1} + b_g)",
        r"c_t = f_t \odot c_{t-1} + i_t \odot g_t \qquad h_t = o_t \odot \tanh(c_t)",
    ),
    "simple-gated": (
        r"\alpha_t = \sigma(V x_t + R h_{t-1} + d) \qquad \tilde h_t = \tanh(W x_t + U h_{t-1} + b)",
        r"h_t = \alpha_t \odot \tilde h_t + (1 - \alpha_t) \odot h_{t-1}",
    ),
}
_SOURCES = {
    "rnn-tanh": "Elman 1990. Every step multiplies by the same matrix, so what is remembered shrinks or explodes.",
    "rnn-relu": "Le, Jaitly and Hinton 2015, arXiv:1504.00941.",
    "gru": "Cho et al. 2014, arXiv:1406.1078. The reset gate r decides how much of the old state goes into the new "
    "candidate n; the update gate z decides how much of the old state stays.",
    "lstm": "Hochreiter and Schmidhuber 1997; forget gate: Gers et al. 2000. The cell c is only multiplied by the "
    "forget gate and added to: while f is near 1, its content stays, and so does its gradient.",
    "simple-gated": "One gate α mixes a candidate with the old state: with α near 0 the state stays as it is.",
}


def parameters(config: RunConfig) -> int:
    """How many numbers the network of `config` learns. Raises InvalidValue if there can be no such network."""
    return _counted(config)


@st.cache_data(max_entries=64, show_spinner=False)
def _counted(config: RunConfig) -> int:
    import torch

    from dlcore.models import rnn

    with torch.device("meta"):
        return sum(each.numel() for each in rnn.build(config).parameters())


def keras_parameters(config: RunConfig) -> int:
    """What Keras counts for the same layers: it has one bias vector where PyTorch's RNN and LSTM have two."""
    model = config.model
    gates = {"lstm": 4, "rnn-tanh": 1, "rnn-relu": 1}.get(model.cell, 0)
    return parameters(config) - gates * model.hidden * model.layers * (1 + model.bidirectional)


def size() -> None:
    """The layers and the number of parameters of the network that the controls describe."""
    try:
        config = SETTINGS.read(st.session_state)
        count, theirs = parameters(config), keras_parameters(config)
    except DlcoreError:
        return
    model = config.model
    ways = ", both ways" if model.bidirectional else ""
    layer = f"{CELL_NAMES[model.cell]} {model.hidden}{ways}"
    shown = f"{' → '.join([layer] * model.layers)} → answer  \n**{count:,}** parameters to learn"
    why = (
        "PyTorch gives every gate two bias vectors, one for the input and one for the state; Keras has one. "
        f"The second one adds {count - theirs:,} numbers, which do not change what the network can do."
    )
    st.caption(f"{shown} (Keras: {theirs:,})" if theirs != count else shown, help=why if theirs != count else None)


def formulas() -> None:
    """The formula of the chosen cell; those of the others behind a choice."""
    with st.expander("The formulas of the cells", icon=":material/function:"):
        chosen = st.session_state.get(SETTINGS.key("cell"), "lstm")
        for cell in sorted(FORMULAS, key=lambda each: each != chosen):
            st.markdown(f"**{CELL_NAMES[cell]}**{' (chosen)' if cell == chosen else ''}. {_SOURCES[cell]}")
            for line in FORMULAS[cell]:
                st.latex(line)
        st.caption("σ is the sigmoid, and ⊙ multiplies element by element; W, U, V and R are learned matrices.")


def what_is_going_on() -> None:
    """A few words for a curious person."""
    with st.expander("What is going on", icon=":material/help:"):
        st.markdown(
            "A recurrent network reads **one step at a time** and keeps a **hidden state**, a list of numbers that it "
            "updates at every step: its memory. The same weights are used at every step.\n\nTo learn, the error at "
            "the end is traced back through all steps (**backpropagation through time**). Each step back multiplies "
            "the gradient again. In a plain RNN it soon fades, so the network never finds out that something long ago "
            "mattered. **GRU** and **LSTM** have **gates**, numbers between 0 and 1 that decide what is kept and what "
            "is written; an open gate lets the gradient pass almost unchanged. **Gradient clipping** shortens steps "
            "that would be far too long.\n\n"
            "**Truncated** backpropagation stops after a number of steps: cheaper, but blind to what lies further "
            "back. **Bidirectional** networks also read from the end, which a forecast must not do."
        )
